"""Watching answers grow without holding up anybody else."""

from collections.abc import AsyncIterator

from anyio import CancelScope, to_thread

from bot.web.api.clerk import Effort
from bot.web.asking import Step

_PAUSE = 0.1  # seconds between two snapshots of an answer


async def growing(effort: Effort) -> AsyncIterator[Step]:
    """Yield how far an answer is, its end last. Whoever stops looking stops the answer as it stands."""
    watching, threads = effort.asking.watch(_PAUSE), effort.clerk.threads
    done = False
    try:
        while not done:
            step = await to_thread.run_sync(next, watching, abandon_on_cancel=True, limiter=threads)
            done = step.done
            yield step
    finally:
        if not done:
            with CancelScope(shield=True):
                await to_thread.run_sync(effort.asking.stop, "")


async def end(effort: Effort) -> Step:
    """Return the end of an answer, whether or not anybody still waits for it."""
    watching = effort.asking.watch(3600)
    return await to_thread.run_sync(lambda: [*watching][-1], limiter=effort.clerk.threads)
