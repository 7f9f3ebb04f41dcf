"""The tests themselves run with the network closed."""

import socket

import pytest


def test_another_machine_cannot_be_reached() -> None:
    """A connection to an outside address fails before a packet leaves."""
    with socket.socket() as client, pytest.raises(AssertionError, match="tried to reach"):
        client.connect(("192.0.2.1", 80))


def test_another_name_cannot_be_looked_up() -> None:
    """Even asking for the address of an outside name fails."""
    with pytest.raises(AssertionError, match="tried to reach"):
        socket.getaddrinfo("example.org", 443)


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
