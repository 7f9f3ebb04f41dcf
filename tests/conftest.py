"""What every test shares: no network but loopback, and the folder of real documents where there is one."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


class NetworkTouchedError(AssertionError):
    """A test tried to reach another machine."""


def is_loopback(host: object) -> bool:
    """Tell whether a host means this machine."""
    if host in ("localhost", "", None):
        return True
    try:
        return ip_address(str(host)).is_loopback
    except ValueError:
        return False


def refuse_others(address: object) -> None:
    """Raise unless the address is on this machine (Unix sockets are)."""
    if isinstance(address, tuple) and not is_loopback(address[0]):
        raise NetworkTouchedError(f"a test tried to reach {address[0]}")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Close every socket of the test process to other machines, name look-ups included."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        look_up = socket.getaddrinfo

        def guarded_look_up(host: object, *arguments: object, **options: object) -> object:
            name = host.decode() if isinstance(host, bytes) else host
            refuse_others((name,))
            return look_up(host, *arguments, **options)  # type: ignore[arg-type]  # handed on as it came

        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


def _guarded(method: object) -> object:
    def call(self: socket.socket, *arguments: object) -> object:
        if self.family != socket.AF_UNIX:
            refuse_others(arguments[-1])
        return method(self, *arguments)  # type: ignore[operator]  # a method of socket

    return call


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents beside the project; the test is skipped where there is none."""
    if not SHARED.is_dir():
        pytest.skip("no shared folder beside the project")
    return SHARED
