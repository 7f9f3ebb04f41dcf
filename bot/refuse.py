"""When not to answer, and why. A refusal names its reason and what the base does hold."""

import re
from collections.abc import Sequence

from bot.confidence import LEAST, confidence
from bot.conversation import Question, inner
from bot.extract import Finding
from bot.holdings import Holdings, short_name
from bot.lacking import lacks_what_is_asked, speaks
from bot.lookup import absent, which
from bot.words import fold, in_one_script
from prompts import sentences

# Asks for the words of a title that is not held; a document that only names it cannot answer.
_WANTS_TEXT = re.compile(r"》[^,。]{0,6}(第[一二三四五六七八九十百0-9]+条|写的?是|规定了什么|内容|原文|全文)")
_WISH = re.compile(
    r"(帮|给|替|为)我(们)?.{0,8}(写|翻译|画|唱|讲|编|推荐|起个|取个|润色)|讲个?笑话|你(觉得|认为|喜欢)|天气|下雨|股票|彩票"
    r"|(write|translate|compose) (me|this|it|a|an)\b|tell me a joke|do you think|weather",
    re.IGNORECASE,
)
_LATIN = re.compile("[a-z]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
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
    if INSTRUCTION.search(in_one_script(question.text)):
        return "instruction"
    return "off_topic" if _WISH.search(in_one_script(question.text)) else None


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
        _WANTS_TEXT.search(in_one_script(question.text))
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
