"""Who is at the other end of a connection: its true address and scheme where a trusted proxy stands
between, and whether it is a browser on this very machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.settings import Network, is_loopback, plain_address

# A proxy that nobody told us of gives itself away by one of these.
_FORWARDING = (
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
)
_SECURE = {"http": "https", "ws": "wss"}


@dataclass(frozen=True, slots=True)
class Peer:
    """One end of a connection.

    ``address`` is the asker's as far as it can be known. ``proxied`` tells that a trusted proxy handed
    the request on, so that its headers can be believed. ``direct`` tells that a name of this machine was
    asked for and no sign of a proxy is there; ``local`` that the asker is at this machine besides.
    """

    address: str
    proxied: bool
    direct: bool
    local: bool


class Peers:
    """ASGI middleware, the outermost: notes the peer, and gives the rest its true address and scheme."""

    def __init__(self, app: ASGIApp, proxies: Sequence[Network]) -> None:
        """Wrap ``app``; believe ``proxies``."""
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put a ``Peer`` into the scope's state and pass the request on."""
        if scope["type"] in ("http", "websocket"):
            peer = look(scope, self._proxies)
            scope["state"] = {**scope.get("state", {}), "peer": peer}
            if peer.proxied:
                scope["client"] = (peer.address, 0)
                if _last(Headers(scope=scope), "x-forwarded-proto") == "https":
                    scope["scheme"] = _SECURE.get(scope["scheme"], scope["scheme"])
        await self._app(scope, receive, send)


def peer_of(scope: Scope) -> Peer:
    """Return the peer that ``Peers`` noted."""
    peer = scope["state"]["peer"]
    assert isinstance(peer, Peer)
    return peer


def look(scope: Scope, proxies: Sequence[Network]) -> Peer:
    """Return who is at the other end of a request, believing what these proxies say of it."""
    client = scope.get("client")
    host = str(client[0]) if client else ""
    headers = Headers(scope=scope)
    if _within(host, proxies):
        return Peer(_origin(headers, proxies) or host, proxied=True, direct=False, local=False)
    direct = (
        is_loopback(hostname(headers.get("host", "")))
        and not any(name in headers for name in _FORWARDING)
        # Browsers have not spoken it for decades; proxies that are not told otherwise do.
        and scope.get("http_version") != "1.0"
    )
    return Peer(host, proxied=False, direct=direct, local=direct and is_loopback(host))


def hostname(host: str) -> str:
    """Return the name in a Host header, without its port."""
    if host.startswith("["):
        return host.partition("]")[0].lstrip("[")
    return host.partition(":")[0]


def _origin(headers: Headers, proxies: Sequence[Network]) -> str:
    """Return the address the last proxy we do not know was seen from; empty where none is told."""
    told = ",".join(headers.getlist("x-forwarded-for")).split(",")
    address = ""
    for text in reversed(told):
        try:
            address = str(plain_address(text.strip()))
        except ValueError:
            break
        if not _within(address, proxies):
            break
    return address


def _within(address: str, networks: Sequence[Network]) -> bool:
    try:
        known = plain_address(address)
    except ValueError:
        return False
    return any(known in network for network in networks)


def _last(headers: Headers, name: str) -> str:
    return ",".join(headers.getlist(name)).rpartition(",")[2].strip().lower()
