"""Counts of what the service does, for Prometheus. No question, no name and no address is among them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.state.records import Channel

_SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60)


class Meter:
    """The counts of one application. Safe to use from many threads."""

    CONTENT_TYPE = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        """Start at nothing."""
        self._registry = registry = CollectorRegistry()
        self._questions = Counter(
            "youju_questions", "Questions by what became of them", ["channel", "outcome"], registry=registry
        )
        self._first = Histogram(
            "youju_first_text_seconds",
            "Seconds from a question to the first words of its answer",
            ["channel"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._whole = Histogram(
            "youju_answer_seconds",
            "Seconds from a question to its whole answer",
            ["channel"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._running = Gauge(
            "youju_questions_running", "Questions being answered now", ["channel"], registry=registry
        )
        self._feedback = Counter("youju_feedback", "Thumbs up and down", ["thumb"], registry=registry)
        self._requests = Counter(
            "youju_http_requests",
            "HTTP requests by route and status",
            ["method", "route", "status"],
            registry=registry,
        )
        self._documents = Gauge("youju_documents", "Documents in the index that serves", registry=registry)
        self._passages = Gauge("youju_passages", "Passages in the index that serves", registry=registry)
        self._age = Gauge(
            "youju_index_age_seconds", "Seconds since the index that serves was built", registry=registry
        )

    @contextmanager
    def answering(self, channel: Channel) -> Iterator[None]:
        """Count a question as running for as long as it is answered."""
        running = self._running.labels(channel)
        running.inc()
        try:
            yield
        finally:
            running.dec()

    def answered(self, channel: Channel, refused: bool, first_seconds: float, seconds: float) -> None:
        """Count a question that was answered, or refused for want of evidence, and how long it took."""
        self._questions.labels(channel, "refused" if refused else "answered").inc()
        self._first.labels(channel).observe(first_seconds)
        self._whole.labels(channel).observe(seconds)

    def failed(self, channel: Channel) -> None:
        """Count a question that an error of ours left without an answer."""
        self._questions.labels(channel, "failed").inc()

    def turned_away(self, channel: Channel) -> None:
        """Count a question that was not taken, because its asker had asked too many."""
        self._questions.labels(channel, "turned_away").inc()

    def judged(self, good: bool) -> None:
        """Count a thumb."""
        self._feedback.labels("up" if good else "down").inc()

    def requested(self, method: str, route: str, status: int) -> None:
        """Count an HTTP request; ``route`` is the template of its path, never the path."""
        self._requests.labels(method, route, str(status)).inc()

    def holds(self, documents: int, passages: int, built: float) -> None:
        """Note what the index that serves holds and when, in seconds since 1970, it was built."""
        self._documents.set(documents)
        self._passages.set(passages)
        self._age.set(max(0.0, time.time() - built))

    def text(self) -> bytes:
        """Return all counts as Prometheus reads them."""
        return generate_latest(self._registry)
