"""Yes, no, or not clear: what a clause of a document says to a question that wants one of them.

Words decide, in this order: what the asker's sentence is about (a permission, a duty, a breach, a fact;
asked with or without a not), and whether the deciding clause forbids, exempts, denies or affirms it.
Where they do not tell, nothing is said but the clause itself: a wrong yes is the worst of answers.
"""

import re
from enum import StrEnum

from bot.conversation import Question
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
    r"不得|严禁|禁止|不能|不准|不许|不允许|杜绝|不应|一律不|不予支持|坚决防止|防止|严控|无权|不可"
)
_EXEMPTS = re.compile(r"不予(?!支持)|免予|免于|无须|无需|不需|不再|不必|可以不|免罚|免除|不用|取消|从轻|减轻")
_INVALID = re.compile(r"失效|无效|作废")
_DENIES = re.compile(r"未(?!来|成年|遂)|没有|失效|无效|作废|不(?!动)")
_GRANTS = re.compile(
    r"有权|可以|(?<![许认])可(?=[^能])|允许|鼓励|支持|邀请|奖励|给予|予以|补偿|优先|试点|一律|随时"
)
_BINDS = re.compile(
    r"应(?![急诉用对])|必须|要(?![点素求])|要求|确保|全面|推行|实行|落实|开展|建立|组建|制定|扣[0-9]|加[0-9]"
)
_PERMISSION = re.compile(r"能|可以|可否|允许|行不行|准不准|\b(can|may)\b")
_CONDITION = re.compile(r"^[^,;。]*的[,:]|(?<=[,;。])[^,;。]*的[,:]")
_PLANS = re.compile(r"打算|计划|准备|有没有|想不想|搞不搞|说法|将来|以后")
_HEDGES = re.compile(r"探索|研究|逐步|适时|视情|酌情|原则上")
_ALONE = re.compile(r"直接|随便|擅自|自己就|说了算")
_STEP = re.compile(r"经.{1,20}(授权|批准|同意|审查|审核|决定)")
_LEAST = 0.4  # share of what is asked that a clause which affirms must speak of
_MOST = 0.6  # the share that makes a clause without any such word a yes
_SPOKEN = 0.6  # how surely one of the last things asked about must be spoken of there


def verdict(question: Question, clauses: str) -> Verdict:
    """Return what the folded clauses say to the yes-or-no question."""
    asked = _TWO_WAYS.sub("", question.wording)
    said = _CONDITION.sub("", clauses) or clauses
    for concept in question.concepts:  # a not inside a word that was asked for is no answer to it
        for form in concept.forms:
            said = said.replace(form, "")
    said = _NO_DENIAL.sub("", said)
    forbids, exempts = bool(_FORBIDS.search(said)), bool(_EXEMPTS.search(clauses))
    if _BREACH.search(asked):
        return Verdict.YES if forbids else Verdict.UNCLEAR
    if _LAWFUL.search(asked):
        return Verdict.NO if forbids else Verdict.UNCLEAR
    if _DENIED.search(asked):
        if exempts:
            return Verdict.YES
        return Verdict.NO if forbids or _BINDS.search(said) else Verdict.UNCLEAR
    if forbids or exempts or _INVALID.search(said):
        return Verdict.NO
    if _DENIES.search(said) or (_ALONE.search(asked) and _STEP.search(said)):
        return Verdict.UNCLEAR
    return Verdict.YES if _affirmed(question, clauses, said) else Verdict.UNCLEAR


def _affirmed(question: Question, clauses: str, said: str) -> bool:
    """Tell whether the clauses speak of what is asked in words that grant it, bind to it or state it."""
    total = sum(concept.weight for concept in question.concepts) or 1.0
    spoken = sum(concept.weight * presence(concept, clauses) for concept in question.concepts) / total
    told = any(presence(concept, clauses) >= _SPOKEN for concept in question.concepts[-2:])
    if _PERMISSION.search(question.wording):
        return spoken >= _LEAST and bool(_GRANTS.search(said))
    if _HEDGES.search(said) and not _PLANS.search(question.wording):
        return False
    if question.concepts and presence(question.concepts[-1], clauses) == 0:
        return False
    if _BINDS.search(said) or _GRANTS.search(said):
        return told and spoken >= _LEAST
    return told and spoken >= _MOST
