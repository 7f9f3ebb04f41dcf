"""A document's sections as a tree, for whoever checks how it was read."""

from dataclasses import dataclass, field

from index.document import Document


@dataclass
class Node:
    """A section: its label below its parent, its heading, its own words, the sections below it."""

    label: str
    heading: str
    text: str
    children: list["Node"] = field(default_factory=list)


def outline(document: Document, most: int) -> list[Node]:
    """Return the first ``most`` sections as a tree; one whose parents are no sections stands at the top."""
    top: list[Node] = []
    above: list[tuple[tuple[str, ...], Node]] = []  # the sections around the next one, outermost first
    for section in document.sections[:most]:
        while above and (
            len(above[-1][0]) >= len(section.path) or above[-1][0] != section.path[: len(above[-1][0])]
        ):
            above.pop()
        known = len(above[-1][0]) if above else 0
        node = Node("".join(section.path[known:]), section.heading, document.section_text(section).strip())
        (above[-1][1].children if above else top).append(node)
        above.append((section.path, node))
    return top
