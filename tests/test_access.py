"""Who asks: in every way of signing in, who gets in, as whom, and who does not."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message
from starlette.websockets import WebSocketDisconnect

from bot.settings import Access, SignIn
from bot.state.records import Role
from bot.web.cookies import BROWSER, SESSION
from tests.web_site import LOOPBACK, OUTSIDE, PAGE, PROXY, access, client_of, site_in

FORWARDING = [
    {"X-Forwarded-For": "10.1.1.1"},
    {"Forwarded": "for=10.1.1.1"},
    {"X-Real-IP": "10.1.1.1"},
    {"X-Forwarded-Host": "youju.example"},
    {"X-Forwarded-Proto": "https"},
    {"Via": "1.1 gateway"},
]
BY_PROXY = access(SignIn.PROXY, ["10.9.9.0/24"], header="x-remote-user", operators=frozenset({"李四"}))


def who(client: TestClient, **headers: str) -> Any:  # noqa: ANN401 - JSON
    """Return whom a site takes a client for."""
    return client.get("/who", headers=headers).json()


@pytest.fixture
def accounts(tmp_path: Path) -> TestClient:
    """A browser at a site with an operator, 张三, and a reader, 李四."""
    site = site_in(tmp_path, access(SignIn.ACCOUNTS))
    site.state.accounts.add("张三", "long enough 1", Role.OPERATOR)
    site.state.accounts.add("李四", "long enough 2", Role.READER)
    client = client_of(site, OUTSIDE, "http://youju.example")
    client.app_state["site"] = site
    return client


def sign_in(client: TestClient, name: str) -> str:
    """Give the browser a session of a person and return its token."""
    token: str = client.app_state["site"].state.sessions.open(name)
    client.cookies.set(SESSION, token)
    return token


# Nobody signs in


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "[::1]:7860", "LocalHost"])
def test_the_person_at_the_machine_is_the_operator(tmp_path: Path, host: str) -> None:
    """With sign-in off, whoever asks this machine for itself is the operator and proved nothing."""
    person = who(client_of(site_in(tmp_path, Access())), Host=host)

    assert (person["role"], person["signed_in"]) == ("operator", False)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "localhost.evil.example:7860", ""]
)
@pytest.mark.parametrize("path", ["/", "/who", "/d/1", "/sign-in", "/operator/pages"])
def test_a_name_pointed_at_loopback_is_shut_out(tmp_path: Path, host: str, path: str) -> None:
    """A site of somebody else whose name is turned to 127.0.0.1 (DNS rebinding) reads nothing."""
    client = client_of(site_in(tmp_path, Access()))

    page = client.get(path, headers={"Host": host, **PAGE})

    assert page.status_code == 403
    assert "只能在本机打开" in page.text
    assert client.get(path, headers={"Host": host}).json()["error"]


@pytest.mark.parametrize("headers", FORWARDING)
def test_what_a_proxy_hands_on_is_not_from_this_machine(tmp_path: Path, headers: dict[str, str]) -> None:
    """A reverse proxy on loopback makes nobody an operator: with sign-in off it is refused, with sign-in
    open its people are readers.
    """
    assert client_of(site_in(tmp_path, Access())).get("/who", headers=headers).status_code == 403

    behind = client_of(site_in(tmp_path, access(SignIn.OPEN)))
    assert who(behind, **headers)["role"] == "reader"
    assert behind.get("/operator/pages", headers=headers).status_code == 403


def test_open_lets_everybody_read_and_loopback_operate(tmp_path: Path) -> None:
    """With sign-in open, others are readers whatever Host they send; the machine itself is operator."""
    site = site_in(tmp_path, access(SignIn.OPEN))

    assert who(client_of(site, OUTSIDE, "http://youju.example"))["role"] == "reader"
    assert who(client_of(site, OUTSIDE, "http://127.0.0.1"))["role"] == "reader"
    assert who(client_of(site, LOOPBACK, "http://youju.example"))["role"] == "reader"
    assert who(client_of(site, LOOPBACK))["role"] == "operator"


def test_a_known_proxy_on_loopback_makes_no_operators(tmp_path: Path) -> None:
    """Once loopback is said to be the proxy, a Host of 127.0.0.1 that came through it means nothing."""
    site = site_in(tmp_path, access(SignIn.OPEN, ["127.0.0.1"]))

    assert who(client_of(site))["role"] == "reader"


def test_a_browser_keeps_its_name(tmp_path: Path) -> None:
    """A browser gets a cookie with its first page and is the same person from then on; another browser is
    another, and the cookie, which opens the conversations, is not the name that is logged.
    """
    site = site_in(tmp_path, access(SignIn.OPEN))
    client, other = client_of(site), client_of(site)

    given = client.get("/who", headers=PAGE)

    cookie = given.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert given.json()["name"] == who(client)["name"]
    assert client.cookies[BROWSER] not in given.json()["name"]
    assert "set-cookie" not in client.get("/who", headers=PAGE).headers
    assert other.get("/who", headers=PAGE).json()["name"] != given.json()["name"]


@pytest.mark.parametrize("cookie", ["张三", "zhangsan", "a" * 23, "a" * 21 + ";", "../" + "a" * 19, ""])
def test_a_made_up_browser_is_nobody_in_particular(tmp_path: Path, cookie: str) -> None:
    """A cookie of another shape, such as a person's name, owns nothing: the browser gets a new one."""
    client = client_of(site_in(tmp_path, access(SignIn.OPEN)))

    answer = client.get(
        "/who", headers=[(b"Accept", b"text/html"), (b"Cookie", f"{BROWSER}={cookie}".encode())]
    )

    assert BROWSER in answer.headers["set-cookie"]
    assert answer.json()["name"].startswith("browser:")


