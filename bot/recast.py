"""Sentences of a document recast as what they answer: 不少于5个工作日 → 不少于多少个工作日, 下列程序 →
哪些程序. Words only; ``bot.drawn`` makes whole questions of them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

import rjieba

from bot.numerals import NUMERAL
from bot.sentences import Unit, without_label

_SUBJECT = 5  # characters before a figure that say what it is of
_BESIDE = range(6, 21)  # characters of a clause before or after that is told with it
_UNIT = r"个?工作日|个?学时|个?课时|小时|分钟|个月|个百分点|万元|[%％日天年次期场件项条家名人分元起批部户]"
_FEW = "次期场年批"  # as a rule few of them: 几次, not 多少次
_BOUND = r"不得?[少低高]于|不得?超过|至少|至多|最多|最少|最长|最短|最高|最低"
_FIGURE = re.compile(
    rf"(?<![第每0-9*×x])(?<![0-9一二三四五六七八九十][至到-])(?P<bound>{_BOUND})?(?P<number>{NUMERAL})余?(?P<unit>{_UNIT})(?![度代初末底行工计规之署门长制]|分)"
)
_DATE = re.compile(r"[0-9]{4}年(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?|[0-9]{1,2}月(?:[0-9]{1,2}日)?")
_ASIDE = re.compile(r"[(（][^()（）]*[)）]$")
# How a heading begins that says what is to be done, and how one ends that says how well it was.
_TASK = re.compile(
    r"^(?:加强|强化|推进|推动|推行|推广|深化|深入|健全|完善|落实|建立|建设|构建|规范|优化|提升|提高|发挥|严格|加大|加快|实行"
    r"|全面|持续|进一步|积极|扎实|切实|坚持|开展|做好|创新|改进|统筹|畅通|探索|拓展|压实|夯实|履行|梳理|组织|充分|有效|大力)"
)
_PRAISED = re.compile(r"(?:明显|成熟|显著|有力|有序|顺利|到位|良好|稳步.{2}|不断.{2})$")
_NOUN = 10  # characters of a heading that names a thing
_QUOTED = re.compile(r"“[^“”]*”|《[^《》]*》|\([^()]*\)|（[^（）]*）")
_MONTH = r"[0-9]{1,2}月(?!份)(?:[0-9]{1,2}日|底)?"
_BY = re.compile(rf"^(?:到|在|于|力争)*[0-9]{{4}}年(?:年?[底末]|{_MONTH})?(?:之前|以前|前)(?P<what>.+)")
_YEARLY = re.compile(rf"(?:于|在)?每年(?:第?[一二三四1-4]季度|{_MONTH}(?:之?前|以前)?)")
_EVERY = re.compile(
    r"每(?:半年|季度|个?月|[一二两三四五]年|年度?)(?:至少|集中)?(?P<what>[^0-9一二三四五]{2,14})一次(?P<rest>.{0,14})$"
)
_RESPONSIBLE = re.compile(r"^[\[〔(（【]?(?:责任|牵头)(?:单位|部门)[:：]")
_BY_WHOM = re.compile(r"由[^由]{2,24}?(?P<does>负责|牵头|组织|承担|审定|批准)")
_LISTED = re.compile(
    r"(?:下列|以下)(?P<what>[\u4e00-\u9fff]{2,8}?)(?:之一)?(?P<rest>的?(?:[,，][^:：,，。]{4,24})?)[:：]$"
)
_BANNED = re.compile(r"(?:严禁|禁止|不得)(?!的|或|超过|[少低高多]于)(?P<what>[\u4e00-\u9fff]{4,18})$")
_REFERS = re.compile(r"(?:法规|规定|国家|不得).{0,4}$")  # 法律、法规禁止的, no ban of its own
_BARRED = re.compile(r"(?:都|均|也|一律)$")
_CONDITION = re.compile(r"(?:的|前|时|后)$")
_CLAUSE = re.compile(r"[,，;；。:：]")
# A clause that needs the one before.
_LEANS = re.compile(
    r"^(?:但|还|分别|以|按照|遵守|可以|可|不|并|也|再|经|情况|情节|特殊|逾期|未经|备注|.{1,3}[后前时])"
)
_OPEN = re.compile(r"^以?[内前后]$")  # what ends so goes on in the next clause
_RATE = re.compile(r"(?<=[率例比重])(为|达到?|是)百分之多少$")

_GENERAL = frozenset(
    "总体要求 基本原则 主要原则 工作原则 工作目标 总体目标 指导思想 组织保障 保障措施 附则 总则 备注".split()
)


class Sort(StrEnum):
    """What a sentence answers: a least or most figure, when or how often, who, which, any other figure,
    whether something is allowed; or what a section is about.
    """

    BOUND = "bound"
    DEADLINE = "deadline"
    WHO = "who"
    LIST = "list"
    FIGURE = "figure"
    BAN = "ban"
    SUBJECT = "subject"


def recast(unit: Unit) -> Iterator[tuple[Sort, str]]:
    """Yield what a sentence answers, in its own words; nothing for a heading."""
    for sort, rule in _RULES if not unit.is_heading else ():
        for words in rule(unit):
            yield sort, words


def about(heading: str, *, done: bool) -> str:
    """Return what the section under a heading answers, of a report what was ``done``; empty where the
    heading tells nothing by itself.
    """
    heading = _ASIDE.sub("", heading).strip("。:： ")
    if _CLAUSE.search(heading) or "、" in heading or heading in _GENERAL or _PRAISED.search(heading):
        return ""
    if _TASK.match(heading) and len(heading) >= _SUBJECT + 1:
        return f"在{heading}上做了哪些工作" if done else f"怎么{heading}"
    return f"{heading}有什么要求" if not done and len(heading) in range(_SUBJECT - 1, _NOUN + 1) else ""


def dated(words: str) -> bool:
    """Tell whether the words name a year or a day."""
    return _DATE.search(words) is not None


def _figures(unit: Unit, *, bound: bool) -> Iterator[str]:
    """Yield a question for each clause that states one figure and no other number."""
    clauses = _clauses(unit)
    for position, clause in enumerate(clauses):
        shown = _blanked(_blanked(clause, _QUOTED), _DATE)
        found = [] if _EVERY.search(clause) else list(_FIGURE.finditer(shown))
        if len(found) != 1 or re.search(r"[0-9]", _FIGURE.sub("", shown)) or clause.endswith("的"):
            continue
        figure = found[0]
        limited = bool(figure["bound"]) or bool(re.search(r"至少|每", shown))
        if limited != bound or not _is_figure(shown, figure, limited=limited):
            continue
        before, after = clause[: figure.start()], clause[figure.end() :]
        own = f"{before}{figure['bound'] or ''}{_how_many(figure['unit'])}{after}"
        if _OPEN.match(after) and "起" in before:
            after = _beside(clauses, position + 1)
            own = f"{own}，{after}" if after and not _CONDITION.search(after) else ""
        alone = len(before) >= _SUBJECT and not _LEANS.match(before)
        if not alone:
            before = _beside(clauses, position - 1)
            own = f"{before}，{own}" if before and own else ""
        if own:
            yield _RATE.sub(r"\1多少", own)


def _beside(clauses: Sequence[str], position: int) -> str:
    """Return the clause there, empty where there is none that can be told with its neighbour."""
    clause = clauses[position] if 0 <= position < len(clauses) else ""
    fits = len(clause) in _BESIDE and not _LEANS.match(clause)
    return clause if fits and not re.search(r"[0-9]", clause) else ""


def _is_figure(shown: str, figure: re.Match[str], *, limited: bool) -> bool:
    """Tell whether a numeral counts something: no part of a word (统一部署), nothing in passing (一次)."""
    if figure["unit"] == "年" and not limited:
        return False
    if figure["number"] in ("一", "1", "100", "零", "〇") and not limited:
        return False
    position = 0
    for word in rjieba.cut(shown, hmm=False):
        if position < figure.start("number") < position + len(word):
            return False
        position += len(word)
    return True


def _how_many(unit: str) -> str:
    if unit in "%％":
        return "百分之多少"
    return f"几{unit}" if unit in _FEW or unit == "个月" else f"多少{unit}"


def _often(unit: Unit) -> Iterator[str]:
    clauses = _clauses(unit)
    for position, clause in enumerate(clauses):
        every = _EVERY.search(clause)
        if every is None:
            continue
        before = clause[: every.start()]
        asked = f"多久{every['what']}一次{every['rest']}"
        if len(before) >= _SUBJECT - 2:
            yield before + asked
        elif not before and _beside(clauses, position - 1):
            yield f"{_beside(clauses, position - 1)}，{asked}"


def _deadlines(unit: Unit) -> Iterator[str]:
    for clause in _clauses(unit):
        by = _BY.match(clause)
        if by and _begins_with_verb(by["what"]):
            yield f"在什么时候前{by['what']}"
        elif _YEARLY.search(clause):
            yield _YEARLY.sub("每年什么时候", clause, count=1)


def _responsible(unit: Unit) -> Iterator[str]:
    heading = unit.document.sections[unit.section].heading.strip("。:： ")
    if _RESPONSIBLE.match(unit.folded) and not _CLAUSE.search(heading):
        yield f"{heading}由哪些单位负责"
    for clause in _clauses(unit):
        by = _BY_WHOM.search(clause)
        if by and by.start() >= _SUBJECT - 1:
            yield f"{clause[: by.start()]}由谁{by['does']}{clause[by.end() :]}"


def _lists(unit: Unit) -> Iterator[str]:
    text = _plain(unit)
    found = _LISTED.search(text)
    if found is not None:
        before = _CLAUSE.split(text[: found.start()])[-1]
        told = len(before) >= _SUBJECT - 1 and not _LEANS.match(before)
        if told or (before == "有" and found["rest"]):
            yield f"{before}哪些{found['what']}{found['rest']}"


def _bans(unit: Unit) -> Iterator[str]:
    clauses = _clauses(unit)
    for position, clause in enumerate(clauses):
        found = _BANNED.search(clause)
        if found is None or _REFERS.search(clause[: found.start()]):
            continue
        before = _BARRED.sub("", clause[: found.start()])
        asked = f"{before}可以{found['what']}吗"
        last, told = clauses[position - 1] if position else "", _beside(clauses, position - 1)
        if not before and len(last) in _BESIDE and _CONDITION.search(last):  # 未经审查的，不得…
            yield f"{last}，{asked}"
        elif before and not _LEANS.match(before):
            yield asked
        elif before and told:
            yield f"{told}，{asked}"


_RULES: tuple[tuple[Sort, Callable[[Unit], Iterator[str]]], ...] = (
    (Sort.BOUND, lambda unit: _figures(unit, bound=True)),
    (Sort.DEADLINE, _often),
    (Sort.DEADLINE, _deadlines),
    (Sort.WHO, _responsible),
    (Sort.LIST, _lists),
    (Sort.FIGURE, lambda unit: _figures(unit, bound=False)),
    (Sort.BAN, _bans),
)


def _begins_with_verb(text: str) -> bool:
    return any(tag.startswith(("v", "d")) for _, tag in rjieba.tag(text)[:2])


def _plain(unit: Unit) -> str:
    return "".join(without_label(unit.text).split())


def _clauses(unit: Unit) -> list[str]:
    return [clause for clause in _CLAUSE.split(_plain(unit)) if clause]


def _blanked(text: str, pattern: re.Pattern[str]) -> str:
    """Return the text with what matches put out of sight, as long as before."""
    return pattern.sub(lambda found: "_" * len(found[0]), text)
