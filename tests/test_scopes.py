"""What a scope can be chosen from."""

import pytest

from bot.web.scopes import MOST_DOCUMENTS, choices, scope_of
from index.document import Document, Scope
from prompts import interface
from tests.page_fakes import document

ZH = interface("zh")


def of(identity: str, place: str, years: tuple[int, ...], title: str = "办法") -> Document:
    """Return a document of a place and years."""
    made = document("文", identity, title, place=place)
    return Document(**{f: getattr(made, f) for f in made.__slots__} | {"years": years})


HELD = {
    d.id: d
    for d in (
        of("a", "云溪市", (2023, 2024)),
        of("b", "禾清县", (2024,), "禾清县细则"),
        of("c", "", ()),
        of("d", "云溪市", (2020,)),
    )
}


def test_everything_held_is_offered() -> None:
    """Places and years stand once each, the newest year first; documents say their place where the title
    does not.
    """
    fields = choices(HELD, Scope(), ZH).fields

    assert [value for _, value in fields["places"].offered] == ["云溪市", "禾清县"]
    assert fields["years"].offered == (("2024年", "2024"), ("2023年", "2023"), ("2020年", "2020"))
    assert fields["documents"].offered == (
        ("《办法》（云溪市）", "a"),
        ("《禾清县细则》", "b"),
        ("《办法》", "c"),
        ("《办法》（云溪市）", "d"),
    )


def test_documents_are_those_of_the_places_and_years() -> None:
    """A chosen place or year leaves only its documents to choose from, and those chosen already."""
    fields = choices(HELD, Scope(("云溪市",), (2024,), ("b",)), ZH).fields

    assert [value for _, value in fields["documents"].offered] == ["a", "b"]
    assert (fields["places"].chosen, fields["years"].chosen) == (("云溪市",), ("2024",))
    assert fields["documents"].chosen == ("b",)


def test_what_is_gone_is_not_chosen() -> None:
    """A document that was replaced since is no longer among what is chosen."""
    assert choices(HELD, Scope(documents=("gone", "a")), ZH).fields["documents"].chosen == ("a",)


def test_very_many_documents_are_not_all_listed() -> None:
    """A line says that not all are listed; those chosen are."""
    many = {str(n): of(str(n), "云溪市", ()) for n in range(MOST_DOCUMENTS + 5)}
    last = str(MOST_DOCUMENTS + 4)
    offered = choices(many, Scope(documents=(last,)), ZH)

    assert len(offered.fields["documents"].offered) == MOST_DOCUMENTS + 1
    assert offered.fields["documents"].chosen == (last,)
    assert str(MOST_DOCUMENTS) in offered.note
    assert not choices(HELD, Scope(), ZH).note


@pytest.mark.parametrize(
    ("values", "scope"),
    [
        ((["云溪市"], ["2024", "2023"], ["a"]), Scope(("云溪市",), (2023, 2024), ("a",))),
        (([], [], []), Scope()),
        ((None, None, None), Scope()),
        (("云溪市", {"x": 1}, 7), Scope()),
        (([], ["去年", "２０２４", "-1"], []), Scope()),
    ],
)
def test_fields_become_a_scope(values: tuple[object, object, object], scope: Scope) -> None:
    """Whatever a page sends is a scope; what is no year or no list is left out."""
    assert scope_of(*values) == scope
