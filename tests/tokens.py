"""Tokens for tests: characters, near themselves and nothing else unless said otherwise."""

from collections.abc import Collection

import numpy as np

from bot.likeness import Numbers, Rows


class Characters:
    """Cuts a text into characters, all of them telling the same; those of a group mean the same."""

    def __init__(self, *groups: Collection[str]) -> None:
        self._means = {character: group for group in groups for character in group}

    def tokens(self, text: str) -> Numbers:
        """Return the code points."""
        return np.array([ord(character) for character in text], dtype=np.intp)

    def lengths(self, tokens: Numbers) -> Rows:
        """Every character tells as much as another."""
        return np.ones(len(tokens), dtype=np.float32)

    def cosines(self, tokens: Numbers, others: Numbers) -> Rows:
        """Return 1 for the same character, .5 for one of the same group, 0 for any other."""
        return np.array([[self._near(chr(a), chr(b)) for b in others] for a in tokens], dtype=np.float32)

    def _near(self, one: str, other: str) -> float:
        together = one in self._means and self._means.get(other) is self._means[one]
        return 1.0 if one == other else 0.5 if together else 0.0
