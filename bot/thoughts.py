"""What a reasoning model thinks aloud is not its answer: it is taken out of the stream, tag by tag."""

AGAIN = "\x18"  # stands in the stream where all that came before turns out to have been thought (cancel)
_OPEN, _CLOSE = "<think>", "</think>"


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
        while True:
            tags = (_CLOSE,) if self._thinking else (_OPEN, _CLOSE)
            found = [(text.find(tag), tag) for tag in tags if tag in text]
            if not found:
                break
            start, tag = min(found)
            if tag == _OPEN:
                said += text[:start]
            elif not self._thinking:
                said = AGAIN
            self._thinking = tag == _OPEN
            text = text[start + len(tag) :]
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
    longest = min(len(_CLOSE) - 1, len(text))
    return next(
        (n for n in range(longest, 0, -1) if any(t.startswith(text[-n:]) for t in (_OPEN, _CLOSE))), 0
    )
