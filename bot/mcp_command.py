"""``python -m bot mcp``: the tools for agents that start this program themselves."""

import anyio

from bot.mcp_server import over_stdio, server
from bot.web.api.clerk import Caller, Clerk
from bot.web.api.tools import tools
from bot.web.programs import LOCAL
from bot.web.server import PATIENCE
from bot.web.site import Site


def serve(site: Site, public_url: str) -> None:
    """Answer over this program's input and output until the input ends; links begin with ``public_url``.

    Whoever can start this program may read the documents: no key is asked for.
    """
    clerk = Clerk(site)
    caller = Caller(LOCAL.name, (LOCAL.name, ""))
    try:
        anyio.run(over_stdio, server(tools(clerk), lambda _: (caller, public_url), clerk.threads), PATIENCE)
    finally:
        clerk.finish(PATIENCE)
