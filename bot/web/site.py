"""What every page of the web is made from."""

from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import HTTPConnection

from bot.serving import Serving
from bot.settings import Access
from bot.state.database import State
from bot.state.records import Person, Role
from bot.web.meter import Meter


@dataclass(frozen=True)
class Site:
    """One site: the index that serves, the state, and the folder its documents are kept in.

    ``folder`` is None where the server was given an index without documents: nothing can be added then.
    ``index`` is the folder of the index' generations, ``model`` the embedding model builds use.
    ``asks_per_minute`` is how often one person may ask, ``access`` who may open the pages at all;
    ``meter`` counts what is asked.
    """

    serving: Serving
    state: State
    index: Path
    folder: Path | None = None
    model: str | None = None
    asks_per_minute: int = 30
    access: Access = field(default_factory=Access)
    meter: Meter = field(default_factory=Meter)


NOBODY = Person("", Role.READER)


def person_of(connection: HTTPConnection) -> Person:
    """Return who makes a request, as ``bot.web.access`` found out; nobody where that was not asked."""
    person = connection.scope.get("state", {}).get("person", NOBODY)
    assert isinstance(person, Person)
    return person
