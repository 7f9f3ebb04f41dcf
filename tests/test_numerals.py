"""Numerals, Chinese or Arabic, become numbers."""

import re

import cn2an  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numerals import NUMERAL, number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60", 60),
        ("2.5", 2.5),
        ("1,200", 1200),
        ("10万", 100_000),
        ("1.1万", 11_000),
        ("3.5亿", 350_000_000),
        ("5千万", 50_000_000),
        ("六十", 60),
        ("十", 10),
        ("两", 2),
        ("两千三百", 2300),
        ("一百零五", 105),
        ("一点五", 1.5),
        ("二〇二一", 2021),
        ("十万", 100_000),
        ("\uff16\uff10", 60),
    ],
)
def test_numerals_of_both_kinds(text: str, value: float) -> None:
    """Chinese, Arabic and mixed numerals give the number they write."""
    assert number(text) == value


@pytest.mark.parametrize(
    "text", ["", "百", "万", "三五", "几", "数十", "60学时", "1.2.3", "一百二百", "点", "12,34"]
)
def test_what_is_no_numeral(text: str) -> None:
    """A power alone, an estimate of two digits, words and broken numerals are no number."""
    assert number(text) is None


@given(st.integers(min_value=0, max_value=10**12))
def test_every_whole_number_is_read_back(value: int) -> None:
    """A number written in Chinese or with thousands separators is that number, and is found whole."""
    for written in (cn2an.an2cn(value), f"{value:,}", str(value)):
        assert number(written) == value
        assert re.fullmatch(NUMERAL, written)


@given(st.text("0123456789一二三四五六七八九十百千万亿〇零两点,.", max_size=12))
def test_no_text_breaks_it(text: str) -> None:
    """Any run of digits and numerals is a number or none; nothing is raised."""
    value = number(text)

    assert value is None or value >= 0
