"""Several questions in one message, cut apart: 枞阳留几天?经费又列在哪里?"""

import re

# Words that ask. 几 and 什么 also stand for an unknown amount or thing that is not asked about.
_ASKS = re.compile(
    r"多少|几(?!乎|年来)|(?<!没)(?<!有)什么(?!的)|(?<!没)哪(?!怕)|谁|啥|咋|吗[?？]?$|是否|能否|可否|有没有|是不是|能不能|可不可以"
    r"|要不要|行不行|会不会|该不该|算不算|怎么|怎样|如何|为何|多久|多长|多大|何时|在什么"
    r"|\b(what|who|whom|when|how|which|where)\b"
)
_SOME = re.compile(
    r"(有|了|过|着|这|那|好|头|前|后|近|和|跟|与)几[\u4e00-\u9fff]{2,}|几(年|天|个月|次)[前来后]"
)
_SUPPOSES = re.compile(r"要是|如果|假如|万一|的话$|无论|不管|不论|没(有)?(说|讲|写|提)")
_BORDER = re.compile(
    r"[?？。;；,，、!！\n]+|(?=以及|还有|另外|并且)|\s+and\s+(?=(?:what|who|whom|when|how|which|where)\b)"
)
# A和B各…, A与B分别…: the same asked of two things.
_BOTH = re.compile(
    r"(?P<first>[^,，。;；、?？的\s]{2,8})(?:和|与|跟|、|及)(?P<second>[^,，。;；、?？的\s]{2,8}?)(?:各自|各|分别)(?=[^地处县市省类种])"
)
_MOST = 5  # questions taken from one message


def parts(text: str) -> tuple[str, ...]:
    """Return the questions in the text, each with what is told before it; the text alone where it asks
    one thing only.
    """
    found: list[str] = []
    piece = ""
    start = 0
    for border in [*_BORDER.finditer(text), None]:
        end = border.start() if border else len(text)
        clause = text[start:end]
        mark = border[0] if border else ""
        piece += clause + mark
        if _asks(clause, mark):
            found.append(piece)
            piece = ""
        start = border.end() if border else end
    if piece and found:
        found[-1] += piece
    asked = [each.strip() for question in found for each in _both(question)]
    return tuple(asked[:_MOST]) if len(asked) > 1 else (text,)


def _asks(clause: str, mark: str) -> bool:
    """Tell whether a clause asks: 几项职权没做到, with a comma after it, does not."""
    if not re.search(r"[?？]", mark):
        if _SUPPOSES.search(clause):  # 哪个镇要是只有两个人, 也没说依据哪条法律,
            return False
        clause = _SOME.sub("", clause)
    return _ASKS.search(clause.lower()) is not None


def _both(question: str) -> list[str]:
    """Return the question once for each of two things it is asked of."""
    found = _BOTH.search(question)
    if not found:
        return [question]
    before, after = question[: found.start()], question[found.end() :]
    return [f"{before}{thing}{after}" for thing in (found["first"], found["second"])]
