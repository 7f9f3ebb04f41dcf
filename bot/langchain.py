"""The whole assistant as a LangChain runnable: a question in, a verified answer with its citations out."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.utils import AddableDict

from bot.conversation import Answer, Turn
from bot.engine import Engine
from bot.render import record
from bot.replay import replay
from index.document import Scope
from index.ready import ready_index
from index.settings import Settings

Asked = str | Mapping[str, Any]


class Assistant(Runnable[Asked, dict[str, Any]]):
    """Answers a question, or a mapping of ``question`` and ``history``, the questions asked before it.

    The answer is the object of the contract of ``ask --batch``: answer, refused, reason, citations,
    seconds. Streamed, ``answer`` comes in pieces and the rest with the last one; added up they are the
    same.
    """

    def __init__(self, engine: Engine, scope: Scope = Scope()) -> None:  # noqa: B008 - frozen
        self._engine = engine
        self._scope = scope

    def invoke(
        self,
        input: Asked,
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401 - LangChain's signature
    ) -> dict[str, Any]:
        """Return the answer."""
        return self._call_with_config(self._answered, input, config, **kwargs)

    def stream(
        self,
        input: Asked,
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401 - LangChain's signature
    ) -> Iterator[dict[str, Any]]:
        """Yield the answer as it grows."""
        yield from self._transform_stream_with_config(iter([input]), self._grown, config, **kwargs)

    def _answered(self, asked: Asked) -> dict[str, Any]:
        question, history = self._read(asked)
        return record("", self._engine.ask(question, history, self._scope).answer)

    def _grown(self, asked: Iterator[Asked]) -> Iterator[dict[str, Any]]:
        for one in asked:
            question, history = self._read(one)
            shown, last = "", Answer("")
            for turn in self._engine.stream(question, history, self._scope):
                last = turn.answer
                if len(last.text) > len(shown):
                    yield AddableDict(answer=last.text[len(shown) :])
                    shown = last.text
            whole = record("", last)
            del whole["answer"]
            yield AddableDict(whole)

    def _read(self, asked: Asked) -> tuple[str, list[Turn]]:
        if isinstance(asked, str):
            return asked, []
        return asked["question"], replay(self._engine, list(asked.get("history", ())), self._scope)


def assistant(
    documents: str | Path, settings: Settings | None = None, scope: Scope | None = None
) -> Assistant:
    """Open the assistant on a folder of documents; its index is built first where it is missing or stale.

    ``settings`` say where indexes are kept, ``.youju`` where none are given. The index stays open for as
    long as the program runs. Raises what ``index.ready.ready_index`` raises.
    """
    settings = settings or Settings(documents=None, home=Path(".youju"), embedding_model=None)
    return Assistant(Engine(ready_index(Path(documents), None, settings)), scope or Scope())
