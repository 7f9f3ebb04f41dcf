"""What a scope can be chosen from: the places, years and documents of the base."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.conversation import inner
from bot.web import page
from bot.web.page import Words
from index.document import Document, Scope

SIDES = ("places", "years", "documents")
MOST_DOCUMENTS = 1000  # offered by name at once; more would make the page slow


@dataclass(frozen=True, slots=True)
class Field:
    """One side of a scope: what is offered, as (words, value), and what of it is chosen."""

    offered: tuple[tuple[str, str], ...]
    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """The sides by name (``SIDES``), and a line where not all are offered."""

    fields: Mapping[str, Field]
    note: str


def choices(documents: Mapping[str, Document], scope: Scope, words: Words) -> Choices:
    """Return what can be chosen: of the documents those in the places and years chosen already."""
    held = tuple(documents.values())
    places = sorted({document.place for document in held if document.place})
    years = sorted({year for document in held for year in document.years}, reverse=True)
    around = Scope(scope.places, scope.years)
    within = [d for d in held if around.admits(d) or d.id in scope.documents]
    listed = [d for position, d in enumerate(within) if position < MOST_DOCUMENTS or d.id in scope.documents]
    note = page.line("chat_too_many", words, count=MOST_DOCUMENTS) if len(listed) < len(within) else ""
    return Choices(
        {
            "places": _field([(place, place) for place in places], scope.places),
            "years": _field(
                [(words["chat_year"].format(year=year), str(year)) for year in years],
                [str(year) for year in scope.years],
            ),
            "documents": _field([(_name(d), d.id) for d in listed], scope.documents),
        },
        note,
    )


def _name(document: Document) -> str:
    title = f"《{inner(document.title)}》"
    return f"{title}（{document.place}）" if document.place and document.place not in title else title


def _field(offered: Sequence[tuple[str, str]], chosen: Sequence[str]) -> Field:
    values = {value for _, value in offered}
    return Field(tuple(offered), tuple(one for one in chosen if one in values))


def scope_of(places: object, years: object, documents: object) -> Scope:
    """Return the scope that a page's fields hold; a year that is none is left out."""
    numbers = sorted({int(year) for year in _texts(years) if year.isascii() and year.isdigit()})
    return Scope(_texts(places), tuple(numbers), _texts(documents))


def _texts(values: object) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, list) else ()
