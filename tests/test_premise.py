"""A figure or a body taken for granted that the documents do not state is denied."""

import pytest

from bot.premise import contradicted, figures, other_body, within


def test_figures_are_read_with_their_units() -> None:
    """Numbers with a unit are figures, years and bare numbers are not; 六成 is a share."""
    assert figures("为什么规定每年40学时，出庭率只有六成，2021年第3条") == ("40学时", "六成")


@pytest.mark.parametrize(
    ("figure", "section", "denied"),
    [
        ("85分", "90分以上为优秀,75分以上不足90分为良好", False),  # a case, told by the bands
        ("10分钟", "离岗15分钟以上的,应当安排替岗", False),
        ("2日", "不得少于3日", True),
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
        (
            "摊位证由公安局统一审批吗",
            "摊位证由商务局统一审批。",
            ("由公安局统一审批", "摊位证由商务局统一审批"),
        ),
        ("摊位证由公安局审批吗", "商务局负责发证的科室每年换发。", None),  # a body is only described
        ("摊位证由谁审批", "摊位证由商务局审批。", None),  # nobody is taken for granted
    ],
)
def test_only_another_body_denies(question: str, section: str, denied: tuple[str, str] | None) -> None:
    """What the section says instead is told; its silence denies nothing."""
    assert other_body(question, section) == denied


def test_a_figure_only_compared_with_is_not_taken_for_granted() -> None:
    """超过10%了吗 asks how much it is; 不超过 says what is thought to be the rule."""
    assert figures("败诉率超过10%了吗") == ()
    assert figures("为什么不超过10天") == ("10天",)


@pytest.mark.parametrize(
    ("question", "text", "kept"),
    [
        ("可以留10个工作日吗", "不少于8个工作日,不得少于3个工作日", True),
        ("可以留5个工作日吗", "不少于8个工作日,不得少于3个工作日", None),
        ("可以留2个工作日吗", "不少于8个工作日,不得少于3个工作日", False),
        ("检查超过2次可以吗", "不超过2次", False),
        ("可以留10天吗", "提前公示", None),
        ("留10天", "不少于8天", None),
    ],
)
def test_a_figure_keeps_the_bounds_or_not(question: str, text: str, kept: bool | None) -> None:
    """Where bounds part it, or none is set or no leave asked for, nothing is said."""
    assert within(question, text) is kept
