"""What a reasoning model thinks aloud is not its answer: it is taken out of the stream, tag by tag."""

import re

AGAIN = "\x18"  # stands in the stream where all that came before turns out to have been thought (cancel)
_WORDS = ("think", "thinking", "thought", "thoughts", "reasoning")
_OPENING = (*(f"<{word}>" for word in _WORDS), "<|begin_of_thought|>", "◁think▷")
_CLOSING = (*(f"</{word}>" for word in _WORDS), "<|end_of_thought|>", "◁/think▷")
_OPEN, _CLOSE, _EITHER = (
    re.compile("|".join(map(re.escape, tags)), re.IGNORECASE)
    for tags in (_OPENING, _CLOSING, _OPENING + _CLOSING)
)
_LONGEST = max(map(len, _OPENING + _CLOSING))


class Thoughts:
    """Takes the thoughts out of deltas, wherever their tags are cut."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False

    def feed(self, delta: str) -> str:
        """Return what of the answer is certain after this delta. Where thoughts end that nobody saw begin,
        as with servers that open them in the prompt, ``AGAIN`` stands before what follows.
        """
        text, said = self._held + delta.replace(AGAIN, ""), ""
        while tag := (_CLOSE if self._thinking else _EITHER).search(text):
            opens = _OPEN.fullmatch(tag[0]) is not None
            if opens:
                said += text[: tag.start()]
            elif not self._thinking:
                said = AGAIN
            self._thinking = opens
            text = text[tag.end() :]
        cut = _begun(text)
        self._held = text[len(text) - cut :] if cut else ""
        return said if self._thinking else said + text[: len(text) - cut]

    def rest(self) -> str:
        """Return what was held back as the beginning of a tag that never came."""
        return "" if self._thinking else self._held

    @staticmethod
    def without(text: str) -> str:
        """Return an answer without what turned out to be thought."""
        return text.rpartition(AGAIN)[2].strip()


def _begun(text: str) -> int:
    """Return how many characters at the end may be the beginning of a tag."""
    ends = (text[-n:].lower() for n in range(min(_LONGEST - 1, len(text)), 0, -1))
    return next((len(end) for end in ends if any(t.startswith(end) for t in _OPENING + _CLOSING)), 0)
