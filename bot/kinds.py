"""What kind of thing is asked for, and in which unit: read from the words of the question."""

import re

from bot.conversation import Kind

_KINDS: tuple[tuple[Kind, str], ...] = (
    (
        Kind.METADATA,
        r"文号|发文字号|发文机关|(发布|印发|公布)(日期|时间|机关|单位)"
        r"|(哪天|几号|什么时候|何时|哪年|哪一年|哪个机关|哪个单位|谁).{0,4}(发布|印发|公布|挂到|挂出|出台|发的|制定的)"
        r"|(哪天|几号|什么时候|何时|哪年|哪一年).{0,6}(施行|生效|起执行)"
        r"|(哪|什么).{0,8}(文件|办法|规定|方案|通知).{0,6}(作废|废止)",
    ),
    (
        Kind.COMPARE,
        r"相比|比较|区别|差别|不同|对比|一样[吗么不]|相同[吗么]|一致[吗么]|(谁|哪[个家里边])[^,。;?？]{0,14}更|(谁|哪[个边])[的]?(高|低|多|少|早|晚|长|短)([?？]|$)|谁最|哪[个家里].{0,3}得[勤早晚严快慢多少]|比.{1,8}(多|少|高|低|早|晚|长|短)",
    ),
    (  # whatever noun stands in it: 出庭应诉率要求是100%吗
        Kind.YESNO,
        r"^(?!.*(多少|几|谁|什么|啥|哪|何时|多久|多长|怎|如何)).*(吗|对不对|是不是|是否)[?？]?$",
    ),
    (
        Kind.FREQUENCY,
        r"多久.{0,4}(一|1)?(次|回|遍)|隔多久|隔几|几年一|(每年|一年).{0,6}(几|多少)(次|回|期|场)|频率|周期|几(次|回)|隔多长",
    ),
    (
        Kind.DEADLINE,
        r"什么时候|何时|啥时|哪一?年|哪一?天|几号|几月|哪个月|期限|时限|截止|最晚|最迟|多长时间|多少时间|多少?(天|日|个?工作日)|几(天|日|个?工作日|个?月|年)",
    ),
    (
        Kind.NUMBER,
        r"多少|(?<!哪)几(个|项|件|家|分|成|名|人|支|起|批|辆|岁|条|所|台|次|种|类|级|倍)|好多|比例|占比|率|数量|最低|最高|最少|至少|最多|人数|上限|下限|封顶",
    ),
    (
        Kind.WHO,
        r"谁|(责任|牵头|主管|主办|承办|配合)(单位|部门)|哪(个|些|几个|家|级|所)?(单位|部门|机关|机构|领导|人|大学|老师|主体)|由(谁|哪|什么).{0,6}负责|归(谁|哪|什么).{0,6}管",
    ),
    (Kind.PROCEDURE, r"程序|步骤|流程|几步|哪几步|怎么办理|环节|怎么办$|怎么走"),
    (
        Kind.LIST,
        r"哪些|哪几|哪(两|三|四|五|六|七|八|九|十)|有什么|分别|列举|列出|名称|包括什么|几种|几类|几块|哪(个|种|类)",
    ),
    (Kind.CONDITION, r"什么(情况|条件|情形)|条件|如果|要是|怎么(处理|处罚|罚|扣)|后果"),
    (
        Kind.YESNO,
        r"吗|是否|是不是|能不能|能否|可不可以|可否|会不会|行不行|有没有|要不要|算不算|需不需要|能行|对不对",
    ),
)

_ENGLISH_KINDS: tuple[tuple[Kind, str], ...] = (
    (
        Kind.METADATA,
        r"document number|who issued|when was .*(issued|published)|date of issue|(which|what) .*repeal",
    ),
    (Kind.COMPARE, r"\b(compare|compared|differ|difference|versus|vs)\b"),
    (Kind.FREQUENCY, r"how often|how many times|frequency"),
    (Kind.DEADLINE, r"\b(when|deadline|by what|how long|how many days|date|due)\b"),
    (
        Kind.NUMBER,
        r"\b(how many|how much|number|minimum|maximum|cap|rate|share|percentage|percent|points?)\b",
    ),
    (Kind.WHO, r"\b(who|whom|which (department|office|agency|body|unit))\b"),
    (Kind.PROCEDURE, r"\b(procedure|steps?|process)\b"),
    (Kind.LIST, r"\b(which|what are|list|name the)\b"),
    (Kind.YESNO, r"^(is|are|does|do|can|must|may|should|has|have|will)\b"),
)

