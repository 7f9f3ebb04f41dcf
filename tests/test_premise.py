"""A figure taken for granted that the documents do not state is denied."""

import pytest

from bot.premise import contradicted, figures


def test_figures_are_read_with_their_units() -> None:
    """Numbers with a unit are figures, years and bare numbers are not; 六成 is a share."""
    assert figures("为什么规定每年40学时，出庭率只有六成，2021年第3条") == ("40学时", "六成")


@pytest.mark.parametrize(
    ("figure", "section", "denied"),
    [
        ("40学时", "不少于60学时", True),
        ("60学时", "不少于60学时", False),
        ("40学时", "加强培训", False),
        ("六成", "出庭应诉率100%", True),
        ("六成", "达到60%以上", False),
        ("15个工作日", "一般不少于7个工作日", True),
    ],
)
def test_only_another_figure_in_the_same_unit_contradicts(figure: str, section: str, denied: bool) -> None:
    """Silence about the unit is no contradiction."""
    assert contradicted(figure, section) is denied
