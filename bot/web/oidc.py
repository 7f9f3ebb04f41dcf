"""Signing in with OpenID Connect: authorization code with PKCE; the only door to Authlib.

While somebody signs in at the provider, what must come back unchanged waits in a cookie of their browser:
no other browser can finish it, and nothing is kept here of those who never come back.
"""

import base64
import hmac
import json
import logging
from collections.abc import Mapping
from typing import Any

from authlib.integrations.starlette_client import StarletteOAuth2App  # type: ignore[import-untyped]
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from bot.logs import note
from bot.settings import Oidc
from bot.web.access import is_name
from bot.web.cookies import PENDING, give, take
from bot.web.journal import record
from bot.web.local import local_path
from bot.web.pages import language_of
from bot.web.sign_in import sign_in_page, signed_in
from bot.web.site import Site
from index.errors import YoujuError
from prompts import interface

START = "/sign-in/oidc"
BACK = "/sign-in/callback"  # to be registered with the provider, after the address of the site
PATIENCE = 600  # seconds somebody may take to sign in at the provider
TIMEOUT = 10  # seconds a request to the provider may take
LEEWAY = 60  # seconds that two clocks may differ
# What a provider signs with a key of its own. "none", and what is signed with a shared secret, are not here.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")

logger = logging.getLogger(__name__)


class NotProvedError(YoujuError):
    """The provider did not confirm who somebody is. The message is for the log."""


class Provider:
    """The provider, as far as signing in goes."""

    def __init__(self, settings: Oidc) -> None:
        """Ask nothing yet: the provider may come up after this service."""
        self._settings = settings
        self._app = StarletteOAuth2App(
            None,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": _scope(settings.claim),
                "code_challenge_method": "S256",
                "timeout": TIMEOUT,
            },
        )

    async def begin(self, back: str) -> tuple[str, dict[str, str]]:
        """Return the address to sign in at, and what to keep until the browser is back at ``back``."""
        await self._check_metadata()
        begun = await self._app.create_authorization_url(back)
        return begun["url"], {name: begun[name] for name in ("state", "nonce", "code_verifier")}

    async def finish(self, back: str, kept: Mapping[str, str], code: str) -> str:
        """Return the name of the person a code stands for; raise NotProvedError where it is not proved."""
        metadata = await self._check_metadata()
        token = await self._app.fetch_access_token(
            redirect_uri=back, code=code, code_verifier=kept["code_verifier"]
        )
        if not isinstance(token, dict) or not token.get("id_token"):
            raise NotProvedError("统一身份认证没有给出 id_token")
        claims: Mapping[str, Any] = await self._app.parse_id_token(
            token,
            nonce=kept["nonce"],
            claims_options={
                "iss": {"essential": True, "value": metadata["issuer"]},
                "aud": {"essential": True, "value": self._settings.client_id},
                **{name: {"essential": True} for name in ("sub", "exp", "iat", "nonce")},
            },
            leeway=LEEWAY,
        )
        name = claims.get(self._settings.claim)
        if self._settings.claim == "email" and claims.get("email_verified") is not True:
            raise NotProvedError("统一身份认证没有核实过这个邮箱")
        if not isinstance(name, str) or not is_name(name.strip()):
            raise NotProvedError(f"id_token 里没有 {self._settings.claim}，请检查 YOUJU_OIDC_CLAIM")
        return name.strip()

    async def _check_metadata(self) -> Mapping[str, Any]:
        """Return what the provider says of itself; raise NotProvedError where it is another."""
        metadata: dict[str, Any] = await self._app.load_server_metadata()
        if metadata.get("issuer") != self._settings.issuer:
            self._app.server_metadata.clear()  # asked for anew next time
            raise NotProvedError(f"统一身份认证自称 {metadata.get('issuer')!r}，与 YOUJU_OIDC_ISSUER 不同")
        offered = metadata.get("id_token_signing_alg_values_supported") or ()
        metadata["id_token_signing_alg_values_supported"] = [
            algorithm for algorithm in offered if algorithm in _ALGORITHMS
        ] or ["RS256"]
        return metadata


def router(site: Site) -> APIRouter:
    """Return the routes that begin a sign-in and that it comes back to; none where OIDC is not set up."""
    routes = APIRouter()
    if site.access.oidc is None:
        return routes
    provider = Provider(site.access.oidc)

    @routes.get(START)
    async def begin(request: Request, next: str = "/") -> Response:
        onward = local_path(next)
        try:
            address, kept = await provider.begin(_back(request))
        except Exception as error:  # noqa: BLE001 - whatever it answers, people get a page
            return _failed(request, site, onward, error)
        response = RedirectResponse(address, status_code=303)
        give(response, request, PENDING, _packed({**kept, "next": onward}), PATIENCE, path="/sign-in")
        return response

    @routes.get(BACK)
    async def finish(request: Request, code: str = "", state: str = "") -> Response:
        kept = _unpacked(request.cookies.get(PENDING, ""))
        onward = local_path(kept.get("next", "/"))
        try:
            ours = kept.get("state", "")
            if not code or not ours or not hmac.compare_digest(state.encode(), ours.encode()):
                raise NotProvedError("登录不是从这个浏览器开始的，或者没有得到授权")
            name = await provider.finish(_back(request), kept, code)
        except Exception as error:  # noqa: BLE001 - as above
            return _failed(request, site, onward, error)
        response = await run_in_threadpool(signed_in, request, site, name, onward)
        take(response, request, PENDING, path="/sign-in")
        return response

    return routes


def _scope(claim: str) -> str:
    return "openid email" if claim.startswith("email") else "openid profile"


def _back(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{BACK}"


def _failed(request: Request, site: Site, onward: str, error: Exception) -> Response:
    detail = str(error) if isinstance(error, YoujuError) else None
    record(request, "sign-in failed", failed=True, error=type(error).__name__, detail=detail)
    if detail is None:
        note(logger, logging.DEBUG, "sign-in failed at the provider", error=repr(error))
    words = interface(language_of(request))["sign_in_failed"]
    response = sign_in_page(request, site, onward, status=403, trouble=words)
    take(response, request, PENDING, path="/sign-in")
    return response


def _packed(kept: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()


def _unpacked(text: str) -> dict[str, str]:
    try:
        kept = json.loads(base64.urlsafe_b64decode(text))
    except ValueError:
        return {}
    if not isinstance(kept, dict) or not all(isinstance(value, str) for value in kept.values()):
        return {}
    return kept
