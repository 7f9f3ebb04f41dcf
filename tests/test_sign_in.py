"""Signing in with a password, signing out, and the language."""

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.settings import Access, SignIn
from bot.state.records import Role
from bot.web.cookies import SESSION
from bot.web.local import local_path
from bot.web.site import Site
from tests.page_fakes import PAYLOADS
from tests.web_site import OUTSIDE, PAGE, PROXY, access, client_of, site_in

PASSWORD = "correct horse battery"
ADDRESS = "http://youju.example"
OWN = {"Origin": ADDRESS, **PAGE}
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/ /evil.example",
    "http://evil.example",
    "https:evil.example",
    "http:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "",
    "/a\\b",
    "/x\r\nSet-Cookie: a=b",
    "/\x00",
    "/sign-in",
    "/sign-in?next=/sign-in",
    "/sign-out",
]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with an operator, 张三."""
    site = site_in(tmp_path, access(SignIn.ACCOUNTS, ["10.9.9.0/24"]))
    site.state.accounts.add("张三", PASSWORD, Role.OPERATOR)
    return site


@pytest.fixture
def browser(site: Site) -> Iterator[TestClient]:
    """A browser of a person elsewhere."""
    with client_of(site, OUTSIDE, ADDRESS) as client:
        yield client


def sign_in(browser: TestClient, name: str = "张三", password: str = PASSWORD, path: str = "/sign-in") -> Any:  # noqa: ANN401 - what the test client gives
    """Send the form."""
    return browser.post(path, data={"name": name, "password": password}, headers=OWN)


def test_the_right_password_opens_a_session(browser: TestClient) -> None:
    """A name and its password lead to the page that was wanted, as that person."""
    answer = sign_in(browser, path="/sign-in?next=/who")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/who"
    assert browser.get("/who").json()["name"] == "张三"


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: TestClient, site: Site) -> None:
    """HttpOnly, SameSite=Lax, for the whole site, gone with the browser; Secure where https is spoken."""
    cookie = sign_in(browser).headers["set-cookie"]
    proxied = client_of(site, PROXY, ADDRESS).post(
        "/sign-in",
        data={"name": "张三", "password": PASSWORD},
        headers={"Origin": "https://youju.example", "X-Forwarded-Proto": "https"},
    )

    assert re.fullmatch(SESSION + r"=[\w-]{40,}; HttpOnly; Path=/; SameSite=lax", cookie)
    assert re.fullmatch(
        SESSION + r"=[\w-]{40,}; HttpOnly; Path=/; SameSite=lax; Secure", proxied.headers["set-cookie"]
    )


def test_https_is_not_taken_from_strangers(browser: TestClient) -> None:
    """X-Forwarded-Proto of somebody who is no proxy changes nothing."""
    browser.headers["X-Forwarded-Proto"] = "https"

    assert "Secure" not in sign_in(browser).headers["set-cookie"]


@pytest.mark.parametrize(
    ("name", "password"),
    [("张三", "wrong"), ("nobody", PASSWORD), ("", ""), ("张三", ""), ("张三" * 5000, "x")],
)
def test_a_wrong_password_opens_nothing(browser: TestClient, name: str, password: str) -> None:
    """Whatever is wrong, the same words come back, without a cookie, and without the password."""
    answer = sign_in(browser, name, password)

    assert answer.status_code == 403
    assert "用户名或密码不对" in answer.text
    assert SESSION not in answer.headers.get("set-cookie", "")
    assert 'type="password"' in answer.text
    assert password not in answer.text or not password or password == "x"


def test_the_name_is_kept_in_the_form(browser: TestClient) -> None:
    """After a wrong password only the password has to be typed again, and the page wanted is still known."""
    answer = sign_in(browser, password="wrong", path="/sign-in?next=/who")

    assert 'value="张三"' in answer.text
    assert "action=" not in re.search(r"<form method.*?</form>", answer.text, re.DOTALL)[0]  # type: ignore[index]


def test_guessing_is_stopped(browser: TestClient) -> None:
    """After some wrong passwords not even the right one is tried: the page says how long to wait."""
    answers = [sign_in(browser, password=f"guess {n}").status_code for n in range(40)]

    assert 403 in answers[:3]
    assert answers[-1] == 429
    blocked = sign_in(browser)
    assert blocked.status_code == 429
    assert int(blocked.headers["retry-after"]) > 0
    assert "分钟以后再试" in blocked.text
    assert SESSION not in blocked.headers.get("set-cookie", "")


def test_guesses_sent_at_once_are_counted(site: Site) -> None:
    """Guesses sent side by side are checked one by one: no more of them are tried than of others."""
    tried: list[str] = []
    check = site.state.accounts.check
    site.state.accounts.check = lambda name, password: tried.append(password) or check(name, password)  # type: ignore[method-assign,func-returns-value]
    with client_of(site, OUTSIDE, ADDRESS) as browser, ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: sign_in(browser, password=f"guess {n}"), range(60)))
    alone: list[str] = []
    while not site.state.sessions.blocked("李四", "10.2.2.2"):
        site.state.sessions.failed("李四", "10.2.2.2")
        alone.append("x")

    assert len(tried) <= len(alone)


def test_a_token_known_before_is_worth_nothing_after(browser: TestClient, site: Site) -> None:
    """A token somebody else put into the browser is replaced, and closed where it was a session."""
    site.state.accounts.add("李四", PASSWORD, Role.READER)
    planted = site.state.sessions.open("李四")
    browser.cookies.set(SESSION, planted, domain="youju.example")

    sign_in(browser)

    assert browser.cookies.get(SESSION, domain="youju.example") != planted
    assert site.state.sessions.person(planted) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://youju.example.evil.example"},
        {"Origin": "http://youju.example:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.example"},
    ],
)
def test_other_sites_sign_nobody_in_or_out(browser: TestClient, site: Site, headers: dict[str, str]) -> None:
    """A form on another site neither signs a browser in as its author (login CSRF) nor signs it out."""
    answer = browser.post("/sign-in", data={"name": "张三", "password": PASSWORD}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers

    sign_in(browser)
    assert browser.post("/sign-out", headers=headers).status_code == 403
    assert browser.get("/who").status_code == 200


def test_signing_out_closes_the_session(browser: TestClient) -> None:
    """After signing out the cookie is gone, and the token opens nothing for whoever kept it."""
    sign_in(browser)
    token = browser.cookies[SESSION]

    answer = browser.post("/sign-out", headers=OWN)

    assert answer.status_code == 303
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert browser.get("/who").status_code == 401
    assert browser.get("/who", headers={"Cookie": f"{SESSION}={token}"}).status_code == 401
    assert browser.get("/sign-out").status_code == 405


@pytest.mark.parametrize("text", ELSEWHERE)
def test_nobody_is_sent_elsewhere(browser: TestClient, text: str) -> None:
    """After signing in, choosing a language or being signed in already, one stays on this site."""
    assert local_path(text) == "/"
    assert browser.get("/language", params={"back": text}).headers["location"] == "/"
    answer = browser.post(
        "/sign-in", params={"next": text}, data={"name": "张三", "password": PASSWORD}, headers=OWN
    )
    assert answer.headers["location"] == "/"
    assert browser.get("/sign-in", params={"next": text}, headers=PAGE).headers["location"] == "/"


@pytest.mark.parametrize(
    "text", ["/", "/d/ab12#第三条", "/d/a?q=1-2#x", "/documents?search=a%20b", "/sign-inside", "/文件"]
)
def test_pages_of_this_site_are_found_again(text: str) -> None:
    """A path with query and fragment is kept as it is."""
    assert local_path(text) == text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_names_and_addresses_stay_words(browser: TestClient, payload: str) -> None:
    """Markup in the name or in the page wanted adds nothing to the page."""
    plain = sign_in(browser, "name", "wrong", "/sign-in?next=/x").text
    shown = browser.post(
        "/sign-in", params={"next": f"/{payload}"}, data={"name": payload, "password": "wrong"}, headers=OWN
    ).text

    assert re.findall(r"<[a-z/!]+", shown) == re.findall(r"<[a-z/!]+", plain)


def test_what_is_logged(browser: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """Every sign-in is logged, by whom, from where and how it ended; no password and no token ever is."""
    caplog.set_level(logging.DEBUG)

    sign_in(browser, password="a wrong one")
    sign_in(browser)
    browser.post("/sign-out", headers=OWN)

    events = [
        (record.message, record.levelname, vars(record)["facts"])
        for record in caplog.records
        if record.name == "bot.web.journal" and record.message != "request"
    ]
    assert [event[:2] for event in events] == [
        ("sign-in failed", "WARNING"),
        ("signed in", "INFO"),
        ("signed out", "INFO"),
    ]
    assert [facts["address"] for _, _, facts in events] == [OUTSIDE[0]] * 3
    assert [facts.get("account") for _, _, facts in events[:2]] == ["张三", "张三"]
    written = " ".join(str(vars(record)) for record in caplog.records)
    assert "a wrong one" not in written
    assert PASSWORD not in written


@pytest.mark.parametrize("sign_in_as", [SignIn.OFF, SignIn.OPEN])
def test_there_is_nothing_to_sign_in_to(tmp_path: Path, sign_in_as: SignIn) -> None:
    """Where nobody signs in, the page leads on."""
    client = client_of(site_in(tmp_path, Access(sign_in_as)))

    assert client.get("/sign-in?next=/who", headers=PAGE).headers["location"] == "/who"
    own = {"Origin": "http://127.0.0.1:7860"}
    assert client.post("/sign-in", data={"name": "张三"}, headers=own).headers["location"] == "/"


def test_the_language_is_kept(browser: TestClient) -> None:
    """The language chosen holds from the next page on; whatever is no language is Chinese."""
    answer = browser.get("/language?to=en&back=/sign-in-help")

    assert answer.headers["location"] == "/sign-in-help"
    assert "Sign in" in browser.get("/sign-in", headers=PAGE).text
    browser.get("/language?to=<script>")
    assert "登录" in browser.get("/sign-in", headers=PAGE).text
    assert browser.cookies["youju_language"] == "zh"
