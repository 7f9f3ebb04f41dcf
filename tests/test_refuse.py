"""Why a question is refused."""

from dataclasses import replace

from bot.conversation import Concept
from bot.refuse import reason
from tests.findings import finding
from tests.questions import asked


def test_an_english_question_of_which_only_a_year_is_understood_is_refused() -> None:
    """Who won the cup in 2022: many a document speaks of 2022."""
    year, cup, plan = (Concept((word,), 3.0) for word in ("2022", "cup", "方案"))
    asking = replace(asked("who won the cup in 2022"), language="en")
    found = [finding("云岭县", "2022年底前完成。")]

    assert reason(replace(asking, concepts=(cup, year)), found) == "nothing"
    assert reason(replace(asking, concepts=(cup, year, plan)), found) is None
    assert reason(replace(asking, concepts=(year,)), found) is None
