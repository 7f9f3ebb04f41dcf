"""Signing in with OpenID Connect: what a provider proves, and what it does not."""

import base64
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from authlib.integrations.base_client.async_openid import KeySet  # type: ignore[import-untyped]
from fastapi.testclient import TestClient

from bot.settings import Oidc, SignIn
from bot.web.cookies import PENDING, SESSION
from bot.web.site import Site
from tests.oidc_provider import CLIENT, SECRET, Provider, provider
from tests.web_site import OUTSIDE, PAGE, access, client_of, site_in

ADDRESS = "http://youju.example"


@pytest.fixture
def honest() -> Iterator[Provider]:
    """A provider."""
    with provider() as made:
        yield made


def site_of(folder: Path, issuer: str, claim: str = "preferred_username") -> Site:
    """Return a site whose people sign in at a provider; 李四 is its operator."""
    oidc = Oidc(issuer, CLIENT, SECRET, claim)
    return site_in(folder, access(SignIn.OIDC, oidc=oidc, operators=frozenset({"李四"})))


@pytest.fixture
def site(tmp_path: Path, honest: Provider) -> Site:
    """A site whose people sign in at the provider."""
    return site_of(tmp_path, honest.issuer)


@pytest.fixture
def browser(site: Site) -> Iterator[TestClient]:
    """A browser of somebody elsewhere."""
    with client_of(site, OUTSIDE, ADDRESS) as client:
        yield client


def begin(browser: TestClient, onward: str = "/who") -> str:
    """Begin to sign in; return the provider's address that the browser is sent to."""
    answer = browser.get("/sign-in/oidc", params={"next": onward}, headers=PAGE)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def finish(browser: TestClient, brought: dict[str, str]) -> Any:  # noqa: ANN401 - what the client gives
    """Come back from the provider."""
    return browser.get("/sign-in/callback", params=brought, headers=PAGE)


def refused(answer: Any) -> bool:  # noqa: ANN401 - as above
    """Tell whether the page says in words that it did not work, and nobody is signed in."""
    return (
        answer.status_code == 403
        and "没有确认您的身份" in answer.text
        and f"{SESSION}=" not in answer.headers.get("set-cookie", "")
    )


def test_people_sign_in_at_the_provider(browser: TestClient, honest: Provider) -> None:
    """Whoever the provider vouches for is signed in by name and gets to the page they wanted; the token
    opens the session, and nothing of the sign-in is left in the browser.
    """
    page = browser.get("/sign-in?next=/who", headers=PAGE)
    assert 'href="/sign-in/oidc?next=/who"' in page.text
    assert "password" not in page.text

    answer = finish(browser, honest.authorize(begin(browser)))

    assert answer.status_code == 303
    assert answer.headers["location"] == "/who"
    person = browser.get("/who").json()
    assert (person["name"], person["role"], person["signed_in"]) == ("张三", "reader", True)
    assert PENDING not in browser.cookies
    assert honest.requests.count("/token") == 1


def test_operators_are_those_the_settings_name(browser: TestClient, honest: Provider) -> None:
    """Roles come from the settings, not from what a token says."""
    honest.claims = {"preferred_username": "李四"}
    finish(browser, honest.authorize(begin(browser)))
    assert browser.get("/operator/pages").status_code == 200

    browser.post("/sign-out", headers={"Origin": ADDRESS})
    assert browser.get("/who").status_code == 401

    honest.claims = {"role": "operator", "roles": ["operator"], "groups": ["李四"]}
    finish(browser, honest.authorize(begin(browser)))
    assert browser.get("/operator/pages").status_code == 403


def test_what_waits_in_the_browser_is_kept_from_scripts(browser: TestClient, honest: Provider) -> None:
    """The cookie of a sign-in under way is HttpOnly, Lax, short-lived and for the sign-in alone."""
    begin(browser)
    cookie = browser.get("/sign-in/oidc", headers=PAGE).headers["set-cookie"]

    for part in ("HttpOnly", "SameSite=lax", "Max-Age=600", "Path=/sign-in"):
        assert part in cookie
    assert SECRET not in cookie


def test_every_sign_in_is_another(browser: TestClient) -> None:
    """State, nonce and challenge are never the same twice."""
    first, second = begin(browser), begin(browser)

    for name in ("state", "nonce", "code_challenge"):
        values = {address.partition(f"{name}=")[2].partition("&")[0] for address in (first, second)}
        assert len(values) == 2
        assert all(len(value) >= 20 for value in values)


