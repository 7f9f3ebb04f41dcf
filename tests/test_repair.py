"""Damage is undone where it can be proved, and sound text is never touched."""

import random
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import ordinals
from index.lattice import UNKNOWN
from index.load import load
from index.repair import repair
from index.script import is_traditional, to_simplified
from tests.damage import TO_ASCII, TO_FULL_WIDTH, Residues, damage, drop_byte, residues, to_traditional

SAMPLES = Path(__file__).resolve().parents[1] / "samples"


@cache
def sound_lines() -> tuple[str, ...]:
    """The sample documents' lines, indented and with ASCII marks, as such pages print them."""
    files = [path for path in sorted(SAMPLES.iterdir()) if path.suffix in (".txt", ".md")]
    texts = [load(path, SAMPLES).text for path in files]
    text = "\n".join(text for text in texts if not is_traditional(text))
    lines = [line.translate(TO_FULL_WIDTH).translate(TO_ASCII) for line in text.split("\n")]
    return tuple("　　" + line.strip() for line in lines if line.strip())


def agreement(expected: list[str], actual: list[str]) -> tuple[int, int, int]:
    """Count the characters that agree, that are honestly unknown, and that are wrong."""
    right = unknown = wrong = 0
    for want, got in zip(expected, actual, strict=True):
        if want == got:
            right += len(want)
            continue
        for kind, i, j, k, m in SequenceMatcher(None, want, got, autojunk=False).get_opcodes():
            if kind == "equal":
                right += j - i
            elif set(got[k:m]) == {UNKNOWN}:
                unknown += m - k
            else:
                wrong += max(j - i, m - k)
    return right, unknown, wrong


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_layers_of_damage_are_undone(seed: int) -> None:
    """Script, residues and slips: nothing is lost, hardly anything is unknown, nothing is wrong."""
    lines = sound_lines()
    after = residues("\n".join(lines), seed)
    damaged = [damage(line, after) for line in lines]
    assert sum("?" in line for line in damaged) > 10

    repaired = repair("\n".join(damaged))

    actual = [line.strip().translate(TO_ASCII) for line in to_simplified(repaired.text).split("\n")]
    expected = [to_simplified(to_traditional(line)).strip() for line in lines]
    right, unknown, wrong = agreement(expected, actual)
    assert repaired.repaired > 100
    assert wrong <= right / 2000
    assert unknown <= right / 500
    assert not any("\ue000" <= character <= "\uf8ff" for character in repaired.text)


def test_slips_in_simplified_text_are_undone() -> None:
    """The same slips without residues, where only the dictionary tells."""
    lines = sound_lines()
    damaged = [damage(line, []) for line in lines]

    repaired = repair("\n".join(damaged)).text

    slipped = [number for number, line in enumerate(damaged) if line.strip() != lines[number].strip()]
    assert slipped
    expected = [lines[number].strip() for number in slipped]
    actual = [repaired.split("\n")[number].strip().translate(TO_ASCII) for number in slipped]
    right, unknown, wrong = agreement(expected, actual)
    assert wrong <= right / 100
    assert unknown <= right / 20


def test_a_byte_lost_without_a_trace() -> None:
    """A line that lost one byte anywhere comes back but for the character that lost it."""
    dice = random.Random(7)
    lines = list(sound_lines()[:60])
    chosen = [n for n in range(len(lines)) if 20 < len(lines[n]) < 80][:6]
    damaged = list(lines)
    for number in chosen:
        damaged[number] = drop_byte(lines[number], dice.randrange(8, len(lines[number]) - 4))
    assert agreement(lines, damaged)[2] > 20

    repaired = repair("\n".join(damaged)).text.split("\n")

    _, unknown, wrong = agreement(lines, [line.translate(TO_ASCII) for line in repaired])
    assert wrong <= 4
    assert unknown <= 2 * len(chosen)


def test_residues_alone() -> None:
    """Pinyin after traditional characters goes, whatever the tone mark."""
    repaired = repair("服務(wù)規(guī)范,監(jiān)督執(zhí)法,領(lǐng)導(dǎo)")

    assert (repaired.text, repaired.repaired, repaired.unrepaired) == ("服務規范,監督執法,領導", 6, 0)


@pytest.mark.parametrize(
    "text",
    [
        "使用OA(office automation)系统,推行5S(整理)管理。",
        "枞(zōng)阳县,亳(bó)州市。",
        "务(wù)、规(guī)、执(zhí)三字的读音。",
        "樅(zōng)陽縣是一處古縣。",
        "怎么办?加强领导。有没有?没有!真的??是吗?!不知道。",
        "f(x)=a(b+c)?x:y",
        "http://www.example.cn/page?id=12&name=3",
        "│项目│分值│",
        "π值与α系数,ㄅㄆㄇ是注音符号。",
        "□是 □否",
        "",
    ],
)
def test_sound_text_is_left_alone(text: str) -> None:
    """English in brackets, readings of rare names, questions, formulas, addresses, tables, boxes."""
    assert repair(text).text == text


def test_what_cannot_be_known_is_shown_as_unknown() -> None:
    """A private-use character without a slip and a replacement character become a box, and are counted."""
    repaired = repair("甲\ufffd乙,丙\ue5e5丁")

    assert repaired.text.count(UNKNOWN) == repaired.unrepaired == 2


@given(st.text(st.sampled_from("的法治政府一二（）()。，,?？!！“”《》 12aA務規執\n"), max_size=40))
@settings(deadline=None, max_examples=60)
def test_lines_are_kept(text: str) -> None:
    """Repair never joins, splits or drops lines."""
    assert repair(text).text.count("\n") == text.count("\n")


@given(st.lists(st.sampled_from(range(len("甲乙丙丁戊己庚辛"))), max_size=4), st.integers(1, 40))
@settings(deadline=None, max_examples=20)
def test_damage_anywhere_leaves_the_rest(extra: list[int], seed: int) -> None:
    """Whatever characters carry residues, the text around them reads as before."""
    line = "各级行政机关要加强监督,依法履行职责" + "".join("甲乙丙丁戊己庚辛"[n] for n in extra) + "。"
    after: Residues = residues(line, seed, count=4)

    text = repair("\n".join([damage(line, after)] * 3)).text

    assert to_simplified(text).translate(TO_ASCII).split("\n")[0] == line


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["(□)", "(□)", "(3)"], ["(1)", "(2)", "(3)"]),
        (["1.", "(□)", "(□)", "2.", "(□)"], ["1.", "(1)", "(2)", "2.", "(1)"]),
        (["(一)", "(□)", "(二)", "(□)", "(2)"], ["(一)", "(1)", "(二)", "(1)", "(2)"]),
        (["(8)", "(□)", "(1□)", "(□1)"], ["(8)", "(9)", "(10)", "(11)"]),
        (["（１）", "（□）"], ["（１）", "（2）"]),
        (["(□)", "(5)"], ["(□)", "(5)"]),
        (["(7)", "(2□)"], ["(7)", "(2□)"]),
    ],
)
def test_lost_digits_follow_from_the_list(labels: list[str], expected: list[str]) -> None:
    """A lost digit is the one the list's order demands; where it does not fit it stays lost."""
    filled = ordinals.fill([f"{label}某项工作" for label in labels], UNKNOWN)

    assert [line.removesuffix("某项工作") for line in filled] == expected