def test_no_browser_has_the_name_of_an_account(tmp_path: Path) -> None:
    """Even a cookie that spells a name of the right length owns another's conversations never."""
    client = client_of(site_in(tmp_path, access(SignIn.OPEN)))

    assert who(client, Cookie=f"{BROWSER}=zhang-san-0123456789ab")["name"] != "zhang-san-0123456789ab"


# Accounts


def test_pages_lead_to_signing_in_and_back(accounts: TestClient) -> None:
    """A person who opens a page unsigned is sent to sign in, with the page to come back to."""
    answer = accounts.get("/d/1?q=1-2&x=%26", headers=PAGE)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fd%2F1%3Fq%3D1-2%26x%3D%2526"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/who"),
        ("POST", "/who"),
        ("GET", "/kept"),
        ("GET", "/nowhere"),
        ("GET", "/metrics"),
        ("GET", "/gradio_api/queue/data"),
        ("POST", "/gradio_api/queue/join"),
        ("GET", "/config"),
    ],
)
def test_programs_are_told_to_sign_in(accounts: TestClient, method: str, path: str) -> None:
    """A request of a program, unsigned, is answered 401 in JSON, and so is any that changes something."""
    answer = accounts.request(method, path)

    assert answer.status_code == 401
    assert answer.json() == {"error": "请先登录。"}


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/language"])
def test_what_comes_before_signing_in_is_open(accounts: TestClient, path: str) -> None:
    """The page to sign in, the language and the health are for everybody."""
    assert accounts.get(path, headers=PAGE).status_code in (200, 303)
    assert "/sign-in?next" not in accounts.get(path, headers=PAGE).headers.get("location", "")


@pytest.mark.parametrize(
    "path",
    [
        "/sign-inx",
        "/sign-in-list",
        "/healthz/x",
        "/youju",
        "//healthz",
        "/operator/sign-in",
        "/Sign-In",
        "/readyz/../who",
    ],
)
def test_paths_that_look_open_are_not(accounts: TestClient, path: str) -> None:
    """Only the paths themselves are open, none that begins or ends like one."""
    assert accounts.get(path).status_code == 401


