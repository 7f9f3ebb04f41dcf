"""Close the sockets of this process to other machines, name look-ups included.

Python imports a module of this name when it starts, from whatever folder stands on its path: the tests
put this folder there, so that the programs they start are as closed as they are.
"""

import socket
from ipaddress import ip_address
from typing import Any

# Any: these stand in for methods of sockets, which take addresses of every shape.


class NetworkTouchedError(AssertionError):
    """Something tried to reach another machine."""


def refuse_others(host: object) -> None:
    """Raise unless the host is this machine."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in ("localhost", "", None):
        return
    try:
        if ip_address(str(name)).is_loopback:
            return
    except ValueError:
        pass
    raise NetworkTouchedError(f"a test tried to reach {name}")


def close() -> None:
    """Replace what opens a way out by what refuses other machines."""
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    look_up = socket.getaddrinfo

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        refuse_others(host)
        return look_up(host, *arguments, **options)

    socket.getaddrinfo = guarded_look_up


def _guarded(method: Any) -> Any:
    def call(self: socket.socket, *arguments: Any) -> Any:
        if isinstance(arguments[-1], tuple):  # the address of a Unix socket is a path
            refuse_others(arguments[-1][0])
        return method(self, *arguments)

    return call


close()
