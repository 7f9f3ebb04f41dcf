"""The log on stderr: lines for people, or JSON lines for machines and for audits.

A record is one line whatever its words hold, and of an error only its kind and the place in the program
are written: its message may quote what somebody asked.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

from bot.settings import LogKind

Fact = str | int | float | bool | None
_ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

# What could end a line, turn it round, drive a terminal, or not be written at all.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MOST_FRAMES = 8


def set_up(kind: LogKind, stream: TextIO | None = None) -> None:
    """Write every record of the program to ``stream``, stderr where none is given, and nowhere else.

    As text only warnings and errors are written; as JSON every request and every event as well.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if kind is LogKind.JSON else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(logging.INFO if kind is LogKind.JSON else logging.NOTSET)


def note(logger: logging.Logger, level: int, event: str, **facts: Fact) -> None:
    """Log an event with its facts. Facts are never words of a question, of a document, or secrets."""
    logger.log(level, event, extra={"facts": facts})


class JsonLines(logging.Formatter):
    """One JSON object a line: time in UTC, level, event, the facts, the error."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_facts(record),
        }
        if record.exc_info:
            line["error"] = _error(record.exc_info)
        text = json.dumps(line, ensure_ascii=False, default=str)
        return _escaped(text)


class TextLines(logging.Formatter):
    """One line for people: time of day here, level, event, facts, the error."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        time = datetime.fromtimestamp(record.created).astimezone()
        parts = [f"{time:%H:%M:%S}", record.levelname, record.getMessage()]
        parts += [f"{name}={value}" for name, value in _facts(record).items()]
        if record.exc_info:
            parts.append(_error(record.exc_info))
        return _escaped(" ".join(parts))


def _escaped(text: str) -> str:
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _facts(record: logging.LogRecord) -> dict[str, Fact]:
    facts: dict[str, Fact] = getattr(record, "facts", {})
    return facts


def _error(info: _ErrorInfo) -> str:
    """Return an error's kind, and those it came from, with the innermost places it passed."""
    kinds, error = [], info[1]
    while error is not None:
        kinds.append(type(error).__name__)
        frames = traceback.extract_tb(error.__traceback__)
        error = error.__cause__ or error.__context__
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-_MOST_FRAMES:]]
    return f"{' ← '.join(kinds)} ({'; '.join(places)})"