def test_a_session_is_a_person(accounts: TestClient) -> None:
    """With a session's cookie a person is known by name and role, signed in."""
    sign_in(accounts, "张三")

    person = who(accounts)

    assert (person["name"], person["role"], person["signed_in"]) == ("张三", "operator", True)


def test_readers_do_not_operate(accounts: TestClient) -> None:
    """A reader gets neither the operator's pages, nor what a page keeps for operators, nor the metrics; a
    browser is shown a page that says so.
    """
    sign_in(accounts, "李四")

    for path in ("/operator/pages", "/kept", "/metrics"):
        assert accounts.get(path).status_code == 403
        page = accounts.get(path, headers=PAGE)
        assert page.status_code == 403
        assert "没有权限" in page.text
    assert accounts.post("/operator/pages", headers={"Origin": "http://youju.example"}).status_code == 403


def test_a_role_is_read_anew(accounts: TestClient) -> None:
    """An operator who is made a reader is one with the next request, whatever is open."""
    sign_in(accounts, "张三")
    assert accounts.get("/operator/pages").status_code == 200

    accounts.app_state["site"].state.accounts.set_role("张三", Role.READER)

    assert accounts.get("/operator/pages").status_code == 403
    assert accounts.get("/kept").status_code == 403


def test_who_is_removed_is_out(accounts: TestClient) -> None:
    """The session of a removed account opens nothing any more."""
    sign_in(accounts, "李四")
    assert accounts.get("/who").status_code == 200

    accounts.app_state["site"].state.accounts.remove("李四")

    assert accounts.get("/who").status_code == 401


@pytest.mark.parametrize("token", ["", "x", "'; DROP TABLE sessions;--", "a" * 5000, "张三"])
def test_made_up_tokens_are_nobody(accounts: TestClient, token: str) -> None:
    """A cookie that is no session's token is no session."""
    assert accounts.get("/who", headers=[(b"Cookie", f"{SESSION}={token}".encode())]).status_code == 401


def test_this_machine_signs_in_as_well(accounts: TestClient) -> None:
    """Where people sign in, being at the machine proves nothing."""
    site = accounts.app_state["site"]

    assert client_of(site).get("/who").status_code == 401


def test_sockets_are_refused_unsigned(accounts: TestClient) -> None:
    """A WebSocket needs a session as every request does, and must come from our own pages."""
    with pytest.raises(WebSocketDisconnect), accounts.websocket_connect("ws://youju.example/socket"):
        pass

    sign_in(accounts, "李四")
    own = {"Origin": "http://youju.example"}
    with accounts.websocket_connect("ws://youju.example/socket", headers=own) as socket:
        assert socket.receive_text() == "李四"
    for origin in ("http://evil.example", "null"):
        with (
            pytest.raises(WebSocketDisconnect),
            accounts.websocket_connect("ws://youju.example/socket", headers={"Origin": origin}),
        ):
            pass


# A proxy says who


def test_the_proxy_names_the_person(tmp_path: Path) -> None:
    """A trusted proxy's header is the person, in Chinese too; who is an operator the settings say."""
    client = client_of(site_in(tmp_path, BY_PROXY), PROXY, "http://youju.example")

    for name, role in (("王五", "reader"), ("李四", "operator"), ("zhao6", "reader")):
        answer = client.get("/who", headers=[(b"X-Remote-User", name.encode())])
        assert (answer.json()["name"], answer.json()["role"]) == (name, role)
        assert answer.json()["signed_in"]


