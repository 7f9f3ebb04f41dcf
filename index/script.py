"""Traditional to simplified: which text is traditional, and how its words become mainland words.

OpenCC converts the characters. Its Taiwan phrase list (tw2sp) is not used as a whole: it is a list of
computing terms, and on official documents it turns ordinary words into others (建立 to 创建, 指标 to
指针, 核心 to 内核, 执行 to 运行, 查询 to 查找). Pages that were mainland documents before a Taiwan
converter went over them show a small set of its words; TAIWAN_WORDS takes exactly those back.
"""

import re
from functools import cache

from opencc import OpenCC

# Share of Han characters that exist in traditional script only: about a third in traditional text,
# below one in a hundred in simplified text that quotes an old name.
TRADITIONAL_SHARE = 0.05

# Two different Taiwan words, or three occurrences, show that a Taiwan converter was at work. Each is
# a word mainland documents never use, so text that is merely traditional has none.
TAIWAN_MARKERS = (
    "网际网路",
    "网路",
    "最佳化",
    "许可权",
    "程式",
    "视窗",
    "格线",
    "智慧型",
    "人工智慧",
    "伺服器",
    "资料库",
    "入口网站",
    "行动电话",
    "规范性档案",
    "释出",
    "大资料",
)

# Simplified characters of the Taiwan word -> the mainland word. A word that maps to itself is kept
# from a shorter one inside it: 方程式 stays although 程式 becomes 程序.
TAIWAN_WORDS = {
    "网际网路": "互联网",
    "网路": "网络",
    "最佳化": "优化",
    "许可权": "权限",
    "程式": "程序",
    "程式码": "代码",
    "方程式": "方程式",
    "视窗": "窗口",
    "民众": "群众",
    "格线": "网格",
    "套用": "应用",
    "契约": "合同",
    "契约精神": "契约精神",
    "协定": "协议",
    "贸易协定": "贸易协定",
    "国际协定": "国际协定",
    "协定存款": "协定存款",
    "入口网站": "门户网站",
    "智慧型": "智能",
    "人工智慧": "人工智能",
    "联络我们": "联系我们",
    "一体化线上": "一体化在线",
    "资讯": "信息",
    "软体": "软件",
    "硬体": "硬件",
    "伺服器": "服务器",
    "资料库": "数据库",
    "数位化": "数字化",
    "数位经济": "数字经济",
    "数位政府": "数字政府",
    "数位技术": "数字技术",
    "数位证书": "数字证书",
    "行动电话": "移动电话",
    "视讯会议": "视频会议",
    "云端计算": "云计算",
    "萤幕": "屏幕",
    "晶片": "芯片",
    "区域网": "局域网",
    "介面": "界面",
    "列印": "打印",
    "影印": "复印",
    "光碟": "光盘",
    "宽频": "宽带",
    "释出": "发布",
    "稽核": "审核",
    "专案": "项目",
    "专案组": "专案组",
    "搜寻": "搜索",
    "字型": "字体",
    "联络人": "联系人",
    "联络电话": "联系电话",
    "联络方式": "联系方式",
    "社群": "社区",
    "物件": "对象",
    "排程": "调度",
    "远端": "远程",
    "登出": "注销",
    "载入": "加载",
    "视觉化": "可视化",
    "智慧财产权": "知识产权",
    "大资料": "大数据",
    "资料共享": "数据共享",
    "资料归集": "数据归集",
    "资料安全": "数据安全",
    "政务资料": "政务数据",
    "公共资料": "公共数据",
    "示范建立": "示范创建",
    "建立活动": "创建活动",
    "智慧问答": "智能问答",
    "档案": "文件",
}

# 档案 is a file of papers in a few combinations and stays there; elsewhere it was 文件. 设定 is what a
# law does (设定行政许可) except beside things that are set up.
ARCHIVE = (
    r"归档案卷|(?:人事|干部|信用|诚信|健康|学籍|历史|执法|廉政|业务|企业|电子健康)档案"
    r"|档案(?:馆|局|室|柜|袋|资料|材料|管理员|[(（]案卷[)）]|法(?![治律规制定]))"
)
SET_UP_WORDS = "专窗|窗口|机构|岗位|站点|网点|专区|专栏|标识|点位|内部"
SET_UP = re.compile(rf"((?:{SET_UP_WORDS})的?)设定|设定(?=[一-鿿]{{0,4}}(?:{SET_UP_WORDS}))")

# Mends of the character conversion itself, where tw2s reads a traditional word wrongly.
CHARACTER_WORDS = {"土着": "土著", "台帐": "台账"}


def traditional_share(text: str) -> float:
    """Return which part of the Han characters exists in traditional script only (0 to 1)."""
    han = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    if not han:
        return 0.0
    return sum(simplified_character(character) != character for character in han) / len(han)


def is_traditional(text: str) -> bool:
    """Tell whether a text is written in traditional characters."""
    return traditional_share(text) >= TRADITIONAL_SHARE


def to_simplified(text: str) -> str:
    """Return the text in simplified characters, with mainland words where Taiwan words stood.

    Line breaks and everything that is not Han stay. The caller decides that the text is traditional.
    """
    simplified = _converter("tw2s").convert(text)
    simplified = _pattern(tuple(CHARACTER_WORDS)).sub(lambda m: CHARACTER_WORDS[m.group()], simplified)
    if not _speaks_taiwan(simplified):
        return simplified
    mended = _pattern(tuple(TAIWAN_WORDS), ARCHIVE).sub(
        lambda m: TAIWAN_WORDS.get(m.group(), m.group()), simplified
    )
    return SET_UP.sub(lambda m: f"{m[1] or ''}设置", mended)


def to_traditional(text: str) -> str:
    """Return the text in traditional characters, as somebody who writes them would ask."""
    return str(_converter("s2t").convert(text))


def _speaks_taiwan(simplified: str) -> bool:
    counts = [count for marker in TAIWAN_MARKERS if (count := simplified.count(marker))]
    return len(counts) >= 2 or sum(counts) >= 3


@cache
def simplified_character(character: str) -> str:
    """Return a single character's simplified form, itself where it has none."""
    return str(_converter("t2s").convert(character))


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


@cache
def _pattern(words: tuple[str, ...], kept: str = "(?!)") -> re.Pattern[str]:
    # Longest first, so that 网际网路 is not read as 网路; what is kept goes before all.
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join([kept, *map(re.escape, longest_first)]))
