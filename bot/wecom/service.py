"""Putting the WeCom channel together: transports around one desk."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from bot.serving import Base, Serving
from bot.state.database import State
from bot.wecom.answering import Answering
from bot.wecom.api import Api
from bot.wecom.callback import router
from bot.wecom.desk import Desk, Limit, Sink
from bot.wecom.longconn import LongConnection
from bot.wecom.operators import Operators
from bot.wecom.settings import Mode, WecomSettings
from bot.wecom.sinks import ApplicationSink, PolledSink
from bot.wecom.subscription import lease_of
from bot.wecom.wording import Link

LEASE = 90.0  # seconds after which another process may take the long connection of one that has died


@dataclass(frozen=True)
class Service:
    """The channel in one process: ``routes`` are WeCom's callbacks."""

    desk: Desk
    routes: APIRouter
    _api: Api
    _connection: LongConnection | None

    def start(self) -> None:
        """Begin to answer."""
        self.desk.start()
        if self._connection is not None:
            self._connection.start(self.desk)

    def stop(self) -> None:
        """Finish what is in work; what waits is answered after the next start."""
        self.desk.stop()
        if self._connection is not None:
            self._connection.stop()
        self._api.close()


def open_service(
    settings: WecomSettings,
    serving: Serving,
    state: State,
    link: Callable[[Base], Link],
    examples: Callable[[], tuple[str, ...]],
    too_often: Limit,
) -> Service:
    """Make the channel ready to start."""
    api = Api(settings, state.inbox)
    operators = Operators(api.notify)
    sinks: dict[Mode, Sink] = {}
    connection = None
    if Mode.APPLICATION in settings.modes:
        sinks[Mode.APPLICATION] = ApplicationSink(api, operators)
    if Mode.BOT_CALLBACK in settings.modes:
        sinks[Mode.BOT_CALLBACK] = PolledSink(api, operators)
    if Mode.LONG_CONNECTION in settings.modes:
        name, holder = lease_of(settings), uuid.uuid4().hex
        connection = LongConnection(
            settings,
            operators,
            lambda: state.inbox.hold(name, holder, LEASE),
            lambda: state.inbox.hold(name, holder, 0.0),
        )
        sinks[Mode.LONG_CONNECTION] = connection
    answering = Answering(serving, state, settings, link, examples)
    desk = Desk(state.inbox, answering, state.feedback, sinks, too_often)
    return Service(desk, router(desk, settings), api, connection)
