"""Signing in with a name and a password, signing out, and choosing the language."""

import asyncio
import unicodedata
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from bot.settings import SignIn
from bot.state.accounts import LONGEST_NAME
from bot.state.records import Person
from bot.web.cookies import SESSION, YEAR, give, take
from bot.web.journal import record
from bot.web.local import local_path
from bot.web.pages import LANGUAGE_COOKIE, language_of, page
from bot.web.peer import peer_of
from bot.web.site import Site, person_of
from prompts import interface


def router(site: Site) -> APIRouter:
    """Return the routes ``/sign-in``, ``/sign-out`` and ``/language``."""
    routes = APIRouter()
    # One at a time: many guesses sent at once are not all made before the first of them counts as failed,
    # and wait without holding a thread that others need.
    checking = asyncio.Lock()

    @routes.get("/sign-in")
    def ask_who(request: Request, next: str = "/") -> Response:
        onward = local_path(next)
        nothing_to_do = site.access.sign_in in (SignIn.OFF, SignIn.OPEN)
        if nothing_to_do or person_of(request).signed_in:
            return RedirectResponse(onward, status_code=303)
        return sign_in_page(request, site, onward)

    @routes.post("/sign-in")
    async def sign_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next: str = "/",
    ) -> Response:
        onward = local_path(next)
        if site.access.sign_in is not SignIn.ACCOUNTS:
            return RedirectResponse(onward, status_code=303)
        # As accounts keep it: spelt another way, a name would have more guesses.
        name = unicodedata.normalize("NFC", name.strip())[:LONGEST_NAME]
        address = peer_of(request.scope).address
        async with checking:
            wait, person = await run_in_threadpool(_checked, site, name, password, address)
        if wait:
            record(request, "sign-in blocked", failed=True, account=name)
            minutes = -(-wait // 60)
            words = interface(language_of(request))["sign_in_blocked"].format(minutes=minutes)
            response = sign_in_page(request, site, onward, status=429, name=name, trouble=words)
            response.headers["Retry-After"] = str(wait)
            return response
        if person is None:
            record(request, "sign-in failed", failed=True, account=name)
            words = interface(language_of(request))["sign_in_wrong"]
            return sign_in_page(request, site, onward, status=403, name=name, trouble=words)
        return await run_in_threadpool(signed_in, request, site, person.name, onward)

    @routes.post("/sign-out")
    def sign_out(request: Request) -> Response:
        token = request.cookies.get(SESSION)
        if site.access.sign_in is SignIn.PROXY:
            words = interface(language_of(request))
            return page(
                request, "message.html", title=words["proxy_title"], text=words["proxy_sign_out_text"]
            )
        if token:
            site.state.sessions.close(token)
            record(request, "signed out")
        response = RedirectResponse("/sign-in", status_code=303)
        take(response, request, SESSION)
        return response

    @routes.get("/language")
    def language(request: Request, to: str = "zh", back: str = "/") -> Response:
        response = RedirectResponse(local_path(back), status_code=303)
        give(response, request, LANGUAGE_COOKIE, "en" if to == "en" else "zh", YEAR)
        return response

    return routes


def signed_in(request: Request, site: Site, name: str, onward: str) -> Response:
    """Open a session for who proved to be ``name`` and send the browser on with its token.

    The token is always a new one: one that somebody put into the browser before is worth nothing after.
    """
    sessions = site.state.sessions
    if before := request.cookies.get(SESSION):
        sessions.close(before)
    response = RedirectResponse(onward, status_code=303)
    give(response, request, SESSION, sessions.open(name))
    record(request, "signed in", account=name)
    return response


def _checked(site: Site, name: str, password: str, address: str) -> tuple[int, Person | None]:
    """Return the seconds to wait before another guess, and the person where the password is theirs."""
    sessions = site.state.sessions
    if wait := sessions.blocked(name, address):
        return wait, None
    person = site.state.accounts.check(name, password)
    if person is None:
        sessions.failed(name, address)
    else:
        sessions.cleared(name, address)
    return 0, person


def sign_in_page(
    request: Request, site: Site, onward: str, *, status: int = 200, name: str = "", trouble: str = ""
) -> Response:
    """Return the page to sign in on; ``trouble`` says why it did not work, ``name`` who tried."""
    if site.access.sign_in is SignIn.PROXY:
        words = interface(language_of(request))
        return page(
            request, "message.html", 403, title=words["proxy_title"], text=words["proxy_sign_in_text"]
        )
    by_oidc = site.access.sign_in is SignIn.OIDC
    return page(request, "sign_in.html", status, next=onward, name=name, trouble=trouble, by_oidc=by_oidc)
