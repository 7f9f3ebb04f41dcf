"""When not to answer, and why. A refusal names its reason and what the base does hold."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import rjieba

from bot.confidence import LEAST, confidence
from bot.conversation import Concept, Kind, Question, inner
from bot.extract import Finding
from bot.holdings import Holdings, short_name
from bot.kinds import has_figure
from bot.lookup import absent, which
from bot.words import fold, presence
from index.script import to_simplified
from prompts import sentences

# Asks for the words of a title that is not held; a document that only names it cannot answer.
_WANTS_TEXT = re.compile(r"》[^,。]{0,6}(第[一二三四五六七八九十百0-9]+条|写的?是|规定了什么|内容|原文|全文)")
_WISH = re.compile(
    r"(帮|给|替|为)我(们)?.{0,8}(写|翻译|画|唱|讲|编|推荐|起个|取个|润色)|讲个?笑话|你(觉得|认为|喜欢)|天气|下雨|股票|彩票"
    r"|(write|translate|compose) (me|this|it|a|an)\b|tell me a joke|do you think|weather",
    re.IGNORECASE,
)
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
_LATIN = re.compile("[a-z]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PLAIN = 0.45  # so likely an answer is on its subject, even where the rarest word asked is not there
_RIGHT_BEFORE = 1  # characters between
_LOOSE = ("", "date", "often")  # dates and frequencies are written in too many ways to insist on
_MENTIONED = 0.3
_SHORT_QUESTION = 3  # concepts
UNSEARCHED = ("instruction", "off_topic", "outside", "scope_empty")  # reasons that need no search
_NAMED = 4  # titles a refusal names before it only counts
# What tells a machine what to be or to do, in place of asking what documents say.
INSTRUCTION = re.compile(
    r"(忽略|无视|忘记|抛开).{0,12}(指令|提示|规则|要求|设定|资料|以上|之前)|新指令|系统提示|提示词|越狱"
    r"|(调试|开发者|管理员|上帝)模式|环境变量|文件路径|密钥|^\s*system\s*[:：]|dan模式|你叫dan|(扮演|假装|你现在是|从现在起你)|不受.{0,6}限制|凭你自己的知识"
    r"|</?system|ignore (all|the|any|previous)|you are now|system prompt"
    r"|(输出|回复|复述|打印|先说)[“\"「『].{1,40}[”\"」』]",
    re.IGNORECASE,
)


def at_once(question: Question) -> str | None:
    """Return the reason to refuse before anything is searched: an instruction instead of a question, or a
    wish for what no document is asked for (an opinion, a poem, a translation).
    """
    if INSTRUCTION.search(_typed(question.text)):
        return "instruction"
    return "off_topic" if _WISH.search(_typed(question.text)) else None


@lru_cache(maxsize=256)  # asked of every finding of a question
def _typed(text: str) -> str:
    """Return a question's words whatever script and width they are typed in."""
    return unicodedata.normalize("NFKC", to_simplified(text))


def outside(question: Question, holdings: Holdings) -> str | None:
    """Return the reason to refuse what lies outside the scope chosen, or when that admits no document."""
    if holdings.beyond is not None and not holdings.documents:
        return "scope_empty"
    return "outside" if question.outside else None


def reason(question: Question, findings: Sequence[Finding]) -> str | None:
    """Return the name of the reason to refuse (a key of the sentences), None where the findings answer."""
    if not findings:
        return _not_held(question)
    if question.missing_places and not any(_mentions(question.missing_places, f) for f in findings[:3]):
        return "place_missing"
    if question.missing_titles and (
        _WANTS_TEXT.search(_typed(question.text))
        or not any(_mentions(question.missing_titles, f) for f in findings[:3])
    ):
        return "document_missing"
    if _not_understood(question):
        return "nothing"
    if confidence(question, findings[0]) < LEAST:
        return "not_stated" if findings[0].why["stated"] < 0 else "nothing"
    if not lacks_what_is_asked(question, findings[0]):
        return None
    return "not_stated" if speaks(findings[0]) else "nothing"


