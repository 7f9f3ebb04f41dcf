"""Yes, no, or not clear: what a clause of a document says to a question that wants one of them.

Words decide, in this order: what the asker's sentence is about (a permission, a duty, a breach, a fact;
asked with or without a not), and whether the deciding clause forbids, exempts, denies or affirms it.
Where they do not tell, nothing is said but the clause itself: a wrong yes is the worst of answers.
"""

import re
from enum import StrEnum

from bot.conversation import Question
from bot.kinds import REPEALED
from bot.premise import names_body, other_body, within
from bot.words import presence


class Verdict(StrEnum):
    """What a clause says to a yes-or-no question; the value names the sentence shown."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


_BREACH = re.compile(
    r"(算|属于|构成|涉嫌)[^,。]{0,4}(违规|违法|违纪)|(违规|违法|违纪|不合规|不合法|犯规)[了的]?[吗么吧不]?[?？。]?$"
)
_LAWFUL = re.compile(r"(合规|合法|符合规定|行得通)[的]?[吗么吧不]?[?？。]?$")
# Asked with a not: 可以不罚吗, 不用报吧, 是不是免了.
_DENIED = re.compile(
    r"(可以|能|可|是不是|是否|敢|允许)不(?!可|能|予|是|以)|不用|不必|不需要|不报|不罚|免了|免掉|没必要"
)
_TWO_WAYS = re.compile(
    r"能不能|可不可以|要不要|会不会|行不行|是不是|有没有|该不该|需不需要|算不算|对不对|好不好|敢不敢"
)
# A not that denies nothing of what is said.
_NO_DENIAL = re.compile(
    r"不(少于|低于|超过|高于|得少于|得低于|得超过|断|同|良|合格|规范|仅|但|只|动产|足|当|力|作为|履行|一致|到位|定期|及时|依法|按)"
)
_FORBIDS = re.compile(
    r"不得|严禁|禁止|不能|不准|不许|不允许|杜绝|(?<![合良当力])不应|一律不|不予支持|坚决防止|防止|严控|无权|不可"
)
_EXEMPTS = re.compile(
    r"不予(?!支持)|免予|免于|免[收缴交]|无须|无需|不需|不再|不必|可以不|免罚|(?<!不)免除|不用|取消"
)
# A list or a rule that is called so is named, not applied: 轻微违法不予处罚清单.
_NAMED = re.compile(r"(不予|免予|免于|免罚)[^,。;]{0,20}(清单|目录|事项|制度|办法)")
_REFUSES = re.compile(r"有权拒绝|可以拒绝")  # lets the asker do what is asked with a not
_INVALID = re.compile(r"失效|无效|作废")
_STILL = re.compile(r"有效|还(能|可以)?(用|管用|算数|适用|执行)|继续(用|适用|执行)")  # asked of a rule
_DENIES = re.compile(r"未(?!来|成年|遂)|没有|失效|无效|作废|不(?!动)")
_GRANTS = re.compile(
    r"有权|可以|(?<![许认])可(?=[^能])|允许|鼓励|支持|邀请|奖励|给予|予以|补偿|优先|试点|一律|随时"
)
_MAY = re.compile(r"可以|(?<![许认])可(?=[^能])|鼓励")
_BINDS = re.compile(
    r"应(?![急诉用对])|必须|要(?![点素求])|要求|确保|全面|推行|实行|落实|开展|建立|组建|制定|扣[0-9]|加[0-9]"
)
_MUST = re.compile(r"必须|一定要|非得|非要|强制")
_DUTY = re.compile(r"必须|应当|应该|要不要|需不需要|要求[^,。]{0,12}[吗么]")
_PERMISSION = re.compile(r"能|可以|可否|允许|行不行|准不准|\b(can|may)\b")
_CONDITION = re.compile(r"(?:^|(?<=[,;。]))[^,;。]*的[,:]|(?:^|(?<=[,;。]))除[^,;。]*外[,:]")
_PLANS = re.compile(r"打算|计划|准备|有没有|想不想|搞不搞|说法|将来|以后")
_HEDGES = re.compile(r"探索|研究|逐步|适时|视情|酌情|原则上|有待|尚待|(?<!草)拟(?!定)")
_ALONE = re.compile(r"直接|随便|擅自|自己就|说了算")
_BAN = re.compile(r"(禁止|严禁|不得|不准(?!确)|不许|不允许)(?!不)")  # asked whether something is forbidden
_ALL = re.compile(r"都|全部|所有|一律|全都|均")
_WHOLE = re.compile(r"都|全部|所有|一律|均|全[县市区省部面]|各|每|凡|100%|应.必.")
_ONLY_AFTER = re.compile(r"[后时]?方(可|能)|后才")
_DAY = re.compile(
    r"(?:周|星期|礼拜)[一二三四五六日天末]|[0-9一二三四五六七八九十]+月份?|[上下]半年|[上下]午|晚上|夜间|节假日|工作日"
)
_STEP = re.compile(r"经.{1,20}(授权|批准|同意|审查|审核|决定)")
_NEGATED = re.compile(r"(?:不|没有?|未|无|非)([合规按经备缴参办交通达公履][\u4e00-\u9fff])")
_FIGURE = re.compile(r"([0-9一二两三四五六七八九十百]+)个?(学时|工作日|天|日|个月|月|年|次|件|分|名|人|元|%)")
_TOUCHED = 0.25  # share of what is asked that any clause that decides must speak of
_LEAST = 0.4  # share of what is asked that a clause which affirms must speak of
_MOST = 0.6  # the share that makes a clause without any such word a yes
_SPOKEN = 0.6  # how surely one of the last things asked about must be spoken of there


def verdict(question: Question, clauses: str, quote: str = "") -> Verdict:
    """Return what the folded clauses say to the yes-or-no question; they are part of the folded quote."""
    asked = _TWO_WAYS.sub("", question.wording)
    said = _CONDITION.sub(" ", _NAMED.sub(" ", clauses)).strip() or clauses
    for concept in question.concepts:  # a not inside a word that was asked for is no answer to it
        for form in concept.forms:
            said = said.replace(form, " ")
    said = _NO_DENIAL.sub(" ", said)
    forbids = bool(_FORBIDS.search(said))
    if not _touches(question, clauses):
        return Verdict.UNCLEAR
    kept = within(question.wording, clauses)
    if kept is not None and not _DENIED.search(asked):
        # What keeps one bound of the quote may break another, set for another case.
        if kept and quote and not within(question.wording, quote):
            return Verdict.UNCLEAR
        return Verdict.YES if kept else Verdict.NO
    if _doubtful(question, asked, clauses):
        return Verdict.UNCLEAR
    if _BREACH.search(asked):
        return Verdict.YES if forbids else Verdict.UNCLEAR
    if _BAN.search(asked):
        return Verdict.YES if forbids else Verdict.UNCLEAR
    if _STILL.search(asked) and REPEALED.search(clauses):
        return Verdict.NO
    if _LAWFUL.search(asked):
        return Verdict.NO if forbids else Verdict.UNCLEAR
    if _DENIED.search(asked):
        if _EXEMPTS.search(_NAMED.sub(" ", clauses)) or _REFUSES.search(clauses):
            return Verdict.YES
        if _NAMED.search(clauses):  # a list of what is exempt is kept: no word that nothing is
            return Verdict.UNCLEAR
        return Verdict.NO if forbids or _BINDS.search(said) else Verdict.UNCLEAR
    if forbids or _EXEMPTS.search(said) or (_INVALID.search(clauses) and not _INVALID.search(asked)):
        return Verdict.NO
    if _DENIES.search(said) or (_ALONE.search(asked) and _STEP.search(said)):
        return Verdict.UNCLEAR
    return Verdict.YES if _affirmed(question, clauses, said) else Verdict.UNCLEAR


def _doubtful(question: Question, asked: str, clauses: str) -> bool:
    """Tell whether the clauses speak of another case than the asker's: of what is not so denied (合格 for
    不合格), of another figure or body, under a condition the question says nothing of, or of a leave
    where a duty is asked.
    """
    for word in _NEGATED.findall(asked):
        if word in clauses and not re.search(f"(不|没有?|未|无|非){word}", clauses):
            return True
    figures = {match[0] for match in _FIGURE.finditer(question.text)}
    if figures and _FIGURE.search(clauses) and not any(figure in clauses for figure in figures):
        return True
    if other_body(question.wording, clauses) or not names_body(question.wording, clauses):
        return True
    if (_ALL.search(asked) and not _WHOLE.search(clauses)) or (
        _ONLY_AFTER.search(clauses) and re.search(r"不|没|未", asked) and not _DENIED.search(asked)
    ):
        return True
    if any(day[0] not in clauses for day in _DAY.finditer(asked)):
        return True
    conditions = "".join(_CONDITION.findall(clauses))
    unasked = conditions and not any(presence(concept, conditions) for concept in question.concepts)
    return bool(unasked) or bool(_MUST.search(asked) and _MAY.search(clauses) and not _BINDS.search(clauses))


def _touches(question: Question, clauses: str) -> bool:
    """Tell whether the clauses speak of anything that is asked about, besides what they have in common
    with any: a ban on something else is no answer.
    """
    spoken, told = _spoken_of(question, clauses)
    return not any(concept.weight for concept in question.concepts) or spoken >= (_TOUCHED if told else _MOST)


def _spoken_of(question: Question, clauses: str) -> tuple[float, bool]:
    """Return the share of what is asked, by weight, that the clauses speak of, and whether they do of one of
    the last two things.
    """
    total = sum(concept.weight for concept in question.concepts) or 1.0
    spoken = sum(concept.weight * presence(concept, clauses) for concept in question.concepts)
    told = any(presence(concept, clauses) >= _SPOKEN for concept in question.concepts[-2:])
    return spoken / total, told


def _affirmed(question: Question, clauses: str, said: str) -> bool:
    """Tell whether the clauses speak of what is asked in words that grant it, bind to it or state it."""
    spoken, told = _spoken_of(question, clauses)
    if _HEDGES.search(said) and not _PLANS.search(question.wording):
        return False
    if _DUTY.search(question.wording) and _BINDS.search(said):
        return told
    if question.concepts and presence(question.concepts[-1], clauses) == 0:
        return False
    if _PERMISSION.search(question.wording):
        return spoken >= _MOST and bool(_GRANTS.search(said))
    if _BINDS.search(said) or _GRANTS.search(said):
        return told and spoken >= _LEAST
    return told and spoken >= _MOST
