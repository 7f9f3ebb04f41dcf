"""A figure or a body taken for granted that the documents do not state is denied."""

import pytest

from bot.premise import contradicted, figures, other_body


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


@pytest.mark.parametrize(
    ("question", "section", "denied"),
    [
        (
            "摊位证为什么由公安局审批",
            "摊位证由商务局审批，三日内办结。",
            ("由公安局审批", "摊位证由商务局审批"),
        ),
        (
            "集市由文旅局负责吗",
            "办好集市(责任单位:县商务局)。",
            ("由文旅局负责", "责任单位:县商务局"),
        ),
        ("摊位证为什么由商务局审批", "摊位证由商务局审批。", None),  # so it is
        ("摊位证为什么由县商务局审批", "摊位证由商务局审批。", None),  # whichever level says it
        ("摊位证为什么由公安局审批", "摊位证每年换发。", None),  # nobody is named
        ("摊位证由谁审批", "摊位证由商务局审批。", None),  # nobody is taken for granted
    ],
)
def test_only_another_body_denies(question: str, section: str, denied: tuple[str, str] | None) -> None:
    """What the section says instead is told; its silence denies nothing."""
    assert other_body(question, section) == denied
