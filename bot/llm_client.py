"""The HTTP client of language models: to the address set and nowhere else, and no response without end."""

import ssl
from collections.abc import AsyncIterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

_BYTES = 4 * 2**20  # of one response; an answer is a few thousand, written token by token half a million


class TooLongError(Exception):
    """A response goes on and on."""


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def open_client(connect: float) -> "httpx2.AsyncClient":
    """Return a client that goes to the address set and nowhere else: no proxy of the environment, no
    redirect; and that reads no response without end.
    """
    # Late: half a second, and only a model needs it.
    import httpx2

    async def limit(response: "httpx2.Response") -> None:
        whole = response.stream
        if not isinstance(whole, httpx2.AsyncByteStream):  # never, of a client that is asynchronous
            return
        stream: httpx2.AsyncByteStream = whole

        class Limited(httpx2.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                total = 0
                async for chunk in stream:
                    total += len(chunk)
                    if total > _BYTES:
                        raise TooLongError
                    yield chunk

            async def aclose(self) -> None:
                await stream.aclose()

        response.stream = Limited()

    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(None, connect=connect),  # tokens are waited for by ourselves
        trust_env=False,
        follow_redirects=False,
        verify=_trust(),
        event_hooks={"response": [limit]},
    )


@cache
def unused_client() -> "httpx2.Client":
    """Return the client of calls that nobody makes; without one, one would be made for every question."""
    # Late, as above.
    import httpx2

    return httpx2.Client(trust_env=False, verify=_trust())
