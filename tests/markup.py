"""Reads the HTML that the chat writes, and checks that there is nothing in it but what the page writes."""

from html.parser import HTMLParser

TAGS = {
    "a",
    "button",
    "details",
    "div",
    "h1",
    "h2",
    "i",
    "li",
    "mark",
    "p",
    "section",
    "span",
    "summary",
    "table",
    "td",
    "th",
    "tr",
    "ul",
}
ATTRIBUTES = {"class", "href", "id", "open", "rel", "role", "tabindex", "target", "title", "type", "value"}


class Reader(HTMLParser):
    """Reads HTML into its tags, attributes, words and marked words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.marked = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes."""
        self.tags.append(tag)
        self._open.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Check that the innermost tag closes."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note words."""
        self.words += data
        if "mark" in self._open:
            self.marked += data

    def handle_comment(self, data: str) -> None:
        """Comments are never written."""
        raise AssertionError(data)

    def values(self, attribute: str) -> list[str]:
        """Return the values of an attribute, in order."""
        return [value for name, value in self.attributes if name == attribute]

    def check(self) -> "Reader":
        """Assert that there is nothing in it but what the page writes."""
        assert not self._open
        assert set(self.tags) <= TAGS
        assert {name for name, _ in self.attributes} <= ATTRIBUTES
        assert all(value.startswith(("#", "/d/", "/documents")) for value in self.values("href"))
        return self


def checked(html: str) -> Reader:
    """Return HTML as read, after checking that every block is one line that begins with a tag."""
    for block in html.split("\n\n"):
        assert "\n" not in block
        assert block.startswith("<")
        # What stands for itself in Markdown is written as a reference; an attribute's quotes are ours.
        assert not set(block) & set("`*[]|\\{}$@~")
    return Reader(html).check()
