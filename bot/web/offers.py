"""What the chat offers to ask: questions drawn from the documents, and questions to go on with."""

from collections.abc import Sequence

from bot.conversation import Turn
from bot.serving import Base
from bot.suggest import follow_ups
from index.document import Scope


class Offered:
    """Offers what the base is sure to answer."""

    def first(self, base: Base) -> Sequence[str]:
        """Return questions to begin with."""
        return base.first_questions

    def following(self, base: Base, history: Sequence[Turn], scope: Scope) -> Sequence[str]:
        """Return questions to go on with after the last turn."""
        return follow_ups(base.extractive, history, scope)
