"""What the commands share: their options for documents and questions, and the index of a folder opened."""

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

from eval.ablation import Material
from eval.cases import CaseError, read_questions
from index.build import build
from index.models import Reranker
from index.search import Index, open_index
from index.settings import Settings

OK, BROKEN = 0, 1  # exit codes: as wanted, or a floor, a rule or a question is not
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_documents(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which documents are opened."""
    parser.add_argument("--documents", type=Path, required=True, metavar="文件夹", help="文件所在的文件夹")
    parser.add_argument("--index", type=Path, metavar="文件夹", help="索引放在哪里")


def add_questions(parser: argparse.ArgumentParser) -> None:
    """Add the option that says which questions are asked."""
    parser.add_argument(
        "--questions", type=Path, nargs="+", required=True, metavar="文件", help="题目（JSON 行）"
    )


def add_sets(
    parser: argparse.ArgumentParser,
    name: str = "--set",
    told: str = "先写文件夹，再写它的题目文件；可写多组",
    *,
    required: bool = True,
) -> None:
    """Add an option for folders of documents, each with its questions; it is given once for each."""
    parser.add_argument(
        name,
        type=Path,
        nargs="+",
        action="append",
        required=required,
        default=[],
        metavar="路径",
        help=told,
    )


def open_documents(documents: Path, folder: Path | None) -> Index:
    """Open the index of a folder of documents, built first where it is missing or stale."""
    settings = Settings.from_environment(os.environ)
    folder = folder or settings.index_folder(documents)
    reranker = Reranker(settings.reranking_model) if settings.reranking_model else None
    # Building is incremental: where nothing changed it only looks at the hashes.
    build(documents, folder, settings.embedding_model)
    return open_index(folder, reranker)


@contextmanager
def open_sets(sets: Sequence[Sequence[Path]]) -> Iterator[Material]:
    """Open the index of each set's folder and read its questions."""
    for documents, *questions in sets:
        if not questions:
            raise CaseError(f"--set {documents} 后面没有写题目文件。")
    read = [(documents, read_questions(questions)) for documents, *questions in sets]
    with ExitStack() as stack:
        yield [(stack.enter_context(open_documents(documents, None)), files) for documents, files in read]


def write_json(path: Path, value: object) -> None:
    """Write a value as JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
