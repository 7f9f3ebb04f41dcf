"""An index that is up to date, whatever command asks for it."""

import sys
from pathlib import Path

from index.build import build
from index.errors import IndexUnusableError, SettingsError, YoujuError
from index.generation import pinned
from index.models import Reranker
from index.report import complaints, progress_bar, summary
from index.rollback import made
from index.search import Index, open_index
from index.settings import Settings


def ready_index(documents: Path | None, folder: Path | None, settings: Settings) -> Index:
    """Open the index of a folder of documents, building it first where it is missing or stale.

    Without a folder of documents the index is opened as it stands, and so is one that somebody went back
    to, until a build is asked for. What there is to say goes to stderr. Raises SettingsError where neither
    is known, else what ``build`` and ``open_index`` raise.
    """
    documents = documents or settings.documents
    # A wrong one is said before anything is built.
    reranker = Reranker(settings.reranking_model) if settings.reranking_model else None
    if documents is None:
        if folder is None:
            msg = "没有说明文件在哪里：请加 --documents 文件夹，或设置环境变量 YOUJU_DOCUMENTS。"
            raise SettingsError(msg)
        return open_index(folder, reranker)
    folder = folder or settings.index_folder(documents)
    gone_back_to = _gone_back_to(folder, reranker)
    if gone_back_to is not None:
        return gone_back_to
    try:
        with progress_bar() as progress:
            report = build(documents, folder, settings.embedding_model, progress)
    except YoujuError as error:
        # The share is not mounted, another build is running: the index that is there still answers.
        try:
            index = open_index(folder, reranker)
        except YoujuError:
            raise error from None
        _say(f"{error}先用上次建好的索引回答。")
        return index
    for line in complaints(report):
        _say(line)
    _say(summary(report))
    return open_index(folder, reranker)


def _gone_back_to(folder: Path, reranker: Reranker | None) -> Index | None:
    try:
        generation = pinned(folder)
        index = open_index(folder, reranker) if generation is not None else None
    except IndexUnusableError:  # a build is what mends it
        return None
    if generation is not None:
        day = made(generation).astimezone().strftime("%Y-%m-%d %H:%M")
        _say(f"正在用退回的索引（{day} 建），没有按文件夹更新；要更新请运行 python -m index build。")
    return index


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201 - the commands print through here
