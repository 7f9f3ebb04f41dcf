"""What each event of the chat makes its parts show."""

from datetime import UTC, datetime

from bot.conversation import Answer, Turn
from bot.state.records import Conversation, KeptTurn
from bot.web import scenes
from bot.web.talks import Opened
from index.document import Scope
from prompts import interface
from tests.page_fakes import ANSWER, DOCUMENTS, asked

BY_ID = {d.id: d for d in DOCUMENTS}
ZH = interface("zh")
HERE = Conversation("c1", "li", "题", Scope(), datetime(2026, 5, 20, tzinfo=UTC))


def opened(turns: int, votes: dict[int, bool] | None = None) -> Opened:
    """Return a conversation of so many turns, numbered from 1 in the log."""
    kept = tuple(KeptTurn(n, Turn(asked(f"问{n}？"), ANSWER)) for n in range(1, turns + 1))
    return Opened(HERE, kept, votes or {})


def test_a_conversation_shows_all_turns_and_the_last_ones_citations() -> None:
    """Turns keep their numbers; only the last can be asked anew; a thumb given stands on its turn."""
    shown = scenes.conversation_page(opened(3, {2: True}), BY_ID, ZH)

    assert [n for n in (1, 2, 3) if f'id="turn-{n}"' in shown["past"]] == [1, 2]
    assert 'id="turn-3"' in shown["current"]
    assert "retry" not in shown["past"]
    assert 'class="retry" value="3"' in shown["current"]
    assert shown["past"].count("given") == 1
    assert '/conversations/c1/turns/2/feedback" title="有帮助"' in shown["past"].replace("&#47;", "/")
    assert 'id="cite-3-1"' in shown["cards"]
    assert shown["conversation"] == "c1"


def test_a_very_long_conversation_shows_its_end() -> None:
    """The first turns of a very long conversation are left out, which is said; the numbers stay true."""
    many = scenes.MOST_SHOWN + 10
    shown = scenes.conversation_page(opened(many), BY_ID, ZH)

    assert f"只显示最近 {scenes.MOST_SHOWN} 轮" in shown["past"]
    assert 'id="turn-1"' not in shown["past"]
    assert f'id="turn-{many - 1}"' in shown["past"]
    assert f'id="turn-{many}"' in shown["current"]


def test_an_answer_without_citations_says_so() -> None:
    """The panel does not keep the citations of the answer before."""
    refused = KeptTurn(1, Turn(asked("问？"), Answer("没有。", refused=True)))

    assert "没有查到可以引用的原文" in scenes.conversation_page(Opened(HERE, (refused,)), BY_ID, ZH)["cards"]


def test_a_page_keeps_the_name_of_a_conversation_that_cannot_be_read() -> None:
    """A state that fails for a while does not part the page from its conversation."""
    assert "conversation" not in scenes.past(Opened(trouble="磁盘坏了。"), (), ZH)
    assert scenes.past(opened(1), (), ZH)["conversation"] == "c1"


def test_scope_line_names_places_years_and_titles() -> None:
    """What is chosen stands on one line; nothing chosen, or nothing left of it, is no line."""
    chosen = Scope(("云溪市", "禾清县"), (2024,), ("rules", "gone"))

    assert "只查：云溪市、禾清县，2024年，《云溪市执法培训办法》" in scenes.scope_line(chosen, BY_ID, ZH)
    assert scenes.scope_line(Scope(), BY_ID, ZH) == ""
    assert scenes.scope_line(Scope(documents=("gone",)), BY_ID, ZH) == ""