_YES_OR_NO_LAST = re.compile(
    r"[^?？]+[,，。;；]([^,，。;；?？]*(?:吗|么|行不行|可以不|对不对|合不合规|能不能行|允不允许))[?？]?\s*"
)
_RATE = re.compile(
    r"百分之|比例|占比|几成|占[到了]?(多少|几成)(?!分)|\bshare\b|\brate\b|percent|([\u4e00-\u9fff]{2})率"
)
_UNIT = re.compile(
    r"(?<!哪)(?:多少|几|好多)个?(事项|领域|工作天|学时|课时|小时|工作日|天|日|分|项|件|家|名|人|支|起|批|辆|岁|条|所|台|次|回|期|场|倍|元|年|卷|部门|单位|乡镇|县|市|国家级|省级)"
)
_NOUNS = (
    ("分", re.compile(r"(怎么|怎样|如何|咋)(样)?(扣|加|算)分")),
    ("学时", re.compile("学时|课时")),
    ("%", re.compile("权重|比重")),
    ("time", re.compile(r"(期限|时限)(是|为|有)?(多|几|$|[?？])|(更|最|谁).{0,6}(长|短|久)")),
    ("date", re.compile(r"(更|最|谁|哪[个家里]).{0,4}[早晚先]([?？]|$)")),
    ("often", re.compile(r"(得|更|最|谁)勤|频繁")),
    ("元", re.compile(r"多少钱|几块钱|多少金额")),
    ("岁", re.compile(r"多大(年纪|岁数|年龄)|(年纪|岁数|年龄)是?(多|几)")),
)
_TIME = re.compile(r"多长时间|多少时间|多久|留几天|给几天|how long|how many days")
_DATE = re.compile(
    r"什么时候|何时|啥时|哪一?年|哪一?天|几号|几月|哪个月|哪一日|\bwhen\b|what date|which year|since what"
)
_FREQUENCY = re.compile(r"(多久|多长时间).{0,14}(一|1)(次|回|遍)|隔多久|隔多长|隔几|几年一|how often")

REPEALED = re.compile(r"(同时|予以|即行)废止")  # that a document repeals another
_WHO_SAID = re.compile(
    r"由[^,。;]{2,30}(负责|组织|牵头|实施|承担|审定|授权)|负责(?!人|同志)|向[^,。;]{2,20}(报告|备案|报送|提出|申请)|[报送][^,。;]{2,14}(局|办|委|政府|厅|处)|经[^,。;]{2,20}(同意|批准|审定)|牵头|作为|委托|聘请|邀请|主管|责任单位|授权|归口"
)
_ANY_FIGURE = re.compile(r"[0-9〇二三四五六七八九十百千万两]|一[个名次年件项级]")
_IDIOMS = re.compile(r"第[0-9一二三四五六七八九十]+|三定|四风|两个维护|千方百计|万众")
_LIST_SAID = re.compile(
    r"下列|以下|:$|：$|、[^,。;]{1,20}、|一是|[一二三四五六七八九十]项制度|分为|包括|主要有"
)
_DECIDES = re.compile(
    r"不得|严禁|禁止|不能|不准|不予|免予|免于|无需|有权|可以|允许|应当|必须|应(?![急诉用对])|一律|不再|取消|杜绝"
)
_NORM_ASKED = re.compile(
    r"要求|规定|应当|应该|必须|最少|至少|最多|不得|能不能|可以|是否|要[^求]|得[^到出了知]|must|minimum|maximum|required|deadline"
)
_DONE_ASKED = re.compile(r"实际|做到了|完成了|[收办结查评开搞组培处发清建设进][^,。]{0,3}了|成效|结果怎么样")
_PLANNED = re.compile(rf"{_NORM_ASKED.pattern}|目标|计划|定的|打算")
_REACHED = re.compile(r"实际|做到(?=了|多少|几|百分)|后来|(达到|完成)了?没有?|actual|achieved")
_SCORED = re.compile(r"扣[^,。;]{0,4}分")
_SCORES_ASKED = re.compile(r"分|扣|考核|考评|评[价比]|points?|scor|deduct|assess")
_BOUNDS = (
    (
        re.compile(r"最少|至少|起码|最低|不少于|下限|minimum|at least"),
        re.compile(r"不少于|不低于|不得少于|至少|以上|不得低于|最少"),
    ),
    (
        re.compile(r"最多|至多|最高|封顶|上限|不超过|maximum|at most|\bcap\b"),
        re.compile(r"不超过|不得超过|至多|最多|以内|以下|不高于"),
    ),
)

