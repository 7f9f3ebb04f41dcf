"""The rules by which a true sentence is said in another way, as a language model might."""

import re

from bot.conversation import inner
from bot.numerals import NUMERAL
from eval.distortion import CONDITION
from eval.sentences import Case, Forger, marked

_DIGITS = "零一二三四五六七八九"
_ARABIC = re.compile(r"(?<![0-9.〔\[(-])[1-9][0-9]?(?![0-9.〕\])%％-])")


def _as_it_is(case: Case) -> str:
    return marked(case.text, case.n)


def _titled(case: Case) -> str:
    lead = case.drawn.choice(("根据《{t}》，", "《{t}》规定：", "按照《{t}》的要求，", "《{t}》明确，"))
    return marked(lead.format(t=inner(case.source.document.title)) + case.text, case.n)


def _placed(case: Case) -> str:
    place = case.source.document.place
    return (
        marked(f"{place}{case.drawn.choice(('规定，', '：', '要求，'))}{case.text}", case.n) if place else ""
    )


def _in_han(case: Case) -> str:
    def han(match: re.Match[str]) -> str:
        tens, ones = divmod(int(match[0]), 10)
        head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
        return head + (_DIGITS[ones] if ones else "")

    if re.search(r"[0-9]\s*[至到\-—~.．]\s*[0-9]|[0-9]号|[“《]|[0-9A-Za-z][/+×*]", case.text):
        return ""
    forged = _ARABIC.sub(han, case.text)
    return marked(forged, case.n) if forged != case.text else ""


def _wide(case: Case) -> str:
    forged = re.sub(r"[0-9%]", lambda m: chr(ord(m[0]) + 0xFEE0), case.text)
    return marked(forged, case.n) if forged != case.text else ""


def _joined(case: Case) -> str:
    return marked(
        case.drawn.choice(
            ("同时，", "此外，", "具体来说，", "也就是说，", "其中，", "需要注意的是，", "综上，")
        )
        + case.text,
        case.n,
    )


def _turned(case: Case) -> str:
    """The parts between semicolons the other way round."""
    parts = re.split("[；;]", case.text)
    return marked("；".join(reversed(parts)), case.n) if len(parts) > 1 else ""


def _part(case: Case) -> str:
    """The first clauses only, or the last where they do not hang on the first: without it they would say
    something else.
    """
    clauses = re.split("[，,]", case.text)
    if len(clauses) < 3 or re.search("[“《(（]", case.text):
        return ""
    first = case.drawn.random() < 0.5 or CONDITION.match(case.text)
    return marked("，".join(clauses[:-1] if first else clauses[1:]), case.n)


def _quoted(case: Case) -> str:
    return "" if re.search('[“”"]', case.text) else marked(f"原文写明：“{case.text}”", case.n)


def _particles(case: Case) -> str:
    """Clauses bound by other small words."""
    forged = re.sub(
        r"，(?=[\u4e00-\u9fff]{4})", case.drawn.choice(("，并且", "，同时", "，而且")), case.text, count=1
    )
    return marked(forged, case.n) if forged != case.text else ""


def _answering(case: Case) -> str:
    heading = case.source.section.heading.strip("。：: ")
    if not heading or len(heading) > 24 or re.search(NUMERAL, heading):
        return ""
    return marked(f"关于{heading}，文件规定{case.text}", case.n)


TRUE: dict[str, Forger] = {
    "原样": _as_it_is,
    "加文件名": _titled,
    "加地名": _placed,
    "换成中文数字": _in_han,
    "换成全角": _wide,
    "加连接词": _joined,
    "分句换序": _turned,
    "只取一部分": _part,
    "加引号": _quoted,
    "加小词": _particles,
    "加标题": _answering,
}
