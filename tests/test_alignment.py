"""The way from the cleaned text back to the raw one: what was repaired, what converted, what left out."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.alignment import Alignment, Change, Changed, align
from index.clean import Cleaned, clean
from index.lattice import UNKNOWN
from tests.bases import PLAN
from tests.damage import damage, residues, to_traditional
from tests.viewer_site import damaged_plan

SPACE = re.compile(r"\s+")


def aligned(raw: str) -> tuple[Cleaned, Alignment]:
    """Clean a text and align it."""
    cleaned = clean(raw)
    damaged = cleaned.repaired + cleaned.unrepaired > 0
    return cleaned, align(raw, cleaned.text, converted=cleaned.converted, damaged=damaged)


def shown(raw: str, text: str, changed: Changed) -> tuple[str, str, str]:
    """Return a change as what it was, what it is and what was done."""
    was, became = raw[changed.raw_start : changed.raw_end], text[changed.start : changed.end]
    return was, became, changed.change.value


def redone(raw: str, text: str, alignment: Alignment) -> str:
    """Make the cleaned text of the raw one by nothing but the alignment, white space left out."""
    parts = []
    place = 0
    out: set[int] = set()
    for start, end in alignment.left_out:
        out.update(range(start, end))
    for changed in alignment.changes:
        parts += [raw[at] for at in range(place, changed.raw_start) if at not in out]
        parts.append(text[changed.start : changed.end])
        place = max(place, changed.raw_end)
    parts += [raw[at] for at in range(place, len(raw)) if at not in out]
    return SPACE.sub("", "".join(parts))


def test_text_that_needed_no_cleaning_is_its_own_original() -> None:
    """Each character comes from where it stands."""
    alignment = align(PLAN, PLAN, converted=False, damaged=False)

    assert not alignment.changes
    assert not alignment.left_out
    assert [alignment.raw_start(at) for at in (0, 30)] == [0, 30]
    assert alignment.raw_end(30) == 30


@pytest.mark.parametrize("seed", range(6))
def test_the_changes_are_all_that_lies_between_the_texts(seed: int) -> None:
    """Whoever puts the changes into the damaged text and takes out the lines left out has the clean one."""
    lines = PLAN.strip().split("\n")
    after = residues("\n".join(lines), seed)
    raw = "\n".join(["設為首頁 | 收藏本站", *(damage("　　" + line, after) for line in lines), "分享到:"])

    cleaned, alignment = aligned(raw)

    assert cleaned.repaired > 20
    assert redone(raw, cleaned.text, alignment) == SPACE.sub("", cleaned.text)
    assert [raw[start:end] for start, end in alignment.left_out] == ["設為首頁 | 收藏本站", "分享到:"]


def test_a_repaired_character_shows_what_stood_there() -> None:
    """The pinyin goes with its character, a slipped label is one change."""
    raw = damaged_plan()
    cleaned, alignment = aligned(raw)

    found = [shown(raw, cleaned.text, changed) for changed in alignment.changes]

    assert ("務(wù)", "务", "repaired") in found
    assert ("?。ㄒ唬┘訌?qiáng)", "(一)加强", "repaired") in found
    assert ("檔(dàng)", "档", "repaired") in found


def test_conversion_is_no_repair() -> None:
    """Traditional characters are converted; a Taiwan word is another word; nothing is called repaired."""
    raw = (
        to_traditional("关于完善依法决策的办法\n一、总则\n应当依照规定办理。\n")
        + "二、程式\n視窗要公佈程式,民眾可以查閱,權屬檔案在視窗。\n"
    )
    cleaned, alignment = aligned(raw)

    found = [shown(raw, cleaned.text, changed) for changed in alignment.changes]

    assert cleaned.converted
    assert {changed.change for changed in alignment.changes} == {Change.CONVERTED, Change.REWORDED}
    assert ("民眾", "群众", "reworded") in found
    assert ("規", "规", "converted") in found
    assert redone(raw, cleaned.text, alignment) == SPACE.sub("", cleaned.text)


def test_a_word_of_another_length_keeps_the_rest_in_place() -> None:
    """Behind 网际网路, which became the shorter 互联网, every character is still found."""
    raw = "關於政務服務的辦法\n一、網際網路應用\n視窗與網際網路一體辦理,權責清晰。\n二、監督檢查\n"
    cleaned, alignment = aligned(raw)
    at = cleaned.text.index("权责清晰")

    assert "互联网" in cleaned.text
    assert raw[alignment.raw_start(at) : alignment.raw_end(at + 4)] == "權責清晰"


def test_what_stays_unknown_is_no_repair() -> None:
    """Damage shown as a box is told from damage mended."""
    raw = damaged_plan() + "\n四、保障\n經費\ue000由財政安排。"
    cleaned, alignment = aligned(raw)

    unknown = [changed for changed in alignment.changes if changed.change is Change.UNREPAIRED]

    assert [shown(raw, cleaned.text, changed)[1] for changed in unknown] == [UNKNOWN]
    assert "\ue000" in raw[unknown[0].raw_start : unknown[0].raw_end]


def test_lines_put_together_are_found_in_the_lines_they_were() -> None:
    """A paragraph broken at the page's margin has no changes, and its words are found in the raw lines."""
    text = PLAN.replace("\n", "")
    raw = "\n".join(text[at : at + 30] for at in range(0, len(text), 30))

    alignment = align(raw, text, converted=False, damaged=False)

    assert not alignment.changes
    assert not alignment.left_out
    at = text.index("集体讨论")
    assert SPACE.sub("", raw[alignment.raw_start(at) : alignment.raw_end(at + 4)]) == "集体讨论"


@given(st.text("的規務(wù)一\n　 ?\ue000程式", max_size=80), st.text("的规务一\n程序□", max_size=60))
def test_any_two_texts_are_aligned(raw: str, clean_text: str) -> None:
    """Whatever stands there, places ascend and lie inside the raw text."""
    alignment = align(raw, clean_text, converted=True, damaged=True)

    places = [alignment.raw_start(at) for at in range(len(clean_text) + 1)]
    assert places == sorted(places)
    assert all(0 <= place <= len(raw) for place in places)
    assert all(c.start < c.end and c.raw_start <= c.raw_end for c in alignment.changes)


def test_a_long_damaged_document_is_aligned_in_time() -> None:
    """Two hundred thousand characters are no reason to wait: half a second of processor time on one core."""
    lines = [f"第{n}条 各级机关应当在{n}日内完成第{n * 3}项任务并向上级报告执行结果。" for n in range(6_000)]
    text = "\n".join(lines)
    raw = to_traditional(text).replace("務", "務(wù)").replace("執", "執(zhí)")
    started = time.process_time()

    alignment = align(raw, text, converted=True, damaged=True)

    assert len(text) > 200_000
    assert sum(changed.change is Change.REPAIRED for changed in alignment.changes) == 12_000
    assert time.process_time() - started < 5
