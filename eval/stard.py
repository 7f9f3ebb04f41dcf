"""Law questions of the STARD benchmark, rewritten as question files over a folder of laws.

Its corpus names an article ``law@date#article``; a folder of laws has files and paths. Which file is
which law is decided by the articles themselves: the law whose articles most of the file's articles
begin like. The questions are cut in two halves with no article in both: ``stard_training.jsonl`` to
fit on, ``stard_unseen.jsonl`` to judge by.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.cases import ALL, CaseError
from index.document import Document
from index.train.split import TRAINING, UNSEEN, halves

BEGINNING = 25  # characters by which an article is known again
Place = tuple[str, tuple[str, ...]]  # a file, and the path of an article in it


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the benchmark and the ids of the articles that answer it."""

    id: str
    question: str
    gold: tuple[str, ...]


def write_stard(source: Path, documents: Sequence[Document], out: Path) -> dict[str, int]:
    """Write both halves into a folder; return how many questions each has, and those left out because
    none of their articles is in the documents.
    """
    asked, corpus = _read(source)
    places = article_places(corpus, documents)
    half = halves({one.id: one.gold for one in asked})
    lines: dict[str, list[str]] = {TRAINING: [], UNSEEN: []}
    for one in asked:
        found = [places[gold] for gold in one.gold if gold in places]
        if found:
            lines[half[one.id]].append(_line(one, found))
    if not any(lines.values()):
        raise CaseError(f"{source} 的题目没有一道在这些文件里有依据，请检查 --documents。")
    out.mkdir(parents=True, exist_ok=True)
    for name, written in lines.items():
        (out / f"stard_{name}.jsonl").write_text("".join(written), "utf-8")
    counts = {name: len(written) for name, written in lines.items()}
    return counts | {"left out": len(asked) - sum(counts.values())}


def article_places(corpus: Sequence[tuple[str, str]], documents: Sequence[Document]) -> dict[str, Place]:
    """Return where in the documents each article of a corpus of (id, text) stands, as far as it does."""
    laws: dict[tuple[str, str], list[str]] = defaultdict(list)
    for identity, text in corpus:
        law, _, label = identity.rpartition("#")
        laws[label, _beginning(text)].append(law)
    places: dict[str, Place] = {}
    for document in documents:
        articles = dict(_articles(document))
        votes = Counter(
            law for path, words in articles.items() for law in laws.get((path[-1], _beginning(words)), ())
        )
        for law, _ in votes.most_common(1):
            for path in articles:
                cited = (document.part, *path) if document.part else path
                places.setdefault(f"{law}#{path[-1]}", (document.source, cited))
    known = {identity for identity, _ in corpus}
    return {identity: place for identity, place in places.items() if identity in known}


def _articles(document: Document) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the path of each article and its words without the label."""
    for section in document.sections:
        if section.article and section.article == section.path:
            words = "".join(document.section_text(section).split())
            yield section.path, words.removeprefix(section.path[-1])


def _beginning(text: str) -> str:
    return "".join(text.split())[:BEGINNING]


def _read(source: Path) -> tuple[list[Asked], list[tuple[str, str]]]:
    try:
        gold: dict[str, list[str]] = defaultdict(list)
        for line in (source / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
            question, article, _ = line.split("\t")
            gold[question].append(article)
        queries = [json.loads(line) for line in (source / "queries.jsonl").read_text("utf-8").splitlines()]
        with gzip.open(source / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
            corpus = [(str(one["id"]), str(one["text"])) for one in map(json.loads, lines)]
        asked = [Asked(one["qid"], one["question"], tuple(gold[one["qid"]])) for one in queries]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CaseError(
            f"{source} 里要有 queries.jsonl、qrels.tsv 和 corpus.jsonl.gz，读不了：{error}"
        ) from error
    return [one for one in asked if one.gold], corpus


def _line(asked: Asked, places: Sequence[Place]) -> str:
    record = {
        "id": asked.id,
        "question": asked.question,
        "lang": "zh",
        "kind": "law",
        "answerable": True,
        "need": ALL,
        "gold": [{"doc": doc, "path": path, "facts": [], "optional": False} for doc, path in places],
    }
    return json.dumps(record, ensure_ascii=False) + "\n"