def test_another_browser_cannot_finish(browser: TestClient, site: Site, honest: Provider) -> None:
    """A link that somebody else's sign-in ends with signs nobody in (login CSRF): neither a browser that
    began none, nor one that began another.
    """
    theirs = honest.authorize(begin(browser))
    victim = client_of(site, OUTSIDE, ADDRESS)

    assert refused(finish(victim, theirs))
    begin(victim)
    assert refused(finish(victim, theirs))
    assert "/token" not in honest.requests


@pytest.mark.parametrize(
    "brought",
    [
        {},
        {"code": "code-0"},
        {"state": ""},
        {"code": "code-0", "state": ""},
        {"code": "", "state": "x"},
        {"code": "made-up", "state": "made-up"},
        {"error": "access_denied", "error_description": "<script>alert(1)</script>"},
    ],
)
def test_half_an_answer_signs_nobody_in(browser: TestClient, brought: dict[str, str]) -> None:
    """What lacks code or state, has others, or is a refusal, is a page that offers to try again."""
    begin(browser)

    answer = finish(browser, brought)

    assert refused(answer)
    assert "<script>alert" not in answer.text
    assert 'href="/sign-in/oidc?' in answer.text


def test_a_code_is_good_once(browser: TestClient, honest: Provider) -> None:
    """What signed somebody in does not do so again."""
    brought = honest.authorize(begin(browser))
    finish(browser, brought)

    assert refused(finish(browser, brought))


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "x",
        "%%%",
        "bnVsbA==",
        "W10=",
        base64.urlsafe_b64encode(b'{"state": 1}').decode(),
        base64.urlsafe_b64encode(b'{"state": "s"}').decode(),
    ],
)
def test_odd_cookies_sign_nobody_in(browser: TestClient, honest: Provider, cookie: str) -> None:
    """A cookie that is none of ours is no sign-in under way."""
    brought = honest.authorize(begin(browser))
    browser.cookies.clear()

    answer = browser.get(
        "/sign-in/callback",
        params={**brought, "state": "s"},
        headers={**PAGE, "Cookie": f"{PENDING}={cookie}"},
    )

    assert refused(answer)


