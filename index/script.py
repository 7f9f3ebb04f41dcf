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
    "资讯",
    "软体",
    "硬体",
    "伺服器",
    "资料库",
    "数位",
    "入口网站",
    "行动电话",
    "行政规范性档案",
    "规范性档案",
)

# Simplified characters of the Taiwan word -> the mainland word. A word that maps to itself is kept
# from a shorter one inside it: 档案馆 stays although 档案 becomes 文件.
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
    "入口网站": "门户网站",
    "智慧型": "智能",
    "智慧型手机": "智能手机",
    "人工智慧": "人工智能",
    "设定": "设置",
    "设定目标": "设定目标",
    "设定考核": "设定考核",
    "设定指标": "设定指标",
    "联络我们": "联系我们",
    "一体化线上": "一体化在线",
    "资讯": "信息",
    "软体": "软件",
    "硬体": "硬件",
    "伺服器": "服务器",
    "资料库": "数据库",
    "大资料": "大数据",
    "数位": "数字",
    "数位化": "数字化",
    "行动电话": "移动电话",
    "行动端": "移动端",
    "简讯": "短信",
    "部落格": "博客",
    "视讯": "视频",
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
    "社群": "社区",
    "品质": "质量",
    "专案": "项目",
    "滑鼠": "鼠标",
    "预设": "默认",
    "档案": "文件",
    "档案馆": "档案馆",
    "档案局": "档案局",
    "档案室": "档案室",
    "档案法": "档案法",
    "档案资料": "档案资料",
    "档案材料": "档案材料",
    "人事档案": "人事档案",
    "信用档案": "信用档案",
    "诚信档案": "诚信档案",
    "健康档案": "健康档案",
    "学籍档案": "学籍档案",
    "历史档案": "历史档案",
    "执法档案": "执法档案",
    "廉政档案": "廉政档案",
    "业务档案": "业务档案",
    "归档": "归档",
    "档案(案卷)": "档案(案卷)",
}

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
    return _pattern(tuple(TAIWAN_WORDS)).sub(lambda m: TAIWAN_WORDS[m.group()], simplified)


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
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    # Longest first, so that 网际网路 is not read as 网路.
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
