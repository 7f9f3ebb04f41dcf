"""What stands in front of every page, from the outside in, and the pages that belong to it."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI

from bot.web import health, oidc, sign_in
from bot.web.access import Access, Forbidden, forbidden
from bot.web.guard import Guard
from bot.web.journal import Journal
from bot.web.peer import Peers
from bot.web.site import Site


def protect(app: FastAPI, site: Site) -> None:
    """Put the site's doors in front of an application, before anything is mounted at its root."""
    for module in (health, sign_in, oidc):
        app.include_router(module.router(site))
    app.add_exception_handler(Forbidden, forbidden)
    # The last one added is the outermost.
    app.add_middleware(Access, site=site)
    app.add_middleware(Guard)
    app.add_middleware(Journal, meter=site.meter)
    app.add_middleware(Peers, proxies=site.access.proxies)


def bare(site: Site, channels: Sequence[APIRouter]) -> FastAPI:
    """Return an application without pages: other ways to ask, and what machines look at."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for routes in (health.router(site), *channels):
        app.include_router(routes)
    app.add_middleware(Access, site=site)
    app.add_middleware(Guard)
    app.add_middleware(Journal, meter=site.meter)
    app.add_middleware(Peers, proxies=site.access.proxies)
    return app
