"""Calling WeCom: tokens fetched once for all, renewed once when refused, errors told with a remedy."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.state.inbox import StoredInbox
from bot.wecom.api import Api, Remedy, UnreachableError, WecomError
from bot.wecom.operators import ONCE_IN, Operators
from bot.wecom.settings import WecomSettings
from index.errors import YoujuError
from tests.wecom_emulator.clock import Clock
from tests.wecom_emulator.platform import AGENT, CORP, LIFE, SECRET, WEBHOOK, Platform
from tests.wecom_fakes import open_inbox


@pytest.fixture
def clock() -> Clock:
    """A clock that stands."""
    return Clock()


@pytest.fixture
def platform(clock: Clock) -> Iterator[Platform]:
    """WeCom on this machine."""
    platform = Platform(clock)
    yield platform
    platform.close()


@pytest.fixture
def settings(platform: Platform) -> WecomSettings:
    """An application of it."""
    return WecomSettings(
        corp_id=CORP, agent_id=AGENT, corp_secret=SECRET, api_base=platform.base, webhook_key=WEBHOOK
    )


@pytest.fixture
def tokens(tmp_path: Path, clock: Clock) -> StoredInbox:
    """Where all processes keep their tokens."""
    return open_inbox(tmp_path, clock)


@pytest.fixture
def api(settings: WecomSettings, tokens: StoredInbox, clock: Clock) -> Iterator[Api]:
    """Our side."""
    api = Api(settings, tokens, clock)
    yield api
    api.close()


def test_a_token_is_fetched_once_for_many_messages(api: Api, platform: Platform) -> None:
    """Asking for a token too often is punished: one serves all messages."""
    for number in range(5):
        api.send("zhang", f"第{number}条")

    assert platform.calls["/cgi-bin/gettoken"] == 1
    assert len(platform.inboxes["zhang"]) == 5


def test_a_token_is_renewed_before_its_end(api: Api, platform: Platform, clock: Clock) -> None:
    """Five minutes before it ends a new one is fetched, not after a refusal."""
    api.send("zhang", "甲")
    clock.pass_(LIFE - 299)
    platform.revoke()
    api.send("zhang", "乙")

    assert platform.calls["/cgi-bin/gettoken"] == 2
    assert platform.calls["/cgi-bin/message/send"] == 2


def test_a_token_taken_back_is_renewed_once(api: Api, platform: Platform) -> None:
    """A token refused before its time is fetched again, and the message sent again, once."""
    api.send("zhang", "甲")
    platform.revoke()
    api.send("zhang", "乙")

    assert platform.inboxes["zhang"] == ["甲", "乙"]
    assert platform.calls["/cgi-bin/gettoken"] == 2


def test_a_token_that_is_never_taken_ends_in_an_error(api: Api, platform: Platform) -> None:
    """A token refused twice is no reason to go on for ever."""
    platform.errors["/cgi-bin/message/send"] = [42001, 42001, 42001]

    with pytest.raises(WecomError) as error:
        api.send("zhang", "甲")

    assert error.value.code == 42001
    assert platform.calls["/cgi-bin/message/send"] == 2


def test_a_token_that_expires_under_load_is_fetched_once_by_all(
    settings: WecomSettings, tokens: StoredInbox, platform: Platform, clock: Clock
) -> None:
    """Twenty threads of four processes' stores find their token gone: one of them fetches the next."""
    apis = [Api(settings, tokens, clock) for _ in range(4)]
    apis[0].send("warm", "甲")
    platform.revoke()
    ready = threading.Barrier(20)
    failed: list[YoujuError] = []

    def send(number: int) -> None:
        ready.wait()
        try:
            apis[number % 4].send(f"user-{number}", "乙")
        except YoujuError as error:
            failed.append(error)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in apis:
        one.close()

    assert failed == []
    assert platform.calls["/cgi-bin/gettoken"] == 2
    assert sum(platform.inboxes[f"user-{number}"] == ["乙"] for number in range(20)) == 20