_NUMERAL = r"[0-9〇零一二三四五六七八九十百千万两]+(?:\.[0-9]+)?\s*"
_SPAN = r"(?<![0-9月])" + _NUMERAL + r"个?(工作)?(天|日)"  # not the day of a date: 3月24日
_PATTERNS: dict[str, str] = {
    "元": _NUMERAL + "余?[十百千万亿]*余?元",
    "%": r"[0-9.]+\s*[%％]|百分之|[一二三四五六七八九]成",
    "date": r"[0-9]{4}\s*年|[0-9一二三四五六七八九十]+\s*(月|季度)|年底|月底|底前|年末|以前"
    r"|年初|月初|[上中下]旬|[上下]半年|[0-9]{4}-[0-9]{1,2}|之日起|期限|工作日",
    "time": r"(?<![0-9月])"
    + _NUMERAL
    + r"个?(学时|课时|小时|分钟|工作日|天|日|周|个月)|[0-9一二三四五六七八九十两]+年(?!度)(以上|以内|内)"
    r"|半年|半个月|(不少于|不超过|不低于|不得少于|不得超过|至少|最长|[期届][限期]?[为是]?)[0-9一二三四五六七八九十两]{1,3}年",
    "often": r"每(年|年度|季|季度|月|半年|周|日|两年|[一二三四五]年)|年度|定期|不定期|动态|常态化|日常"
    r"|[一二两三四五六七八九0-9]+(次|期|回|轮)",
    "天": _SPAN,
    "日": _SPAN,
    "工作日": _NUMERAL + r"个?工作日",
    "工作天": _NUMERAL + r"个?工作日",
    "回": _NUMERAL + r"(次|回|轮|期)",
    "次": _NUMERAL + r"余?(次|回|轮|期)",
    "人": _NUMERAL + r"余?(人|名|位)",
    "名": _NUMERAL + r"余?(人|名|位)",
    "分": _NUMERAL + r"分(?![制之比别析配类级管])",
    "年": r"(?<![0-9])[0-9一二两三四五六七八九十]{1,2}个?年(?![度底末代0-9])",
    "月": r"[0-9一二两三四五六七八九十]+个月",
    "支": _NUMERAL + r"余?(支|个|大)",
    "项": _NUMERAL + r"余?(项|个|条)",
    "条": _NUMERAL + r"余?(条|项)",
    "件": _NUMERAL + r"余?(件(?!事)|起|宗)",  # not 一件事, the name of a service
    "起": _NUMERAL + r"余?(件|起|宗)",
    "学时": _NUMERAL + r"余?个?(学时|课时)",
    "课时": _NUMERAL + r"余?个?(学时|课时)",
    "场": _NUMERAL + r"余?(场|次|期)",
    "期": _NUMERAL + r"余?(场|次|期)",
    "家": _NUMERAL + r"余?(家|个)",
    "部门": _NUMERAL + r"个",
    "市": _NUMERAL + r"个|[一二三四五六七八九十]市",
    "县": _NUMERAL + r"个",
    "乡镇": _NUMERAL + r"个",
    "领域": _NUMERAL + r"(个|大|类)|[一二三四五六七八九十]大?领域",
    "事项": _NUMERAL + r"余?(项|个|件|条)",
    "单位": _NUMERAL + r"(个|家)",
}