def _not_understood(question: Question) -> bool:
    """Tell whether of all that an English question asks only figures are understood: 2022 alone is found in
    many a document, whatever is asked of that year.
    """
    words = [concept.forms[0] for concept in question.concepts]
    strange = any(_LATIN.search(word) for word in words)
    return question.language == "en" and strange and not any(_HAN.search(word) for word in words)


def lacks_what_is_asked(question: Question, best: Finding) -> bool:
    """Tell whether a figure, a person's name or members are asked for and the best finding has none, or has
    a figure of something else. However well the rest fits, a neighbour's figure is the worst of answers.
    """
    text = best.folded
    if _ASKS_NAME.search(_typed(question.text)):
        return not _names_person(text)
    if _ASKS_HOLDER.search(_typed(question.text)):
        return not (_TELLS_HOLDER.search(text) or _names_person(text))
    if _ASKS_MEMBERS.search(_typed(question.text)) and not _TELLS_MEMBERS.search(text):
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


def _not_held(question: Question) -> str:
    """Return which thing the question names left nothing to answer from."""
    if question.missing_places:
        return "place_missing"
    if question.missing_titles:
        return "document_missing"
    return "year_missing" if question.years else "nothing"


def admitted(question: Question, findings: Sequence[Finding]) -> list[Finding]:
    """Drop findings of other years than those the question names, and those that do not mention a place or
    title the base has no document of.
    """
    kept = [f for f in findings if not question.years or any(_has_year(year, f) for year in question.years)]
    if question.missing_places:
        kept = [f for f in kept if _mentions(question.missing_places, f)]
    if question.missing_titles:
        kept = [f for f in kept if _mentions(question.missing_titles, f)]
    return kept


def _mentions(names: Sequence[str], finding: Finding) -> bool:
    text = finding.folded
    return any(fold(short_name(word)) in text for word in names)


def _has_year(year: int, finding: Finding) -> bool:
    document = finding.document
    return year in document.years or str(year) in document.section_text(finding.home)


def refusal(name: str, question: Question, holdings: Holdings) -> str:
    """Write the refusal for the asker, in the language asked in, with the scope chosen where there is one."""
    end = "_en" if question.language == "en" else ""
    chosen = holdings.beyond is not None
    if name == "which_document":
        return which(question, holdings)
    if name == "no_such_clause":
        sentence = absent(question, holdings)
        return _joined(sentence, _where(holdings, end), end) if chosen else sentence
    if name == "nothing" and len(question.scope.places) == 1 and not chosen:
        name = "place_silent"
    place = (question.missing_places or question.scope.places or ("",))[0]
    sentence = sentences()[_worded(name, holdings) + end].format(
        place="、".join(question.outside) if name == "outside" else place,
        year="、".join(map(str, question.years)),
        title=(question.missing_titles or ("",))[0],
    )
    return sentence if name in ("instruction", "off_topic") else _joined(sentence, _where(holdings, end), end)


def _worded(name: str, holdings: Holdings) -> str:
    """Return the name of the sentence: of what only the chosen scope lacks nobody may read that the base
    lacks it.
    """
    return f"{name}_chosen" if holdings.beyond and f"{name}_chosen" in sentences() else name


def _where(holdings: Holdings, end: str) -> str:
    """Return what was looked through: the scope chosen, or all that is held."""
    held = "、".join(f"《{inner(document.title)}》" for document in holdings.documents[:_NAMED])
    count = len(holdings.documents)
    name = "holds" if count <= _NAMED else "holds_more"
    name = name if holdings.beyond is None else "chosen"
    return sentences()[name + end].format(
        documents=held, more=count - _NAMED, scope=holdings.chosen_name(), count=count
    )


def _joined(first: str, second: str, end: str) -> str:
    return first + (" " if end else "") + second
