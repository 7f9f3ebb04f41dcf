"""Lists are answered whole, and nothing of the next section comes along."""

from bot.conversation import Kind, Question
from bot.enumeration import children, whole
from bot.sentences import Unit, units
from index.document import Document
from index.parse import parse

TEXT = """云岭县考核工作方案
一、考核方式
(一)满意度调查。一是第三方评估。委托机构调查。二是体验办事。请人试办。三是意见收集。依托平台建立机制。
(二)实地核查。到现场看。
二、考核程序
考核按照下列步骤进行：
1.自查自评；
2.集中评议；
3.公布结果。
三、其他
本方案由县司法局解释。
"""


def document() -> Document:
    """A plan with a list inside a paragraph and one in subsections."""
    (parsed,) = parse("方案.txt", "0" * 64, TEXT, TEXT)
    return parsed


def unit_with(words: str) -> Unit:
    """Return the unit of the plan that holds the words."""
    plan = document()
    return next(u for i in range(len(plan.sections)) for u in units(plan, i) if words in u.text)


def shown(kind: Kind, words: str) -> str:
    """Return what is shown for the unit when a question of the kind is asked."""
    question = Question("", "", "", "zh", kind)
    return "".join(unit.text for run in whole(question, unit_with(words)) for unit in run)


def test_a_list_inside_a_paragraph_is_shown_from_first_to_last_item() -> None:
    """Asked for several things, one item brings the others and the sentences that belong to them."""
    text = shown(Kind.LIST, "体验办事")

    assert all(item in text for item in ("第三方评估", "请人试办", "依托平台建立机制"))
    assert "实地核查" not in text


def test_one_thing_asked_is_one_sentence_shown() -> None:
    """Asked who, the sentence stands alone."""
    assert shown(Kind.WHO, "请人试办") == "请人试办。"


def test_a_colon_brings_the_subsections() -> None:
    """A sentence that announces steps is shown with the steps, whatever is asked."""
    text = shown(Kind.NUMBER, "下列步骤")

    assert all(step in text for step in ("自查自评", "集中评议", "公布结果"))
    assert "司法局" not in text


def test_children_end_with_their_section() -> None:
    """The next chapter is none of the chapter's subsections."""
    below = children(unit_with("下列步骤"))

    assert len(below) == 3


def test_a_list_whose_first_item_shares_the_line_that_opens_it_is_whole() -> None:
    """步骤如下:(一)… is the opening and the first item at once."""
    steps = "考核步骤如下:(一)自查自评。(二)集中评议。(三)公布结果。"
    text = f"云岭县考核工作方案\n一、步骤\n{steps}\n二、其他\n由县司法局解释。\n"
    (plan,) = parse("方案.txt", "0" * 64, text, text)
    first = next(u for i in range(len(plan.sections)) for u in units(plan, i) if "集中评议" in u.text)

    ((*run,),) = whole(Question("", "", "", "zh", Kind.LIST), first)

    assert "自查自评" in run[0].text
    assert "公布结果" in run[-1].text


TASKS = """云岭县年度任务分解
一、重点任务
(一)整修摊位。破损的摊位统一整修。年底前完成。
责任单位：县商务局、县住建局
(二)登记摊主。摊主逐户登记。
牵头单位：县市场局；配合单位：县公安局
(三)清点物资。由县应急局负责清点。
"""


def told(kind: Kind, words: str) -> list[str]:
    """Return the runs shown for a sentence of the list of tasks when a question of the kind is asked."""
    (plan,) = parse("任务.txt", "0" * 64, TASKS, TASKS)
    unit = next(u for i in range(len(plan.sections)) for u in units(plan, i) if words in u.text)
    return ["".join(u.text for u in run) for run in whole(Question("", "", "", "zh", kind), unit)]


def test_who_is_answered_with_the_line_that_names_the_bodies_responsible() -> None:
    """Whichever sentence of a task is found, the 责任单位 or 牵头单位 of that task comes first, and no
    other task's.
    """
    for words, bodies in (
        ("统一整修", "责任单位：县商务局、县住建局"),
        ("年底前", "责任单位：县商务局、县住建局"),
        ("逐户登记", "牵头单位：县市场局；配合单位：县公安局"),
    ):
        first, second = told(Kind.WHO, words)
        assert first == bodies
        assert words in second


def test_the_bodies_responsible_are_shown_only_when_they_are_asked_and_named() -> None:
    """Asked when, a task's sentence stands alone; a task without such a line, too; the line itself found
    is shown once.
    """
    assert told(Kind.DEADLINE, "年底前") == ["年底前完成。"]
    assert len(told(Kind.WHO, "由县应急局")) == 1
    assert told(Kind.WHO, "责任单位") == ["责任单位：县商务局、县住建局"]
