"""The document of the chat: what Gradio serves, inside the bar, the list of conversations and the dialogs
that a template holds, in the language chosen.
"""

import re

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.pages import language_of, rendered

MOUNTS = {"zh": "/", "en": "/en"}  # where the chat is mounted in each language; all see it at /

# Social-network cards of Gradio, with addresses of other hosts.
_CARD = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
_MANIFEST = re.compile(r'<link rel="manifest"[^>]*>\s*')
_BODY = re.compile(r"<body[^>]*>")


def framed(html: str, language: str, head: str, body: str) -> str:
    """Return Gradio's document in a language, with ``head`` and ``body`` at the beginning of its own and
    no other host named.
    """
    html = _MANIFEST.sub("", _CARD.sub("", html))
    html = html.replace('lang="en"', f'lang="{"en" if language == "en" else "zh-CN"}"', 1)
    html = html.replace("<head>", f"<head>{head}", 1)
    return _BODY.sub(lambda found: found[0] + body, html, count=1)


class Shell:
    """ASGI middleware just around Gradio: rewrites the document at ``/``, passes on all the rest."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the document in its frame."""
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        language = language_of(connection)
        path = f"{MOUNTS[language].rstrip('/')}/"
        # Compressed pages could not be rewritten.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        inner = {**scope, "path": path, "raw_path": path.encode(), "headers": headers}
        start: Message = {}
        collected = bytearray()

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if message["type"] != "http.response.body":
                await send(message)
                return
            collected.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            html = collected.decode("utf-8")
            if start["status"] == 200:
                head, body = rendered(connection, "chat_head.html"), rendered(connection, "chat.html")
                html = framed(html, language, head, body)
            headers = MutableHeaders(scope=start)
            headers["content-length"] = str(len(html.encode()))
            # Who is signed in stands on the page.
            headers["cache-control"] = "no-store"
            await send(start)
            await send({"type": "http.response.body", "body": html.encode()})

        await self._app(inner, receive, collect)
