"""Uploads that must not be taken, sent over the wire to the site as it runs: told, and nothing changed."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from bot.web.guard import LARGEST_UPLOAD
from tests.bases import PLAN
from tests.whole_site import PATIENCE, Service, serving, write_site

HEAD = b'--x\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n'
FORM = {"Content-Type": "multipart/form-data; boundary=x", "Accept": "application/json"}
PIECE = b"a" * 1_000_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A site without signing in."""
    with serving(write_site(tmp_path_factory.mktemp("site"))) as service:
        yield service


@pytest.fixture(autouse=True)
def unchanged(site: Service) -> Iterator[None]:
    """Whatever was sent, the folder stays as it was, nothing waits, and the service goes on answering."""
    before = site.tree()
    yield
    assert site.tree() == before
    assert list(site.staging.iterdir()) == []
    assert "没有等待发布的文件" in get(site, "/operator")
    assert '"ok"' in get(site, "/readyz")


def connected(site: Service) -> closing[http.client.HTTPConnection]:
    """Return a connection to the site, to close."""
    where = urlsplit(site.address)
    return closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE))


def get(site: Service, path: str) -> str:
    """Return what stands at a path."""
    with connected(site) as connection:
        connection.request("GET", path, headers={"Accept": "text/html"})
        return connection.getresponse().read().decode()


def begun(site: Service, length: int) -> socket.socket:
    """Say that so many bytes of a form will come, and return the connection."""
    where = urlsplit(site.address)
    raw = socket.create_connection((where.hostname, where.port), PATIENCE)
    lines = ["POST /operator/upload HTTP/1.1", f"Host: {where.netloc}", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in FORM.items()]
    raw.sendall("\r\n".join([*lines, "", ""]).encode())
    return raw


def test_a_body_beyond_all_files_is_refused_in_words(site: Service) -> None:
    """More than 200 MB is refused with the limit named, and whoever sends it to the end reads that."""
    with connected(site) as connection:
        pieces = (PIECE for _ in range(LARGEST_UPLOAD // len(PIECE) + 1))
        length = str((LARGEST_UPLOAD // len(PIECE) + 1) * len(PIECE))
        connection.request("POST", "/operator/upload", pieces, {**FORM, "Content-Length": length})
        answer = connection.getresponse()

        assert answer.status == 413
        assert "内容太长，最多 210 MB" in answer.read().decode()


def test_a_file_too_large_inside_an_allowed_body_is_refused(site: Service) -> None:
    """A single file larger than any document is told as that, by its name."""
    head, end = HEAD % b"big.txt", b"\r\n--x--\r\n"
    many = 30
    with connected(site) as connection:
        length = str(len(head) + many * len(PIECE) + len(end))
        parts = (head, *[PIECE] * many, end)
        connection.request("POST", "/operator/upload", parts, {**FORM, "Content-Length": length})
        answer = connection.getresponse()
        told = answer.read().decode()

        assert answer.status == 413
        assert "big.txt" in told
        assert "20 MB" in told


@pytest.mark.parametrize("whole", [0, 1], ids=["the first file", "the second file"])
def test_an_upload_broken_off_leaves_nothing(site: Service, whole: int) -> None:
    """A connection that ends in the middle of a file leaves nothing of it, nor of those before it."""
    file = HEAD % b"a.txt" + PLAN.replace("云岭县", "新湾县").encode() + b"\r\n"
    raw = begun(site, 10_000_000)
    raw.sendall(file * whole + HEAD % b"b.txt" + PIECE)
    while not (came := list(site.staging.iterdir())) or len(came) < 1 + whole:
        assert '"ok"' in get(site, "/healthz")
    raw.close()
    while list(site.staging.iterdir()):
        assert '"ok"' in get(site, "/healthz")


def test_a_body_of_unknown_length_is_not_read(site: Service) -> None:
    """What could not be limited before it is read is refused."""
    with connected(site) as connection:
        connection.request("POST", "/operator/upload", iter([HEAD % b"a.txt"]), FORM, encode_chunked=True)
        answer = connection.getresponse()
        assert answer.status == 411
        assert "缺少长度" in answer.read().decode()
