"""Where a request comes from: one that changes something is taken from our own pages alone."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers

from bot.web.peer import hostname

_OURS = {"same-origin", "none"}  # none: typed or chosen by the person, not sent by a page
_USUAL_PORTS = (":80", ":443")


def same_origin(headers: Headers) -> bool:
    """Tell whether a request was sent by a page of this site, or by a program that is no browser.

    Browsers say which site a request comes from, in ``Sec-Fetch-Site``, in ``Origin``, or in both: none
    of what they say may speak against it. A program that says nothing has no cookies to misuse either.
    """
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    host = headers.get("host", "")
    if site is None and origin is None:
        return "cookie" not in headers
    if site is not None and site not in _OURS:
        return False
    if origin is None:
        return True
    sender = urlsplit(origin)
    if sender.scheme not in ("http", "https"):  # "null" among them, which any page can send
        return False
    if site is not None:  # the port was compared by the browser; proxies often leave it out of Host
        return _name(sender.netloc) == _name(host)
    return _short(sender.netloc) == _short(host)


def _name(netloc: str) -> str:
    return hostname(netloc).lower()


def _short(netloc: str) -> str:
    for port in _USUAL_PORTS:
        netloc = netloc.removesuffix(port)
    return netloc.lower()
