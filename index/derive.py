"""Make the vector and keyword stores of a generation from its passages.sqlite, and check them.

Run as ``python -m index.derive write|check GENERATION [BASE]``, a process of its
own: Chroma holds every thread of a process while it writes, and a broken folder crashes the process
that opens it. The process ends when the one that started it does.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from index import generation as generations
from index.aside import Aside
from index.child import end_with_parent, started
from index.database import TRUTH, Database, Row
from index.document import Passage
from index.embed import Vectors
from index.errors import BuildFailedError, IndexUnusableError, YoujuError
from index.keyword import Entry, KeywordIndex, extend_keyword_index, write_keyword_index
from index.store import CHECKED_DEPTH, VectorStore, write_vectors

BLOCK = 5_000
CHECKED_AT_ONCE = 500
SAMPLED = 2  # blocks that are looked up in a graph taken over, whose bytes are as they were sealed
TOLERATED = 0.1  # share of passages out of reach beyond which the graph is broken, not approximate
TWIN = 1 - 1e-5  # cosine of two vectors that are the same but for rounding


def derive(generation: Path, base: Path | None = None) -> None:
    """Write the stores in one process, and open and check them in another.

    Where ``base`` is given, they are those of that generation carried on. Raises BuildFailedError when
    either fails or crashes.
    """
    for action in ("write", "check"):
        folders = filter(None, [generation, base])
        with started(
            "index.derive", action, *folders, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as process:
            assert process.stderr is not None
            words = process.stderr.read().decode("utf-8", "replace").strip()
            code = process.wait()
        if code:
            reason = words.splitlines()[-1] if words else f"子进程以 {code} 结束"
            raise BuildFailedError(reason)


def write_stores(generation: Path, base: Path | None = None) -> None:
    """Write ``chroma/`` and ``keyword/`` of a generation that has its passages.sqlite.

    From a base only what has changed since is written; the rest is taken over as it is.
    """
    database = Database(generation / TRUTH)
    passages = database.passages()
    if base is None:
        count = write_vectors(generation / "chroma", _vectors(database, passages))
        Aside(count).write(generation)
        write_keyword_index(generation / "keyword", _entries(database, passages))
    else:
        before = Database(base / TRUTH).numbers()
        Aside.read(base).after(before, passages.keys()).write(generation)
        generations.take_over(base / "chroma", generation / "chroma")
        generations.take_over(base / "keyword", generation / "keyword")
        fresh = {number: row for number, row in passages.items() if number not in before}
        gone = sorted(before - passages.keys())
        extend_keyword_index(generation / "keyword", gone, _entries(database, fresh))
    database.close()


def _vectors(
    database: Database, passages: Mapping[int, Row]
) -> Iterator[tuple[list[int], list[int], Vectors]]:
    for start in range(0, max(passages, default=-1) + 1, BLOCK):
        numbers, vectors = database.stored_vectors(start, start + BLOCK)
        yield numbers, [passages[number][1] for number in numbers], vectors.astype(np.float32)


def _entries(database: Database, passages: Mapping[int, Row]) -> Iterator[Entry]:
    documents = database.documents()
    for number, (id_, owner, section, start, end) in passages.items():
        yield Entry.of(number, owner, Passage(id_, documents[owner], section, start, end))


def check_stores(generation: Path, base: Path | None = None) -> None:
    """Look every passage up in both stores, and write down those no search for a neighbour reaches.

    A graph search is approximate: of 37,000 passages of laws it never reached 23, near twins of
    others. They are few and are compared one by one at each question. Of a graph taken over from a base,
    which was looked through then, some are looked up. Raises IndexUnusableError when a passage is missing
    or one in ten cannot be reached.
    """
    database = Database(generation / TRUTH)
    passages = database.numbers()
    keyword = KeywordIndex(generation / "keyword")
    if keyword.count != len(passages):
        raise IndexUnusableError(f"关键词索引只有 {keyword.count} 个片段，应有 {len(passages)} 个")
    store = VectorStore(generation / "chroma")
    aside = Aside.read(generation)
    if store.count != aside.graph:
        raise IndexUnusableError(f"向量库只有 {store.count} 个片段，应有 {aside.graph} 个")
    apart = frozenset(aside.compared)

    def look_up(start: int) -> tuple[int, list[int]]:
        """Count the vectors of a block that the graph should hold, and name those no search reaches."""
        numbers, stored = database.stored_vectors(start, start + CHECKED_AT_ONCE)
        vectors = stored.astype(np.float32)
        rows = [row for row in np.flatnonzero(vectors.any(axis=1)) if numbers[row] not in apart]
        first = [found[0][0] if found else -1 for found in store.nearest(vectors[rows], 1)]
        # A passage with a twin may find the twin first: it must be among the near ones then, unless
        # they are all twins, more of them than a search returns and each as good as the other.
        doubtful = [row for row, number in zip(rows, first, strict=True) if number != numbers[row]]
        near = store.nearest(vectors[doubtful], CHECKED_DEPTH)
        return len(rows), [
            numbers[row]
            for row, found in zip(doubtful, near, strict=True)
            if all(number != numbers[row] for number, _ in found) and not (found and found[-1][1] > TWIN)
        ]

    starts = range(0, max(passages, default=-1) + 1, CHECKED_AT_ONCE)
    if base is not None:
        starts = starts[:: max(1, -(-len(starts) // SAMPLED))]
    # Chroma lets go of the other threads while it reads.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        blocks = list(threads.map(look_up, starts))
    looked_up = sum(count for count, _ in blocks)
    unreached = [number for _, numbers in blocks for number in numbers]
    if len(unreached) > looked_up * TOLERATED + 1:
        raise IndexUnusableError(f"向量库里有 {len(unreached)} 个片段查不到")
    replace(aside, unreached=(*aside.unreached, *unreached)).write(generation)
    if base is None:
        store.deepen()
    store.close()
    database.close()


def main(arguments: list[str]) -> int:
    """Do one action on one generation; a failure is one line on stderr."""
    end_with_parent()
    action, *folders = arguments
    try:
        (write_stores if action == "write" else check_stores)(*map(Path, folders))
    except YoujuError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except Exception as error:  # noqa: BLE001 - told to the process that waits
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