def test_a_token_that_was_replaced_is_fetched_anew(api: Api, platform: Platform) -> None:
    """40001 to a call means a token that is no longer the newest, which a fresh one mends."""
    platform.errors["/cgi-bin/message/send"] = [40001]
    api.send("zhang", "甲")

    assert platform.inboxes["zhang"] == ["甲"]


@pytest.mark.parametrize(
    ("wrong", "code", "name"),
    [
        ({"corp_secret": "x"}, 40001, "YOUJU_WECOM_CORP_SECRET"),
        ({"corp_id": "x"}, 40013, "YOUJU_WECOM_CORP_ID"),
        ({"agent_id": "9"}, 40056, "YOUJU_WECOM_AGENT_ID"),
    ],
)
def test_a_wrong_setting_is_named(
    settings: WecomSettings, tokens: StoredInbox, clock: Clock, wrong: dict[str, str], code: int, name: str
) -> None:
    """The operator reads which setting to look at, and never the secret."""
    api = Api(replace(settings, **wrong), tokens, clock)  # type: ignore[arg-type]

    with pytest.raises(WecomError, match=name) as error:
        api.send("zhang", "甲")

    assert (error.value.code, error.value.remedy) == (code, Remedy.OPERATOR)
    assert SECRET not in str(error.value)
    api.close()


def test_an_untrusted_address_is_told_with_the_address(api: Api, platform: Platform) -> None:
    """60020 says where to add which address."""
    platform.errors["/cgi-bin/message/send"] = [60020]

    with pytest.raises(WecomError, match=r"企业可信 ?IP.*203\.0\.113\.7"):
        api.send("zhang", "甲")


def test_nobody_reached_is_an_error_though_the_code_is_zero(api: Api, platform: Platform) -> None:
    """A member outside the application's range gets nothing, which must not pass for success."""
    platform.members = {"li"}

    with pytest.raises(WecomError) as error:
        api.send("zhang", "甲")

    assert error.value.remedy is Remedy.DROP


def test_the_same_text_again_arrives_once(api: Api, platform: Platform) -> None:
    """A message sent again after a crash is not read twice."""
    api.send("zhang", "甲")
    api.send("zhang", "甲")

    assert platform.inboxes["zhang"] == ["甲"]


def test_a_late_answer_goes_only_to_wecom(api: Api, platform: Platform) -> None:
    """An address that is not WeCom's gets nothing of ours."""
    api.respond(platform.response_url("c1"), "迟到的回答")

    assert platform.late["c1"] == ["迟到的回答"]
    for url in (
        "https://evil.example/x",
        platform.base.replace("127.0.0.1", "127.0.0.2"),
        "file:///etc/passwd",
    ):
        with pytest.raises(UnreachableError):
            api.respond(url, "秘密")


def test_an_unreachable_wecom_is_told_without_the_secret(
    settings: WecomSettings, tokens: StoredInbox
) -> None:
    """A connection refused is said in plain words; the address called, which holds the secret, is not."""
    api = Api(replace(settings, api_base="http://127.0.0.1:1"), tokens)

    with pytest.raises(UnreachableError, match="连不上企业微信") as error:
        api.send("zhang", "甲")

    assert SECRET not in str(error.value)
    assert error.value.__cause__ is None
    api.close()


def test_operators_are_told_once_an_hour(api: Api, platform: Platform) -> None:
    """The same trouble again and again fills the log, not the group."""
    clock = Clock()
    operators = Operators(api.notify, clock)

    for _ in range(3):
        operators.tell("60020", "请加上 IP")
    clock.pass_(ONCE_IN + 1)
    operators.tell("60020", "请加上 IP")
    operators.tell("other", "另一件事")

    assert platform.group == ["有据：请加上 IP", "有据：请加上 IP", "有据：另一件事"]


def test_operators_without_a_group_are_not_an_error(settings: WecomSettings, tokens: StoredInbox) -> None:
    """Where the group's robot cannot be reached, what was to be told is still in the log."""
    api = Api(replace(settings, webhook_key="wrong"), tokens)

    Operators(api.notify).tell("x", "出事了")
    api.close()
