"""Whether a clause binds, permits, forbids, exempts or denies, and which words turn it round."""

import re
from collections import Counter
from enum import StrEnum


class Mode(StrEnum):
    """How a clause says what it says."""

    MUST = "must"
    MAY = "may"
    FORBID = "forbid"
    EXEMPT = "exempt"
    DENY = "deny"


# Words with a not in them that deny nothing: bounds (read with their figures), and parts of other words.
_NONE = re.compile(
    r"不(?:得|能|应|宜|可)?(?:少于|低于|短于|小于|下于|早于|超过|超出|高于|多于|长于|大于|晚于|迟于)|不(?:足|满|到)(?=[0-9一二三四五六七八九十])"
    r"|未满(?=[0-9一二三四五六七八九十])|不(?:断|同|仅|但|只|动产|管|论|光|愧|懈|妨|折不扣|可或缺|可抗力|时)|无论|不少(?!于)|不合格|未来|未成年|非(?:常|法|税|公|物质|诉|营利|现场|煤)|并非|除非"
    r"|应(?:急|诉|用|对|收|届|聘|邀|声)|可(?:靠|行|持续|视|比|控|信|见|能)|许可|认可|尽可能|必要|不可预见"
)
_MODES = (
    (
        Mode.FORBID,
        re.compile(
            r"不得|严禁|禁止|不能|不准(?!确)|不许|不允许|杜绝|不应当?|不予(?:支持|受理|批准|通过)|无权|不可以?"
            r"|一律不|防止|坚决不|不宜"
        ),
    ),
    (
        Mode.EXEMPT,
        re.compile(r"无[须需]|不需要?|不再|不必|不用|免[予于除收缴交]|可以?不|不予|豁免"),
    ),
    (Mode.MUST, re.compile(r"应当|必须|务必|应该|应|须(?!知)|一律|不得不")),
    (Mode.MAY, re.compile(r"可以|可(?=[由按视向经依委在根先单自将对与选不])|有权|允许|准予|鼓励|支持|自愿")),
    (Mode.DENY, re.compile(r"不|未|没有|没|无(?!人机|障碍|锡|线|纸)|非|尚未|拒绝|否")),
)  # fmt: skip
# Words that turn a sentence round without any not: one that is not in the document may not come in.
_TURNS = re.compile(
    r"取消|停止|暂停|废止|废除|撤销|撤回|终止|中止|放宽|放开|降低|减少|缩短|缩减|削减|下降|减轻|减免|免除|延长|延期|推迟|提高|增加"
    r"|上升|提前|加重|加大|放弃|反对|违反|排除|除外|例外|全部|全面|部分|所有|任何|所有人|个别|个人|自行|私自|擅自|随意|任意|长期|永久|临时|直接|优先"
    r"|以前|以后|之前|之后|事前|事后|公开|保密|秘密|同意|批准|驳回|通过|有效|无效|失效|合格|不合格|优秀|奖励|处罚|罚款|收费|免费|有偿|无偿|口头|书面|线上|线下|首次|再次"
    r"|以[内外](?=的)|以[上下]|(?:有|相)关(?=部门|单位|机关|人员)|[年季月]度|半年|上一?年|本年|当年|次年|隔年|全[国省市县区乡镇]|[省市县区乡]级(?:以[上下])?|各级|[县区省市][委政]"
)
_SIDE = re.compile(r"[年月旬度][底末初]?(?:以|之)?([前后])(?![置续期])")  # 年底前
# Words that limit what is said: they may neither come in nor be left out.
_LIMITS = re.compile(
    r"原则上|一般(?=[不应为可])|基本(?=形成|实现|建成|完成|建立|消除|达到)|力争|争取|酌情|视情|逐步|适时|尽量|尽可能|可能|预计|参照|探索|分管|副"
    r"|(?<!不)[只仅](?![有要])"
)
_NOT = re.compile(r"(?:没有|[不未无非没])(?=[\u4e00-\u9fff])")
_UNLESS = re.compile("未经|非经|除非|除[^,]{1,20}外")  # what is so but for that
_LINK = re.compile(r"(?:^|(?<=,)|(?<=([^,]{2})))(或者?|以及|[和与及且]|并且?)(?=([^,]{2}))")
_SIGN = re.compile(r"[“”\"‘’「」『』《》()]")


def modes(clause: str) -> Counter[Mode]:
    """Return in which modes a folded clause speaks, and how often; none where it only states."""
    text, found = _NONE.sub("\0", clause), Counter[Mode]()
    for mode, pattern in _MODES:
        text, count = pattern.subn("\0", text)
        if count:
            found[mode] = count
    return found


def agree(said: Counter[Mode], written: Counter[Mode]) -> bool:
    """Tell whether what is said keeps the mode of what is written. That something is to be done may be
    said or left out where the document simply states it, as plans do; where fewer things are denied, it must
    be that fewer are said, which ``turned`` tells.
    """
    kept = (Mode.FORBID, Mode.EXEMPT, Mode.MAY)
    if any(said[mode] != written[mode] for mode in kept) or said[Mode.DENY] > written[Mode.DENY]:
        return False
    return not (said[Mode.MUST] and not written[Mode.MUST] and written)


def brought(said: str, held: str) -> str:
    """Return a word by which a folded clause turns or limits what it says, and which is not held; empty where
    there is none.
    """
    words = [*_TURNS.findall(said), *_LIMITS.findall(said)]
    sides = [f"底{side}" for side in _SIDE.findall(said)]
    kept = [f"底{side}" for side in _SIDE.findall(held)]
    new = (word for word in words if said.count(word) > held.count(word))
    return next(new, "") or next((side for side in sides if side not in kept), "")


def turned(said: str, written: str) -> str:
    """Return a word by which a folded clause says something else than what is written, empty where there is
    none: an unless left out, a not or a limit that one of the two has before the same words, an or in place
    of an and.
    """
    unless = _UNLESS.search(written)
    if unless and not _UNLESS.search(said):
        return unless[0]
    return _lacking(said, written) or _lacking(written, said) or _linked(said, written)


def _lacking(one: str, other: str) -> str:
    """Return words before which one text has a not or a limit and the other has none."""
    for found in (*_NOT.finditer(one), *_LIMITS.finditer(one)):
        words = one[found.end() : found.end() + 2]
        whole = found[0] + words
        if words and _free(other, words, whole) > _free(one, words, whole):
            return whole
    return ""


def _free(text: str, words: str, whole: str) -> int:
    return text.count(words) - text.count(whole)


def _linked(said: str, written: str) -> str:
    """Return an or that is written as an and, or the other way round, or not written at all."""
    said, written = _SIGN.sub("", said), _SIGN.sub("", written)
    links = {(link[1] or "", link[3]): link[2][0] == "或" for link in _LINK.finditer(written)}
    for link in _LINK.finditer(said):
        if links.get((link[1] or "", link[3]), link[2][0] == "或") != (link[2][0] == "或"):
            return link[2]
    return "或" if said.count("或") > written.count("或") else ""


def bare(clause: str) -> str:
    """Return a clause without the words of its mode, so that what it is about is left."""
    for _, pattern in _MODES:
        clause = pattern.sub("\0", clause)
    return clause
