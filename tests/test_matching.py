"""Two texts of which one was made from the other are laid side by side, whatever they are."""

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from bot.web.matching import matches
from tests.bases import PLAN

TEXTS = st.text("的法治 一()\n。a", max_size=60)


@given(TEXTS, TEXTS)
def test_stretches_tile_both_texts(a: str, b: str) -> None:
    """Nothing is lost, nothing comes twice, and what is called equal is."""
    found = list(matches(a, b))

    assert "".join(a[m.x1 : m.x2] for m in found) == a
    assert "".join(b[m.y1 : m.y2] for m in found) == b
    assert all(a[m.x1 : m.x2] == b[m.y1 : m.y2] for m in found if m.equal)


def test_words_taken_out_are_found_where_they_were() -> None:
    """What a page put around and into a text stands alone; the rest is equal."""
    before = "首页>公开" + PLAN[:60] + "(wù)" + PLAN[60:]

    assert [before[m.x1 : m.x2] for m in matches(before, PLAN) if not m.equal] == ["首页>公开", "(wù)"]


def test_a_mark_between_two_differences_belongs_to_them() -> None:
    """That the same bracket stands in damage and in its repair is chance."""
    found = [m for m in matches("甲乙?(丙zh)丁戊", "甲乙(十四)丁戊") if not m.equal]

    assert len(found) == 1


def test_a_moved_paragraph_does_not_derail_the_rest() -> None:
    """A paragraph that stands elsewhere costs itself, not what stands between."""
    lines = [f"第{n}条 本条说的是第{n * 7}件事情，与别的都不一样。" for n in range(60)]
    moved = [*lines[1:], lines[0]]

    equal = sum(m.x2 - m.x1 for m in matches("\n".join(lines), "\n".join(moved)) if m.equal)

    assert equal > 0.9 * len("\n".join(lines))


def test_long_texts_take_bounded_time() -> None:
    """Two reports' worth of characters that have nothing in common are given up, not compared for minutes."""
    chance = random.Random(1)
    a, b = ("".join(chr(chance.randrange(0x4E00, 0x9FA0)) for _ in range(200_000)) for _ in range(2))
    started = time.process_time()

    assert list(matches(a, b)) == [(0, 200_000, 0, 200_000, False)]
    assert time.process_time() - started < 5
