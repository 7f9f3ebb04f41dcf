"""Questions made from the documents by rule, as a layperson might put them, and everyday words.

Only language common to all official documents is used: who must do what, how long, how much, what is
forbidden and what follows. The answer is the text the question was made from.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

LONGEST = 40  # characters of the matter asked about
NUMBER = r"[0-9〇一二三四五六七八九十百千万两]+"
CLAUSE = re.compile(r"[^，。；：！？\n]{4,60}")
LABEL = re.compile(r"^\s*(?:第[^条]{1,8}条|[（(][一二三四五六七八九十]+[）)]|[0-9]+[.、])\s*")
DUTY = re.compile(r"应当|必须|不得|禁止|可以|有权|负责")
FIGURE = re.compile(
    rf"(?:不超过|不得超过|不少于|不低于)?({NUMBER})(个工作日|个月|日|天|年|小时|万元|元|倍|人|名|次|周岁)(?:以上|以下|以内|内)?"
)
PENALTY = re.compile(r"罚款|有期徒刑|拘留|责令|处分|吊销|赔偿|没收|无效|撤销")
MEANING = re.compile(r"本.{1,4}所称(?:的)?(.{2,20}?)[，,]?(?:是指|包括|$)")
LISTED = re.compile(r"有?下列(情形|行为|条件|材料|情况|事项|内容|职责|措施)(?:之一)?的?")
WHO = ("谁来{what}", "{what}归谁管", "{what}由哪个部门负责", "哪个单位{what}", "{what}找谁")
MAY = ("{who}能不能{what}", "{who}可以{what}吗", "可不可以{what}", "{what}行不行", "我能{what}吗")
MUST = (
    "{who}是不是一定要{what}",
    "{who}需要{what}吗",
    "{who}不{what}怎么办",
    "{who}要做什么",
    "{what}是谁的责任",
)
NOT = ("{who}能{what}吗", "{what}违法吗", "{who}{what}合法吗", "{who}{what}怎么办", "{what}会有什么后果")
PUNISHED = (
    "{what}怎么处罚",
    "{what}会被罚多少钱",
    "{what}犯法吗",
    "{what}要承担什么责任",
    "{what}会坐牢吗",
    "{what}怎么办",
    "有人{what}该怎么处理",
)
MEANS = ("什么是{what}", "{what}是什么意思", "{what}指的是什么", "{what}包括哪些")
LISTS = (
    "哪些{kind}{before}{after}",
    "什么情况下{before}{after}",
    "{before}{after}有哪些{kind}",
    "{before}{after}需要什么{kind}",
)
HOW_MUCH = {
    "元": "多少钱",
    "万元": "多少钱",
    "倍": "几倍",
    "人": "多少人",
    "名": "多少人",
    "次": "几次",
    "周岁": "几岁",
}
HOW_LONG = ("多久", "多长时间", "几{unit}", "多少{unit}", "期限是多少")
OPENINGS = ("", "", "", "", "请问", "我想问", "您好，", "想问一下", "比如说", "我们单位", "朋友", "公司")
ENDINGS = ("？", "？", "", "", "呢", "，怎么办？", "，合法吗？", "，该怎么处理？", "有规定吗", "怎么算")
FORMS = {"负责": WHO, "可以": MAY, "有权": MAY, "不得": NOT, "禁止": NOT}
GENERIC = re.compile(r"^(?:本法|本条例|前款|其|该|并|也|还|但是|但|或者|以及|对)")


def questions(text: str, chance: np.random.Generator) -> Iterator[str]:
    """Yield the questions that the rules make of a text."""
    clauses = [GENERIC.sub("", LABEL.sub("", clause)) for clause in CLAUSE.findall(text)]
    for clause, following in pairwise([*clauses, ""]):
        if found := DUTY.search(clause):
            who, what = clause[: found.start()], clause[found.end() :][:LONGEST]
            if len(what) >= 3:
                forms = FORMS.get(found.group(), MUST)
                yield _spoken(WHO if who and chance.random() < 0.25 else forms, chance, who=who, what=what)
        if found := FIGURE.search(clause):
            unit = found[2]
            asked = HOW_MUCH.get(unit) or str(chance.choice(HOW_LONG)).format(unit=unit)
            before, after = clause[: found.start()], clause[found.end() :]
            if len(before + after) >= 4:
                yield _framed(
                    before + asked + after if chance.random() < 0.5 else before + after + asked, chance
                )
        if clause.endswith("的") and len(clause) >= 6 and PENALTY.search(following):
            yield _spoken(PUNISHED, chance, what=clause[:-1][-LONGEST:])
        if found := MEANING.search(clause):
            yield _spoken(MEANS, chance, what=found[1])
        if found := LISTED.search(clause):
            before, after = clause[: found.start()], clause[found.end() :]
            if len(before + after) >= 3:
                yield _spoken(LISTS, chance, before=before, after=after, kind=found[1])


def _spoken(forms: Sequence[str], chance: np.random.Generator, **words: str) -> str:
    return _framed(str(chance.choice(forms)).format(**words), chance)


def _framed(question: str, chance: np.random.Generator) -> str:
    return f"{chance.choice(OPENINGS)}{question}{chance.choice(ENDINGS)}"
