"""Pages that the server writes whole, all but the chat: templates with every word escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from bot.conversation import inner
from bot.state.records import Role
from bot.web.site import person_of
from prompts import interface

LANGUAGE_COOKIE = "youju_language"
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["inner"] = inner


def language_of(connection: HTTPConnection) -> str:
    """Return the language a person chose for the pages: ``zh`` unless it is ``en``."""
    return "en" if connection.cookies.get(LANGUAGE_COOKIE) == "en" else "zh"


def rendered(connection: HTTPConnection, template: str, **values: object) -> str:
    """Return a template filled, in the language chosen.

    A template sees its ``values``, the words of the interface as ``t``, the ``person`` who looks, and
    whether that is an ``operator``.
    """
    language = language_of(connection)
    person = person_of(connection)
    return TEMPLATES.get_template(template).render(
        t=interface(language),
        language=language,
        person=person,
        operator=person.role is Role.OPERATOR,
        path=connection.url.path,
        **values,
    )


def page(connection: HTTPConnection, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page of a template, filled as ``rendered`` does."""
    html = rendered(connection, template, **values)
    return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})
