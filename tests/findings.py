"""Findings written down with no search behind them, for the tests of what is done with one."""

from collections import defaultdict

from bot.extract import Finding
from bot.sentences import units
from tests.page_fakes import document

# Speaks of all that is asked, was found first, and leads the others.
_LIKELY = {"own": 1.0, "alike": 1.0, "closing": 1.0, "retrieved": 1.0, "share": 1.0}


def finding(place: str, text: str, score: float = 5.0, **why: float) -> Finding:
    """Return the first unit of a document of the place with that text, likely to answer unless the
    features say otherwise; a feature that is not named is 0.
    """
    home = document(text, f"{place}:{text}", f"{place}摊位管理办法", place=place)
    return Finding(units(home, 0)[:1], score, defaultdict(float, {**_LIKELY, **why}))


def unlikely(place: str, text: str, score: float = 5.0) -> Finding:
    """Return one that speaks of nothing that is asked."""
    return finding(place, text, score, **dict.fromkeys(_LIKELY, 0.0), strange=1.0)
