"""Answers that a language model writes over what the engine found, every sentence held against it; the
engine's own answer wherever the model is not asked, fails, or writes nothing that stands.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from secrets import token_hex

from bot.compose import decision, lines, unanswered
from bot.conversation import Answer, Citation, Draft, Kind, Question, Turn
from bot.denial import denied
from bot.engine import Engine
from bot.extract import Finding
from bot.generate import Written, generate
from bot.holdings import Holdings
from bot.inquiry import Inquiry
from bot.llm import Llm, LlmError, Message, tokens
from bot.llm_settings import Use
from bot.material import material, messages
from bot.rephrase import rephrased, standing_alone
from bot.verdict import Verdict
from index.document import Scope
from prompts import sentences
from prompts.model import check, prompt

_ANSWER = 4000  # tokens an answer may have, the thoughts of a reasoning model included, but no more than
_SHARE = 4  # of the context: a quarter
_SPARE = 200  # tokens of the context for what the prompt adds around question and material
_JUDGEMENT = 300  # tokens a judgement may have, the thoughts of a reasoning model included


@dataclass(frozen=True, slots=True)
class _Found:
    """The engine's own answer with what became of each question, since when it was looked for, and what went
    wrong with the model meanwhile.
    """

    turn: Turn
    followed: list[Inquiry]
    began: float
    trouble: str = ""


class ModelEngine:
    """An engine whose answers a model writes. Safe to use from several threads; asks like ``Engine``.

    Raises PromptError where a prompt file is not as it must be.
    """

    def __init__(self, extractive: Engine, llm: Llm) -> None:
        check()
        self.extractive = extractive
        self._llm = llm
        self._prompt = prompt("answer")
        self._judge_prompt = prompt("judge")

    @property
    def holdings(self) -> Holdings:
        """What may answer."""
        return self.extractive.holdings

    def understand(self, text: str, history: Sequence[Turn] = ()) -> Question:
        """Return the question as understood, as the engine does."""
        return self.extractive.understand(text, history)

    def findings(self, question: Question, scope: Scope | None = None) -> list[Finding]:
        """Return every candidate for the answer, best first."""
        return self.extractive.findings(question, scope)

    def ask(self, text: str, history: Sequence[Turn] = (), scope: Scope = Scope()) -> Turn:  # noqa: B008 - frozen
        """Answer a question; never raises for any text, whatever the model does."""
        return self.follow(text, history, scope)[0]

    def follow(
        self,
        text: str,
        history: Sequence[Turn] = (),
        scope: Scope = Scope(),  # noqa: B008 - frozen
    ) -> tuple[Turn, list[Inquiry]]:
        """Answer, and return beside the turn what became of each question in the text."""
        found = self._found(text, history, scope)
        *_, whole = self._written(found)
        return whole, found.followed

    def stream(
        self,
        text: str,
        history: Sequence[Turn] = (),
        scope: Scope = Scope(),  # noqa: B008 - frozen
    ) -> Generator[Turn, None, None]:
        """Yield snapshots of the turn whose answer grows by verified sentences; the last one is whole. While
        the model works the snapshot before comes again, empty at first: closing the iterator then ends the
        model's work.
        """
        with closing(self._written(self._found(text, history, scope))) as turns:
            yield from turns

    def _found(self, text: str, history: Sequence[Turn], scope: Scope) -> _Found:
        """Answer without the model's words, but with its help in looking, where that is wanted."""
        began = time.perf_counter()
        try:
            return _Found(*self._helped(text, history, scope), began)
        except LlmError as error:
            return _Found(*self.extractive.follow(text, history, scope), began, str(error.trouble))

    def _helped(self, text: str, history: Sequence[Turn], scope: Scope) -> tuple[Turn, list[Inquiry]]:
        uses = self._llm.settings.uses
        if Use.REWRITE in uses and history:
            alone = standing_alone(self._llm, text, history)
            if alone:
                turn, followed = self.extractive.follow(alone, (), scope)
                if not turn.answer.refused:
                    return turn, followed
        turn, followed = self.extractive.follow(text, history, scope)
        if Use.QUERIES in uses and followed and _may_gain(turn, followed):
            variants = rephrased(self._llm, text)
            if variants:
                turn, followed = self.extractive.follow(text, history, scope, variants)
        return turn, followed

    def _written(self, found: _Found) -> Generator[Turn, None, None]:
        """Yield the turn growing as the model writes; the turn itself where it is not asked. After trouble it
        is not asked again.
        """
        turn, followed, trouble = found.turn, found.followed, found.trouble
        if not _for_a_model(turn, followed):
            yield _timed(turn, found.began)
            return
        written, head = Written(), [turn.question.note] if turn.question.note else []
        if not trouble:
            shown = replace(turn, answer=Answer(""))
            try:
                for so_far in self._generated(turn.question, followed):
                    if so_far.lines != written.lines:
                        told = [*head, *_decided(so_far, followed)]
                        shown = _timed(_grown(turn, told, so_far), found.began)
                    written = so_far
                    yield shown
            except LlmError as error:
                trouble = str(error.trouble)
        draft = Draft(self._llm.settings.model, written.left_out, trouble)
        yield _timed(_whole(turn, followed, head, written, draft), found.began)

    def _generated(self, question: Question, followed: Sequence[Inquiry]) -> Generator[Written, None, None]:
        """Yield what stands of the model's answer. Raises LlmError."""
        context = self._llm.settings.context
        most = min(_ANSWER, context // _SHARE)
        room = context - most - tokens(self._prompt.system + question.text) - _SPARE
        sources = material(followed, room)
        with closing(self._llm.stream(messages(self._prompt, question, sources), most)) as deltas:
            yield from generate(deltas, sources, self._judge)

    @property
    def _judge(self) -> Callable[[str, Sequence[Citation]], bool] | None:
        return self._supported if Use.JUDGE in self._llm.settings.uses else None

    def _supported(self, sentence: str, cited: Sequence[Citation]) -> bool:
        """Ask the model whether quotes support a sentence. Raises LlmError."""
        quotes = "\n".join(f"{citation}（{citation.place}）：{citation.quote}" for citation in cited)
        asked = self._judge_prompt.fill(fence=f"引文{token_hex(4)}", passage=quotes, sentence=sentence)
        told = (Message("system", self._judge_prompt.system), Message("user", asked))
        return self._llm.write(told, _JUDGEMENT).startswith("支持")


def _timed(turn: Turn, began: float) -> Turn:
    return replace(turn, answer=replace(turn.answer, seconds=round(time.perf_counter() - began, 4)))


def _for_a_model(turn: Turn, followed: Sequence[Inquiry]) -> bool:
    """Tell whether a model is asked: of an answer there is, in Chinese, that is more than words to look up.
    What is denied of a question, the particulars of a document and a clause called by its number stand
    best in the document's own words; what is said in English cannot be held against Chinese.
    """
    answered = [inquiry for inquiry in followed if inquiry.shown]
    return (
        bool(answered)
        and not turn.answer.refused
        and turn.question.language == "zh"
        and all(inquiry.choices and not inquiry.question.address for inquiry in answered)
        and not any(inquiry.question.kind is Kind.METADATA or denied(inquiry) for inquiry in answered)
    )


def _may_gain(turn: Turn, followed: Sequence[Inquiry]) -> bool:
    """Tell whether other words may find more: of an English question, and of one with no answer in sight."""
    return turn.question.language == "en" or followed[0].reason in ("nothing", "not_stated")


def _decided(written: Written, followed: Sequence[Inquiry]) -> Iterator[str]:
    """Yield the lines, the first with the yes or no before it that the engine, not the model, says."""
    first, *rest = written.lines
    inquiry = next(inquiry for inquiry in followed if inquiry.shown)
    shown = inquiry.shown[0]
    if inquiry.question.kind is Kind.YESNO and len({f.document.place for f in inquiry.shown}) == 1:
        cited = written.citations[0]
        if cited.document_id == shown.document.id and cited.section_start == shown.home.start:
            _, said = decision(inquiry.question, cited.quote)
            if said is not Verdict.UNCLEAR:
                first = sentences()[f"verdict_{said}"] + first
    yield from (first, *rest)


def _grown(turn: Turn, shown: Sequence[str], written: Written) -> Turn:
    answer = replace(turn.answer, text="\n".join(shown), citations=written.citations, suggestions=())
    return replace(turn, answer=answer)


def _whole(
    turn: Turn, followed: Sequence[Inquiry], head: Sequence[str], written: Written, draft: Draft
) -> Turn:
    """Return the turn whole: where nothing stands the engine's answer, where something is missing the
    engine's lines for it, and a line that says so.
    """
    if not written.lines:
        name = "model_failed" if draft.trouble else "model_nothing"
        said = sentences()[name].format(trouble=draft.trouble)
        return replace(turn, answer=replace(turn.answer, text=f"{turn.answer.text}\n{said}", draft=draft))
    shown = [*head, *_decided(written, followed)]
    missing = _missing(turn.answer, written) if draft.trouble or draft.left_out else ()
    if missing:
        shown += [
            sentences()["model_beside"],
            *lines(replace(turn.question, kind=Kind.WHAT, note=""), missing),
        ]
    # What the engine says of parts and places without an answer is true whoever writes.
    shown += [line for line in turn.answer.text.splitlines() if line in _silences(turn, followed)]
    if draft.left_out:
        shown.append(sentences()["model_left_out"].format(count=len(draft.left_out)))
    if draft.trouble:
        shown.append(sentences()["model_cut"].format(trouble=draft.trouble))
    shown.append(sentences()["model_wrote"])
    answer = replace(
        turn.answer, text="\n".join(shown), citations=(*written.citations, *missing), draft=draft
    )
    return replace(turn, answer=answer)


def _missing(extractive: Answer, written: Written) -> tuple[Citation, ...]:
    """Return the engine's citations that nothing written rests on, numbered on."""
    left = [
        citation
        for citation in extractive.citations
        if not any(
            own.document_id == citation.document_id and own.start < citation.end and citation.start < own.end
            for own in written.citations
        )
    ]
    return tuple(replace(c, n=n) for n, c in enumerate(left, len(written.citations) + 1))


def _silences(turn: Turn, followed: Sequence[Inquiry]) -> set[str]:
    """Return the lines that say what was not found: places asked of, and parts of the question."""
    silent = {sentences()["silent"].format(place=place) for place in turn.question.scope.places}
    return silent | {unanswered(inquiry.question) for inquiry in followed[1:] if not inquiry.shown}
