"""Opening what a service needs: the index that serves, the state, and the WeCom channel where one is set."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.conversation import Citation
from bot.llm import Llm
from bot.llm_settings import LlmSettings
from bot.serving import Base, Serving
from bot.settings import BotSettings
from bot.state.database import State
from bot.web.limits import Limits, TooManyAsksError
from bot.web.links import citation_link
from bot.web.site import Site
from bot.wecom.service import Service, open_service
from bot.wecom.settings import WecomSettings
from bot.wecom.wording import Link
from index.ready import ready_index
from index.settings import Settings

EXAMPLES = 3  # questions the bot greets with


def open_state(settings: Settings, bot: BotSettings) -> State:
    """Open the state database of a site. Raises StateError."""
    return State(bot.database or str(settings.home / "state.sqlite"))


@contextmanager
def open_site(
    documents: Path | None,
    folder: Path | None,
    settings: Settings,
    bot: BotSettings,
    llm: LlmSettings | None = None,
) -> Iterator[Site]:
    """Open a site on an index that is up to date; close it in the end. ``llm`` names the model that writes
    the answers, None where they are taken from the documents as they are.

    Raises what ``ready_index`` raises, and StateError.
    """
    documents = documents or settings.documents
    index = ready_index(documents, folder, settings)
    serving = Serving.of(index, Llm(llm) if llm else None)
    try:
        state = open_state(settings, bot)
        try:
            state.seen.note(index.documents)
            yield Site(
                serving,
                state,
                index.folder,
                documents,
                settings.embedding_model,
                bot.asks_per_minute,
                bot.access,
            )
        finally:
            state.close()
    finally:
        serving.close()


@contextmanager
def running_wecom(site: Site, wecom: WecomSettings, public_url: str) -> Iterator[list[Service]]:
    """Run the WeCom channel of a site where one is set."""
    if not wecom.modes:
        yield []
        return
    service = _channel(site, wecom, public_url)
    service.start()
    try:
        yield [service]
    finally:
        service.stop()


def _channel(site: Site, wecom: WecomSettings, public_url: str) -> Service:
    limits = Limits(site.asks_per_minute)

    def too_often(person: str) -> bool:
        try:
            with limits.asking(person):
                return False
        except TooManyAsksError:
            return True

    return open_service(wecom, site.serving, site.state, _links(public_url), _examples(site), too_often)


def _links(public_url: str) -> Callable[[Base], Link]:
    """Return where citations stand on the web page; nowhere where its address is not set."""

    def links(base: Base) -> Link:
        def link(citation: Citation) -> str:
            home = base.documents.get(citation.document_id)
            return f"{public_url}{citation_link(home, citation)}" if public_url else ""

        return link

    return links


def _examples(site: Site) -> Callable[[], tuple[str, ...]]:
    def examples() -> tuple[str, ...]:
        with site.serving.base() as base:
            return base.first_questions[:EXAMPLES]

    return examples
