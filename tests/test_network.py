"""The tests themselves run with the network closed."""

import socket
import subprocess
import sys

import pytest

from tests.conftest import NetworkTouchedError


def test_another_machine_cannot_be_reached() -> None:
    """A connection to an outside address fails before a packet leaves."""
    with socket.socket() as client, pytest.raises(NetworkTouchedError):
        client.connect(("192.0.2.1", 80))


def test_another_name_cannot_be_looked_up() -> None:
    """Even asking for the address of an outside name fails."""
    with pytest.raises(NetworkTouchedError):
        socket.getaddrinfo("example.org", 443)


def test_a_process_started_by_a_test_is_closed_too() -> None:
    """A program that a test starts cannot reach another machine either."""
    program = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "NetworkTouchedError" in done.stderr


def test_loopback_can_be_reached() -> None:
    """A server of the test's own can be talked to."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        client.sendall(b"ok")
        connection, _ = server.accept()
        with connection:
            received = connection.recv(2)

    assert received == b"ok"
