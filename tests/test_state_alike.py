"""Which questions count as the same for whoever reads the log."""

import json
import random
import time
from pathlib import Path

import pytest

from bot.state.alike import alike, is_like, key

ROOT = Path(__file__).resolve().parents[1]


def like(one: str, other: str) -> bool:
    """Whether two questions as asked are alike, in both directions."""
    first, second = key(one), key(other)
    assert is_like(first, second) == is_like(second, first)
    return first == second or is_like(first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("行政执法人员每年培训多少学时？", "行政执法人员每年培训多少学时"),
        ("行政执法人员每年培训多少学时？", "请问行政执法人员每年要培训多少学时?"),
        ("红烧肉怎么烧才不腻?", "红烧肉怎么做才不腻"),
        ("澜川市2022年收到多少件行政复议申请?", "澜川2022年收到多少件行政复议申请?"),
        ("河南的考核结果分几等", "河南考核结果分几等？"),
        ("ＧＢ/T 15834 怎么说？", "gb/t15834怎么说"),
        ("多久交一次 《年度报告》", "多久交一次年度报告"),
    ],
)
def test_the_same_in_nearly_the_same_words(one: str, other: str) -> None:
    """Spelling, punctuation and a small word more or less do not make another question."""
    assert like(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("禾清县2022年收到多少件行政复议申请？", "禾清县2023年收到多少件行政复议申请？"),
        ("禾清县的行政执法人员每年要参加多少学时的培训？", "沁水县的行政执法人员每年要参加多少学时的培训？"),
        ("第12条怎么规定？", "第21条怎么规定？"),
        ("案卷评查由谁组织？", "案卷评查几年一次？"),
        ("？", "！！"),
        ("学时", "学费"),
    ],
)
def test_another_place_year_or_matter_is_another_question(one: str, other: str) -> None:
    """What the documents lack for one place is not hidden behind what they lack for another."""
    assert not like(one, other)


def test_the_end_of_a_long_text_counts() -> None:
    """A story of a page is compared by where its question stands."""
    story = "我们单位去年办了一件事。" * 500

    assert key(f"{story}复议几天内提？") != key(f"{story}罚款能不能分期？")
    assert len(key(story)) < 200


def asked_and_varied() -> list[str]:
    """Keys of questions in this repository, each with two slips of the keyboard."""
    cases = [
        json.loads(line)
        for name in ("real", "samples", "laws")
        for line in (ROOT / "eval" / "questions" / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    questions = [turn["question"] for case in cases for turn in case.get("turns", [case])]
    chance = random.Random(5)
    keys = []
    for one in map(key, questions):
        keys.append(one)
        for _ in range(2):
            letters = list(one)
            letters.insert(chance.randrange(len(letters)), chance.choice("的要请了都"))
            letters.pop(chance.randrange(len(letters)))
            keys.append("".join(letters))
    return list(dict.fromkeys(keys))


def test_looking_at_few_finds_what_looking_at_all_finds() -> None:
    """The groups are those of every question held against every group before it."""
    keys = asked_and_varied()
    slow: list[list[int]] = []
    for position, one in enumerate(keys):
        home = next((group for group in slow if is_like(one, keys[group[0]])), None)
        if home is None:
            slow.append([position])
        else:
            home.append(position)

    assert len(keys) > 1_000
    assert len(slow) < 0.6 * len(keys)
    assert alike(keys) == slow


@pytest.mark.parametrize("keys", [[], [""], ["", "", "a"], ["a\ud800b", "a\ud800b"], ["1", "2"]])
def test_every_key_is_in_one_group(keys: list[str]) -> None:
    """Nothing is lost, whatever was asked."""
    assert sorted(position for group in alike(keys) for position in group) == list(range(len(keys)))


@pytest.mark.parametrize(
    "shape", ["third{}", "第{}号文件里行政执法人员培训多少学时", "{}县行政执法人员要参加多少学时的培训"]
)
def test_the_work_is_bounded(shape: str) -> None:
    """Twenty thousand questions that differ in one word take seconds, not the minutes of all against all."""
    chance = random.Random(7)
    names = ["".join(chance.choices("云岭青川禾清澜江松平石门安定永和长乐", k=5)) for _ in range(20_000)]
    keys = list(dict.fromkeys(key(shape.format(name)) for name in names))
    before = time.process_time()
    groups = alike(keys)

    assert time.process_time() - before < 10
    assert sum(map(len, groups)) == len(keys) > 19_000