@pytest.mark.parametrize("address", [OUTSIDE, LOOPBACK, ("10.9.8.9", 1), ("testclient", 1)])
def test_nobody_else_names_a_person(tmp_path: Path, address: tuple[str, int]) -> None:
    """The header from any other address, loopback too, is no proof: the request is refused, and a page
    says to come through the portal.
    """
    client = client_of(site_in(tmp_path, BY_PROXY), address)
    spoofed = {"X-Remote-User": "lisi", "X-Forwarded-For": "10.9.9.9"}

    assert client.get("/who", headers=spoofed).status_code == 401
    page = client.get("/sign-in", headers={**PAGE, **spoofed})
    assert page.status_code == 403
    assert "门户" in page.text


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"X-Remote-User", b"")],
        [(b"X-Remote-User", b"  ")],
        [(b"X-Remote-User", b"lisi"), (b"X-Remote-User", b"zhangsan")],
        [(b"X-Remote-User", "李\u2028四".encode())],
        [(b"X-Remote-User", b"a" * 201)],
        [(b"X_Remote_User", b"lisi")],
    ],
)
def test_a_proxy_that_names_nobody_clearly(tmp_path: Path, headers: list[tuple[bytes, bytes]]) -> None:
    """No name, two names, a name of odd characters or endless length, and another header are nobody."""
    client = client_of(site_in(tmp_path, BY_PROXY), PROXY)

    assert client.get("/who", headers=headers).status_code == 401


def test_a_name_that_is_no_text_is_nobody(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 name nobody. (The test client sends only text, so the scope is made here.)"""
    sent: list[Message] = []
    client = client_of(site_in(tmp_path, BY_PROXY), PROXY)
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/who",
        "raw_path": b"/who",
        "query_string": b"",
        "scheme": "http",
        "http_version": "1.1",
        "client": PROXY,
        "server": ("127.0.0.1", 80),
        "headers": [(b"host", b"youju.example"), (b"x-remote-user", "李四".encode("gbk"))],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(client.app(scope, receive, send))  # type: ignore[arg-type]

    assert sent[0]["status"] == 401


def test_a_session_is_nothing_where_the_proxy_says_who(tmp_path: Path) -> None:
    """Old cookies of accounts do not get past a proxy that names nobody."""
    site = site_in(tmp_path, BY_PROXY)
    site.state.accounts.add("张三", "long enough 1", Role.OPERATOR)
    client = client_of(site, PROXY)
    client.cookies.set(SESSION, site.state.sessions.open("张三"))

    assert client.get("/who").status_code == 401


def test_signing_out_is_up_to_the_proxy(tmp_path: Path) -> None:
    """Where the portal signs people in, signing out here says to do it there."""
    client = client_of(site_in(tmp_path, BY_PROXY), PROXY)

    answer = client.post("/sign-out", headers={"X-Remote-User": "li4"})

    assert "请在门户里退出" in answer.text


# Through proxies


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        (PROXY, "10.1.1.1", "10.1.1.1"),
        (PROXY, "6.6.6.6, 10.1.1.1", "10.1.1.1"),
        (PROXY, "6.6.6.6, 10.1.1.1, 10.9.9.8", "10.1.1.1"),
        (PROXY, "<script>, 10.1.1.1", "10.1.1.1"),
        (PROXY, "<script>", "10.9.9.9"),
        (PROXY, "2001:db8::1", "2001:db8::1"),
        (OUTSIDE, "6.6.6.6", "10.1.1.1"),
    ],
)
def test_addresses_are_believed_from_proxies_alone(
    tmp_path: Path, client: tuple[str, int], forwarded: str, address: str
) -> None:
    """The asker's address is the last one that no known proxy has; what stands before, or what a stranger
    sends, is not believed.
    """
    site = site_in(tmp_path, access(SignIn.OPEN, ["10.9.9.0/24"]))

    assert who(client_of(site, client), **{"X-Forwarded-For": forwarded})["address"] == address


def test_https_is_believed_from_proxies_alone(tmp_path: Path) -> None:
    """A proxy that says the browser speaks https makes cookies Secure; a stranger who says so does not."""
    site = site_in(tmp_path, access(SignIn.OPEN, ["10.9.9.0/24"]))
    https = {**PAGE, "X-Forwarded-Proto": "https"}

    assert "; Secure" in client_of(site, PROXY).get("/who", headers=https).headers["set-cookie"]
    assert "; Secure" not in client_of(site, OUTSIDE).get("/who", headers=https).headers["set-cookie"]
