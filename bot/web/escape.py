"""Words as safe HTML inside Markdown. Every word shown comes from somewhere else: every word is hostile."""

# Besides what HTML reads, what Markdown reads: a citation whose words are `![](…)` must stay words.
_SPECIAL = {ord(c): f"&#{ord(c)};" for c in "&<>\"'`*_[]()!#|~\\{}$@="}
# Control and direction-changing characters carry no words but can reorder or hide the words around.
_INVISIBLE = dict.fromkeys(
    [
        *range(0x20),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        0xFEFF,
        *range(0xD800, 0xE000),  # half characters, which no encoding can send
    ]
)
_SAFE = {**_INVISIBLE, **_SPECIAL, ord("\n"): " ", ord("\t"): " ", ord("\r"): " "}


def escape(text: str) -> str:
    """Return text that HTML and Markdown both show letter by letter, line breaks as spaces."""
    return text.translate(_SAFE)