def asked(text: str) -> str:
    """Return the clause that asks, where a story ends in yes or no (关门歇业几天,这样做允许吗 asks for no
    number of days); else the whole text.
    """
    told = _YES_OR_NO_LAST.fullmatch(text)
    return told[1] if told else text


def kind_of(text: str, language: str) -> Kind:
    """Return the kind of the question, ``WHAT`` where no word tells."""
    for kind, pattern in _ENGLISH_KINDS if language == "en" else _KINDS:
        if re.search(pattern, text):
            return kind
    return Kind.WHAT


def unit_of(text: str) -> str:
    """Return the name of what the figure asked for is counted in, empty where none is asked for.

    ``%``, ``date``, ``time`` (a span), ``often`` (a frequency) or the unit as asked.
    """
    if _FREQUENCY.search(text):
        return "often"
    if re.search(r"几个月", text):
        return "月"
    units = _UNIT.findall(text)
    if units:  # 有几项没做到，扣多少分: what is asked comes last
        return str(units[-1])
    if _RATE.search(text):
        return "%"
    if _DATE.search(text):
        return "date"
    if _TIME.search(text):
        return "time"
    return next((name for name, noun in _NOUNS if noun.search(text)), "")


def states(unit: str, text: str) -> bool:
    """Tell whether the folded text states a figure in that unit; every text does for no unit."""
    names = unit.split("/")  # 项/个/件: an English word may be counted in several
    patterns = (_PATTERNS.get(name, _NUMERAL + "余?个?(左右)?" + re.escape(name)) for name in names if name)
    return not unit or any(re.search(pattern, text) for pattern in patterns)


def only_scored(unit: str, question: str, text: str) -> bool:
    """Tell whether the folded text takes points off where the question asks for no scores: what falls
    short of a figure (不足6日的,每件扣1分) is told better where the figure is laid down.
    """
    asked = "分" in unit.split("/") or _SCORES_ASKED.search(question)
    return not asked and _SCORED.search(text) is not None


def canonical(unit: str) -> str:
    """Return a counted unit as figures in it are set side by side: 个工作日 and 工作日, 课时 and 学时, 日 and
    天 count alike.
    """
    return unit.removeprefix("个").replace("课时", "学时").replace("日", "天")


def names_actor(text: str) -> bool:
    """Tell whether the folded text says who does something."""
    return _WHO_SAID.search(text) is not None


def bound(question: str, text: str) -> float:
    """Return 1 when the question asks for a least or most figure and the text states such a bound, -1
    when it asks for one and the text states none, 0 when it asks for neither.
    """
    for asked, stated in _BOUNDS:
        if asked.search(question):
            return 1.0 if stated.search(text) else -1.0
    return 0.0


def lists(text: str) -> bool:
    """Tell whether the folded text opens or holds a list."""
    return _LIST_SAID.search(text) is not None


def decides(text: str) -> bool:
    """Tell whether the folded text permits, forbids or binds to something."""
    return _DECIDES.search(text) is not None


def asks_both(text: str) -> bool:
    """Tell whether the question asks what is to be done and what was done: 目标是多少,后来做到了多少."""
    return bool(_REACHED.search(text) and _PLANNED.search(text))


def asks_norm(text: str) -> float:
    """Return 1 when the question asks what is to be done, -1 when it asks what was done, else 0."""
    if asks_both(text):
        return 0.0
    if _DONE_ASKED.search(text):
        return -1.0
    return 1.0 if _NORM_ASKED.search(text) else 0.0


def rated(text: str) -> str:
    """Return what a rate is asked of: 通过 for 通过率; empty where none is named."""
    named = re.search(r"([\u4e00-\u9fff]{2})率(?!先)", text)
    return named[1] if named else ""


def has_figure(text: str, question: str) -> bool:
    """Tell whether the folded text states any number that the question does not bring along."""
    for brought in re.findall(r"[0-9]{2,}", question):
        text = text.replace(brought, "")
    return _ANY_FIGURE.search(_IDIOMS.sub("", text)) is not None
