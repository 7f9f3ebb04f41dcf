"""The rules by which a true sentence is bent: every figure and name is kept, what it says is not."""

import re

from eval.sentences import Case, Forger, alike, marked

# What another clause hangs on, as its end or beginning tells.
CONDITION = re.compile(
    r"^(?:[^,，;；]*(?:的|(?<![学小课同])时|(?<![当目])前|后)|[对凡如若除遇因][^,，;；]*)[,，]"
)
_STRANGE = (
    "会议纪要 身份证 营业执照 学校 医院 车辆 土地 税收 保险 贷款 专利 护照 婚姻 遗产 铁路 彩票 广告 拍卖 出租"
    " 购买 销售 赠与 没收 隐瞒 删除 伪造 拖延 拒收 放行 逮捕 拘留 奖金 津贴 押金 股份 银行 律师 教师 农民"
).split()
_MARKUP = (
    "<img src=x onerror=alert(1)>", "![](http://evil.example/a.png)", "[详情](http://evil.example)", "<b>",
    "![x](//a)", "[x](/)", "[这里](//a)", "<script>alert(1)</script>", "，详见www.evil.example", "＜a＞",
    "，链接为javascript:alert(1)", "{{7*7}}", "&lt;img&gt;", "~~作废~~", "<!-- -->", "，请加微信号wx8899",
    "（咨询电话：0562-3211234）",
)  # fmt: skip
_LIMITS = r"原则上|一般(?=不|应)|基本(?=形成|实现|建成)|力争|争取|酌情|逐步|适时|探索(?=推|建|开|设)"


def _pairs(text: str) -> list[tuple[str, str]]:
    """Read pairs of a pattern and what stands in its place."""
    return [(pair.partition(">")[0], pair.partition(">")[2]) for pair in text.split()]


_UNITS = _pairs(
    r"(?<=[0-9])个?工作日>日 (?<=[0-9])日(?=内|前|之)>个工作日 (?<=[0-9])天>个月 (?<=[0-9])学时>天"
    r" (?<=[0-9])万元>元 (?<=[0-9])元>万元 (?<=[0-9])%>个百分点 (?<=[0-9])小时>天 (?<=[0-9])个月>年"
)
_SCOPES = _pairs(
    "全县>全市 全省>全国 全市>全省 全区>全市 县级以上>乡级以上 各级>县级 省级>市级 市级>省级 区政府>市政府"
    " 县政府>省政府 县委>省委 省委>县委 书记>副书记 县长>副县长 主要负责人>分管负责人"
)
_YEARS = _pairs(
    "本年>上一年 上一年度?>本年度 今年>去年 当年>次年 上半年>下半年 每年>隔年 年底>年初 月底>月初 年度>季度"
    " 每季度>每半年"
)


def _swapping(*pairs: tuple[str, str]) -> Forger:
    """Return a rule that puts the second of a pair in one place where the first stands."""

    def swapped(case: Case) -> str:
        places = [(m, other) for word, other in pairs for m in re.finditer(word, case.text)]
        if not places:
            return ""
        place, other = case.drawn.choice(places)
        return marked(case.text[: place.start()] + other + case.text[place.end() :], case.n)

    return swapped


def _without_condition(case: Case) -> str:
    """What is ruled, without the case it is ruled for."""
    found = CONDITION.match(case.text)
    rest = case.text[found.end() :] if found else ""
    ruled = re.match("[^,，;；]*(?:不得|应当|可以|必须|不予|严禁|扣|适用)", rest)
    return marked(rest, case.n) if ruled else ""


def _other_word(case: Case) -> str:
    """A word in place of another that no rule of figures or names looks at."""
    whole = "".join(unit.text for unit in case.source.units) + case.source.about
    words = list(re.finditer(r"[\u4e00-\u9fff]{2}(?=[、,，的]|$)", case.text))
    strange = [word for word in _STRANGE if word not in whole]
    if not words:
        return ""
    word = case.drawn.choice(words)
    return marked(case.text[: word.start()] + case.drawn.choice(strange) + case.text[word.end() :], case.n)


def _month_and_day(case: Case) -> str:
    found = [m for m in re.finditer(r"(?<![0-9])([0-9]{1,2})月([0-9]{1,2})日", case.text) if m[1] != m[2]]
    if not found:
        return ""
    day = case.drawn.choice(found)
    return marked(f"{case.text[: day.start()]}{day[2]}月{day[1]}日{case.text[day.end() :]}", case.n)


def _both_places(case: Case) -> str:
    """What one place rules said of two, or of the next place in the same breath."""
    own = case.source.document.place
    others = [s for s in case.sources if own and s.document.place and s.document.place != own]
    others = [s for s in others if s.document.place not in case.source.about and not alike(case.text, s)]
    if not others:
        return ""
    other = case.drawn.choice(others)
    if case.drawn.random() < 0.5:
        return f"{own}和{other.document.place}都要求{case.text}[{case.n}][{other.n}]。"
    return f"{other.document.place}规定，{case.text}[{other.n}][{case.n}]。"


def _smuggled(case: Case) -> str:
    return marked(case.text + case.drawn.choice(_MARKUP), case.n)


def _deleted(pattern: str) -> Forger:
    """Return a rule that takes a word out."""
    return _swapping((pattern, ""))


BENT: dict[str, Forger] = {
    "去条件": _without_condition,
    "去前提": _deleted(r"未经[^,，;；]{2,20}(?=不得)"),
    "去限定": _deleted(_LIMITS),
    "去否定": _deleted(r"(?:没有|[不未无])(?=[\u4e00-\u9fff]{2})"),
    "换实词": _other_word,
    "或换且": _swapping(("或者?", "且"), (r"(?<=[\u4e00-\u9fff]{2})[和与及](?=[\u4e00-\u9fff]{2})", "或者")),
    "换单位": _swapping(*_UNITS),
    "月日对调": _month_and_day,
    "换范围": _swapping(*_SCOPES),
    "换年份": _swapping(*_YEARS),
    "并两地": _both_places,
    "夹带标记": _smuggled,
}
