"""A run as it is kept: a folder, or the one file of ``run --json``; read back as the value it was.

The folder holds ``run.json`` (what was asked of what, settings, versions, times), ``cases.jsonl`` (each
question with its answer and scores) and ``answers.jsonl`` (the answers alone, in the batch contract).
"""

import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from eval.cases import Case, CaseError, Gold
from eval.metrics import Cited, Judgement, Modelled, Reply
from eval.run import FORMAT, Outcome, Run, run_record
from index.document import Document

RUN, CASES, ANSWERS = "run.json", "cases.jsonl", "answers.jsonl"
_LIBRARIES = (
    "youju",
    "numpy",
    "scipy",
    "scikit-learn",
    "tantivy",
    "chromadb",
    "sentence-transformers",
    "torch",
)
_PROGRAM = ("index", "bot", "prompts")
_SOURCES = (".py", ".txt", ".toml", ".json", ".md", ".safetensors")


@dataclass(frozen=True, slots=True)
class Kept:
    """A run read back. ``about`` is how it was made; empty where the file does not say."""

    name: str
    run: Run
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def holdings(self) -> Mapping[str, Mapping[str, Any]]:
        """What is known of each file asked about: its titles, places and years."""
        holdings: Mapping[str, Mapping[str, Any]] = self.about.get("holdings", {})
        return holdings


def about(documents: Sequence[Document], settings: Mapping[str, object], seconds: float) -> dict[str, Any]:
    """Return how a run was made: when, with which settings and versions, in how many seconds, of what."""
    holdings: dict[str, dict[str, list[Any]]] = {}
    for document in documents:
        held = holdings.setdefault(document.source, {"titles": [], "places": [], "years": []})
        for name, values in (
            ("titles", (document.title,)),
            ("places", (document.place,)),
            ("years", document.years),
        ):
            held[name] += [value for value in values if value and value not in held[name]]
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "settings": {
            name: value if isinstance(value, list) else str(value) for name, value in settings.items()
        },
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in _LIBRARIES},
            "program": _program(),
        },
        "holdings": holdings,
    }


def claim(folder: Path) -> None:
    """Make the folder of a run, before anything is asked. Raises CaseError where it holds something."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as error:
        raise CaseError(f"{folder} 用不了（{error.strerror}）。请检查磁盘和权限后重试。") from error
    if taken:
        raise CaseError(f"{folder} 里已有东西，请换一个新文件夹，免得覆盖。")


def keep(run: Run, how: Mapping[str, Any], folder: Path) -> None:
    """Write a run into a folder of its own. Raises CaseError where that holds something, or no room."""
    claim(folder)
    record = run_record(run)
    cases = record.pop("cases")
    assert isinstance(cases, list)
    answers = [
        {
            "id": outcome.case.id,
            "answer": outcome.reply.text,
            "refused": outcome.reply.refused,
            "reason": outcome.reply.reason,
            "citations": [asdict(cited) for cited in outcome.reply.citations],
            "seconds": outcome.reply.seconds,
            **({"model": asdict(outcome.reply.model)} if outcome.reply.model else {}),
        }
        for outcome in run.outcomes
    ]
    try:
        (folder / CASES).write_text(_lines(cases), encoding="utf-8")
        (folder / ANSWERS).write_text(_lines(answers), encoding="utf-8")
        # Last: a folder without it is no run, so half a run is never taken for one.
        whole = json.dumps({**record, "about": dict(how)}, ensure_ascii=False, indent=1)
        (folder / RUN).write_text(whole + "\n", encoding="utf-8")
    except OSError as error:
        raise CaseError(f"评测结果写不进 {folder}（{error.strerror}）。请检查磁盘和权限后重试。") from error


def read_kept(path: Path) -> Kept:
    """Read a run folder or file. Raises CaseError where it is none of this version."""
    try:
        record = json.loads((path / RUN if path.is_dir() else path).read_text(encoding="utf-8"))
        if path.is_dir() and isinstance(record, dict):
            lines = (path / CASES).read_text(encoding="utf-8").split("\n")
            record["cases"] = [json.loads(line) for line in lines if line]
    except (OSError, ValueError) as error:
        raise CaseError(f"读不了评测结果 {path}：{error}") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise CaseError(f"{path} 不是这一版 python -m eval run 写出的结果，请重新评测一次。")
    try:
        run = Run(
            outcomes=tuple(map(_outcome, record["cases"])),
            questions=record["questions"],
            documents={source: tuple(ids) for source, ids in record["documents"].items()},
            unresolved=tuple(record["unresolved"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise CaseError(
            f"评测结果 {path} 不完整（{type(error).__name__}: {error}），请重新评测一次。"
        ) from error
    return Kept(path.name, run, record.get("about", {}))


def _outcome(record: Mapping[str, Any]) -> Outcome:
    reply, judgement, ranks = record["reply"], record["judgement"], record["ranks"]
    own = {name: record[name] for name in Case.__dataclass_fields__ if name in record}
    model = reply.get("model")
    cited = tuple(Cited(**{**one, "path": tuple(one["path"])}) for one in reply["citations"])
    return Outcome(
        case=Case(**{**own, "gold": _golds(own["gold"]), "forbidden": tuple(own["forbidden"])}),
        reply=Reply(**{**reply, "citations": cited, "model": Modelled(**model) if model else None}),
        judgement=Judgement(
            **{
                **judgement,
                "missing": tuple(map(tuple, judgement["missing"])),
                "uncited": _golds(judgement["uncited"]),
                "forbidden": tuple(judgement["forbidden"]),
                "altered": tuple(judgement["altered"]),
            }
        ),
        ranks=None if ranks is None else tuple(ranks),
        counts={name: (part, whole) for name, (part, whole) in record["counts"].items()},
    )


def _golds(records: Iterable[Mapping[str, Any]]) -> tuple[Gold, ...]:
    return tuple(
        Gold(one["source"], tuple(one["path"]), tuple(map(tuple, one["facts"])), one["optional"])
        for one in records
    )


def _lines(records: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def _program() -> str:
    """Return a hash of what answers, words and weights included: two runs of the same have the same."""
    digest = sha256()
    root = Path(__file__).resolve().parents[1]
    for folder in _PROGRAM:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in _SOURCES:
                digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]
