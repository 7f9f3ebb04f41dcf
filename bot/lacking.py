"""Whether what a question asks for is in a finding: a figure in its unit and of its subject, a person's name,
the members of a body.
"""

import re

import rjieba

from bot.confidence import confidence
from bot.conversation import Concept, Kind, Question
from bot.extract import Finding
from bot.kinds import has_figure
from bot.words import fold, in_one_script, presence

_ASKS_NAME = re.compile(
    r"(长|主任|书记|主席|教授|老师|律师|负责人|专家|领导).{0,4}(叫什么|姓什么|姓啥|叫啥|什么名字)"
    r"|name of the (head|director|mayor|leader)"
)
_ASKS_HOLDER = re.compile(
    r"([省市县区州镇乡局厅部处科院组会]长|主任|书记|主席)(现在|目前)?(是|为)(谁|哪位|哪个|何人)"
)
_TELLS_HOLDER = re.compile("(?<![责主信])任(?![务何职期意免])|兼任")
_ASKS_MEMBERS = re.compile(
    r"(哪些|什么|哪几)个?(人|单位|部门|机构|成员)(组成|构成)|(组成人员|成员)(有|是|包括)?(哪|谁)"
)
_TELLS_MEMBERS = re.compile("组成|构成|成员|包括|组长|主任|担任")
_HOW_MANY = re.compile(
    r"(是|有|为|占|要|得|应当?|须|预?留|给|提前|达到|大概|一共|总共|一个月|一年"
    r"|不得?[少低高多]于|不得?超过|[最至][少多低高]|[ ,，])*(多少|几|好多)"
)
_PLAIN = 0.45  # so likely an answer is on its subject, even where the rarest word asked is not there
_RIGHT_BEFORE = 1  # characters between
_LOOSE = ("", "date", "often")  # dates and frequencies are written in too many ways to insist on
_MENTIONED = 0.3
_SHORT_QUESTION = 3  # concepts


def lacks_what_is_asked(question: Question, best: Finding) -> bool:
    """Tell whether a figure, a person's name or members are asked for and the best finding has none, or has
    a figure of something else. However well the rest fits, a neighbour's figure is the worst of answers.
    """
    text = best.folded
    if _ASKS_NAME.search(in_one_script(question.text)):
        return not _names_person(text)
    if _ASKS_HOLDER.search(in_one_script(question.text)):
        return not (_TELLS_HOLDER.search(text) or _names_person(text))
    if _ASKS_MEMBERS.search(in_one_script(question.text)) and not _TELLS_MEMBERS.search(text):
        return True
    if question.unit in _LOOSE and (question.unit or question.kind is not Kind.NUMBER):
        return False
    stated = best.why["stated"] > 0 if question.unit else has_figure(text, question.wording)
    if not stated or (best.document.id, best.home.start) in question.near:
        return not stated  # the turn before was about it
    if _of_something_else(question, best):
        return True
    return confidence(question, best) < _PLAIN and not _on_subject(question, best, text)


def _names_person(text: str) -> bool:
    return any(tag == "nr" for _, tag in rjieba.tag(text))


def _of_something_else(question: Question, best: Finding) -> bool:
    """Tell whether the figure can be of nothing asked, however well the words around it fit (不少于多少天):
    what is asked of is spoken of nowhere near, or is a matter whose official words are known, and the
    documents have none of them.
    """
    measured = _measured(question)
    unheld = measured is not None and not measured.known and len(measured.forms) > 1
    return unheld or (bool(question.concepts) and not speaks(best))


def speaks(best: Finding) -> bool:
    """Tell whether the finding, or what is around it, speaks of anything asked."""
    return best.why["own"] + best.why["around"] > 0


def _on_subject(question: Question, best: Finding, text: str) -> bool:
    """Tell whether the finding, its headings or its section speak of what the figure is asked of, and of
    the rarest thing asked about that the documents know; in a long question, one of the two rarest. Of
    equally rare ones what the figure is asked of comes first.
    """
    measured = _measured(question)
    # 扣分 of 扣多少分 names the unit, which is known to be there: 扣2分.
    subject = [c for c in question.concepts if c.known and not _names_unit(c, question.unit)]
    known = sorted(subject, key=lambda concept: (-concept.weight, concept != measured))
    document, section = best.document, best.home
    around = text + fold("".join((*document.trail(section), document.section_text(section))))
    subjects = known[: 1 if len(known) <= _SHORT_QUESTION else 2]
    if subjects and not any(presence(concept, around) > _MENTIONED for concept in subjects):
        return False
    # A figure in its unit is hardly one of something else; and what is done (安排了多少, 花了多少) says
    # nothing of what is counted.
    if question.unit or measured is None or not _is_noun(measured.forms[0]):
        return True
    return presence(measured, around) > _MENTIONED


def _names_unit(concept: Concept, unit: str) -> bool:
    return bool(unit) and concept.forms[0].endswith(unit) and len(concept.forms[0]) <= len(unit) + 1


def _measured(question: Question) -> Concept | None:
    """Return what the figure is asked of: the concept right before 多少, as 服务费 in 服务费是多少."""
    asked = [found.start() for found in _HOW_MANY.finditer(question.wording)]
    if not asked:
        return None
    before = question.wording[: asked[-1]]  # 有几项没做到，扣多少分: what is asked comes last
    ends = [
        (len(before) - before.rfind(concept.forms[0]) - len(concept.forms[0]), concept)
        for concept in question.concepts
        if concept.forms[0] in before
    ]
    near = [(gap, concept) for gap, concept in ends if gap <= _RIGHT_BEFORE]
    return min(near, key=lambda item: item[0])[1] if near else None


def _is_noun(word: str) -> bool:
    return any(tag.startswith(("n", "vn", "j", "l")) for _, tag in rjieba.tag(word))
