"""What a language model costs: the tokens it reads and writes, and what they come to."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.conversation import Draft
from bot.llm import Llm, Message, tokens
from eval.metrics import Modelled
from eval.run import Outcome

_MILLION = 1_000_000  # tokens that a price is for


@dataclass
class MeteredLlm(Llm):
    """A model whose tokens are counted as ``bot.llm.tokens`` reckons them, at most; thoughts are not seen.
    For one question after the other.
    """

    _read: int = field(default=0, init=False)
    _written: int = field(default=0, init=False)

    def stream(self, messages: Sequence[Message], most: int) -> Generator[str, None, None]:
        """Yield the answer as the model does. Raises LlmError."""
        self._read += sum(tokens(message.content) for message in messages)
        for delta in super().stream(messages, most):
            self._written += tokens(delta)
            yield delta

    def used(self, draft: Draft | None) -> Modelled | None:
        """Return what the model did since it was last asked for; None where it was not asked."""
        read, written, self._read, self._written = self._read, self._written, 0, 0
        if not read:
            return None
        left_out, trouble = (len(draft.left_out), draft.trouble) if draft else (0, "")
        return Modelled(self.settings.model, read, written, left_out, trouble)


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, read and written, in whatever currency."""

    read: float
    written: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run's models did: questions they were asked for, tokens, and money where there is a price."""

    questions: int
    read: int
    written: int
    money: float | None

    def __str__(self) -> str:
        """Say it in a sentence."""
        each = (self.read + self.written) / self.questions
        money = (
            "" if self.money is None else f"，花费 {self.money:.2f}，每题 {self.money / self.questions:.4f}"
        )
        return (
            f"语言模型：问到 {self.questions} 题，读约 {self.read} 个 token，写约 {self.written} 个，"
            f"每题约 {each:.0f} 个{money}"
        )


def cost(outcomes: Sequence[Outcome], price: Mapping[str, float] | None) -> Cost | None:
    """Return what the models of some outcomes did; None where none was asked. ``price`` as a run keeps it."""
    models = [outcome.reply.model for outcome in outcomes if outcome.reply.model]
    if not models:
        return None
    read, written = sum(one.read for one in models), sum(one.written for one in models)
    money = (read * price["read"] + written * price["written"]) / _MILLION if price else None
    return Cost(len(models), read, written, money)
