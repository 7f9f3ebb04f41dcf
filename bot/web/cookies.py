"""The cookies of the site: what each is called, and that none is seen by scripts or by other sites."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

SESSION = "youju_session"  # who signed in: the token of a session
BROWSER = "youju_browser"  # which browser asks where nobody signs in
PENDING = "youju_oidc"  # a sign-in that is under way at the provider

YEAR = 365 * 24 * 3600  # seconds


def give(
    response: Response,
    connection: HTTPConnection,
    name: str,
    value: str,
    seconds: int | None = None,
    path: str = "/",
) -> None:
    """Set a cookie, for so long or until the browser is closed."""
    response.set_cookie(name, value, max_age=seconds, path=path, secure=_secure(connection), httponly=True)


def take(response: Response, connection: HTTPConnection, name: str, path: str = "/") -> None:
    """Remove a cookie."""
    response.delete_cookie(name, path=path, secure=_secure(connection), httponly=True)


def _secure(connection: HTTPConnection) -> bool:
    return connection.url.scheme in ("https", "wss")