@pytest.mark.parametrize("onward", ["//evil.example", "/\\evil.example", "https://evil.example", "/sign-out"])
def test_nobody_is_sent_elsewhere(browser: TestClient, honest: Provider, onward: str) -> None:
    """The page wanted is checked when it is named, and when it comes out of the cookie."""
    assert finish(browser, honest.authorize(begin(browser, onward))).headers["location"] == "/"

    brought = honest.authorize(begin(browser))
    kept = json.loads(base64.urlsafe_b64decode(browser.cookies[PENDING]))
    changed = base64.urlsafe_b64encode(json.dumps({**kept, "next": onward}).encode()).decode()
    browser.cookies.clear()
    answer = browser.get("/sign-in/callback", params=brought, headers={"Cookie": f"{PENDING}={changed}"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": ["another-client"], "azp": CLIENT},
        {"aud": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": time.time() + 3600},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"azp": "another-client"},
        {"preferred_username": None},
        {"preferred_username": ""},
        {"preferred_username": 7},
        {"preferred_username": ["张三"]},
        {"preferred_username": "张\n三"},
        {"preferred_username": "张" * 300},
    ],
)
def test_a_token_that_proves_nothing(browser: TestClient, honest: Provider, claims: dict[str, Any]) -> None:
    """A token of another issuer, for another client, of another time or another sign-in, and one without
    a name, sign nobody in.
    """
    honest.claims = claims

    assert refused(finish(browser, honest.authorize(begin(browser))))


def test_a_token_for_us_among_others_is_good(browser: TestClient, honest: Provider) -> None:
    """A token may be for several clients."""
    honest.claims = {"aud": [CLIENT, "another"], "azp": CLIENT}

    assert finish(browser, honest.authorize(begin(browser))).status_code == 303


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_tokens_nobody_signed_are_refused(browser: TestClient, honest: Provider, algorithm: str) -> None:
    """Whatever algorithms a provider lists, unsigned tokens, and those signed with a secret, prove
    nothing: the client's secret, or the public key as a secret, least of all.
    """
    honest.algorithm = "none"
    if algorithm == "HS256":
        secret = KeySet.import_key_set(
            {"keys": [{"kty": "oct", "k": base64.urlsafe_b64encode(SECRET.encode() * 8).decode()}]}
        )
        honest.algorithm, honest.keys = "HS256", secret

    assert refused(finish(browser, honest.authorize(begin(browser))))


def test_keys_of_others_prove_nothing(browser: TestClient, honest: Provider) -> None:
    """A token signed with a key that the provider does not publish, under a name that it does."""
    published = honest.keys
    forged = KeySet.generate_key_set("RSA", 2048, count=1)
    brought = honest.authorize(begin(browser))
    real_sign = honest.sign

    def sign(claims: dict[str, Any]) -> str:
        honest.keys = forged
        token = real_sign(claims)
        honest.keys = published
        return token

    honest.sign = sign  # type: ignore[method-assign]

    assert refused(finish(browser, brought))


def test_new_keys_are_fetched(browser: TestClient, honest: Provider) -> None:
    """A provider that changes its keys goes on being believed."""
    finish(browser, honest.authorize(begin(browser)))
    honest.keys = KeySet.generate_key_set("RSA", 2048, count=1)

    assert finish(browser, honest.authorize(begin(browser))).status_code == 303
    assert honest.requests.count("/keys") == 2


def test_another_issuer_is_not_believed(browser: TestClient, honest: Provider) -> None:
    """Metadata that name another issuer than the settings begin no sign-in; once mended they do."""
    honest.metadata = {"issuer": "https://evil.example"}
    assert refused(browser.get("/sign-in/oidc", headers=PAGE))

    honest.metadata = {}
    assert begin(browser)


def test_a_provider_that_is_down_is_a_page(tmp_path: Path) -> None:
    """A provider nobody answers at, or that answers nonsense, is a page in words; so is one that refuses."""
    browser = client_of(site_of(tmp_path, "http://127.0.0.1:9"), OUTSIDE, ADDRESS)

    assert refused(browser.get("/sign-in/oidc", headers=PAGE))


def test_a_provider_that_breaks_half_way_is_a_page(browser: TestClient, honest: Provider) -> None:
    """An error where the token should come signs nobody in."""
    honest.token_status = 500

    assert refused(finish(browser, honest.authorize(begin(browser))))


def test_an_address_must_be_verified(tmp_path: Path, honest: Provider) -> None:
    """Where people are named by e-mail, an address the provider did not check is anybody's."""
    with client_of(site_of(tmp_path, honest.issuer, "email"), OUTSIDE, ADDRESS) as browser:
        for verified, good in ((False, False), (None, False), ("true", False), (True, True)):
            honest.claims = {"email": "zhang@example.gov.cn", "email_verified": verified}
            answer = finish(browser, honest.authorize(begin(browser)))
            assert (answer.status_code == 303) is good
        assert browser.get("/who").json()["name"] == "zhang@example.gov.cn"


def test_what_is_logged(browser: TestClient, honest: Provider, caplog: pytest.LogCaptureFixture) -> None:
    """A sign-in is logged by name, a failed one with its reason; codes, tokens and secrets never are."""
    caplog.set_level(logging.INFO, "bot")
    brought = honest.authorize(begin(browser))
    finish(browser, brought)
    honest.claims = {"nonce": "another"}
    finish(browser, honest.authorize(begin(browser)))

    events = {
        record.message: vars(record)["facts"] for record in caplog.records if record.name == "bot.web.journal"
    }
    assert events["signed in"]["account"] == "张三"
    assert "Claim" in events["sign-in failed"]["error"]
    written = " ".join(str(vars(record)) for record in caplog.records)
    for secret in (SECRET, brought["code"], brought["state"], browser.cookies.get(SESSION) or "no"):
        assert secret not in written


def test_without_a_provider_there_is_no_door(tmp_path: Path) -> None:
    """Where people sign in otherwise, the addresses of OpenID Connect are not there."""
    browser = client_of(site_in(tmp_path, access(SignIn.ACCOUNTS)), OUTSIDE, ADDRESS)

    assert browser.get("/sign-in/oidc").status_code == 404
    assert browser.get("/sign-in/callback").status_code == 404
