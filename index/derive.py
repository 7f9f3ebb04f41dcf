"""Make the vector and keyword stores of a generation from its passages.sqlite, and check them.

Run as ``python -m index.derive write|check GENERATION``, a process of its own: Chroma holds every
thread of a process while it writes, and a broken folder crashes the process that opens it. The
process ends when the one that started it does.
"""

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from index.database import Database
from index.document import Passage
from index.errors import BuildFailedError, IndexUnusableError, YoujuError
from index.keyword import Entry, KeywordIndex, write_keyword_index
from index.store import DEEPEST, VectorStore, write_vectors

BLOCK = 5_000
CHECKED_AT_ONCE = 500
TOLERATED = 0.1  # share of passages out of reach beyond which the graph is broken, not approximate
TWIN = 1 - 1e-5  # cosine of two vectors that are the same but for rounding
UNREACHED = "unreached.json"


def derive(generation: Path) -> None:
    """Write the stores in one process, and open and check them in another.

    Raises BuildFailedError when either fails or crashes.
    """
    for action in ("write", "check"):
        root = str(Path(__file__).resolve().parents[1])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
        process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", "index.derive", action, str(generation)],
            stdin=subprocess.PIPE,  # closed by the system when this process dies, whatever kills it
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        try:
            assert process.stderr is not None
            words = process.stderr.read().decode("utf-8", "replace").strip()
            code = process.wait()
        finally:
            process.kill()
            for pipe in (process.stdin, process.stderr):
                if pipe is not None:
                    pipe.close()
            process.wait()
        if code:
            reason = words.splitlines()[-1] if words else f"子进程以 {code} 结束"
            raise BuildFailedError(reason)


def write_stores(generation: Path) -> None:
    """Write ``chroma/`` and ``keyword/`` of a generation that has its passages.sqlite."""
    database = Database(generation / "passages.sqlite")
    passages = database.passages()
    write_vectors(
        generation / "chroma",
        (
            (
                list(range(start, min(start + BLOCK, len(passages)))),
                [row[1] for row in passages[start : start + BLOCK]],
                database.vectors(start, start + BLOCK),
            )
            for start in range(0, len(passages), BLOCK)
        ),
    )
    documents = database.documents()
    write_keyword_index(
        generation / "keyword",
        (
            Entry.of(number, owner, Passage(id_, documents[owner], section, start, end))
            for number, (id_, owner, section, start, end) in enumerate(passages)
        ),
    )
    database.close()


def check_stores(generation: Path) -> None:
    """Look every passage up in both stores, and write down those no search for a neighbour reaches.

    A graph search is approximate: of 37,000 passages of laws it never reached 23, near twins of
    others. They are few and are compared one by one at each question. Raises IndexUnusableError when
    a passage is missing or one in ten cannot be reached.
    """
    database = Database(generation / "passages.sqlite")
    total = len(database.passages())
    keyword = KeywordIndex(generation / "keyword")
    if keyword.count != total:
        raise IndexUnusableError(f"关键词索引只有 {keyword.count} 个片段，应有 {total} 个")
    store = VectorStore(generation / "chroma")

    def look_up(start: int) -> tuple[int, list[int]]:
        """Count the vectors of a block that are not zero, and name those that no search reaches."""
        vectors = database.vectors(start, start + CHECKED_AT_ONCE)
        rows = np.flatnonzero(vectors.any(axis=1))
        first = [found[0][0] if found else -1 for found in store.nearest(vectors[rows], 1)]
        # A passage with a twin may find the twin first: it must be among the near ones then, unless
        # they are all twins, more of them than a search returns and each as good as the other.
        doubtful = [int(row) for row, number in zip(rows, first, strict=True) if number != start + row]
        near = store.nearest(vectors[doubtful], DEEPEST)
        return len(rows), [
            start + row
            for row, found in zip(doubtful, near, strict=True)
            if all(number != start + row for number, _ in found) and not (found and found[-1][1] > TWIN)
        ]

    # Chroma lets go of the other threads while it reads.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        blocks = list(threads.map(look_up, range(0, total, CHECKED_AT_ONCE)))
    expected = sum(count for count, _ in blocks)
    unreached = [number for _, numbers in blocks for number in numbers]
    if store.count != expected:
        raise IndexUnusableError(f"向量库只有 {store.count} 个片段，应有 {expected} 个")
    if len(unreached) > expected * TOLERATED + 1:
        raise IndexUnusableError(f"向量库里有 {len(unreached)} 个片段查不到")
    (generation / UNREACHED).write_text(json.dumps(unreached), "utf-8")
    store.close()
    database.close()


def _end_with_parent() -> None:
    # Not sys.stdin: a thread that waits in it aborts the interpreter when the work is done.
    while os.read(0, 1):
        pass
    os._exit(3)


def main(arguments: list[str]) -> int:
    """Do one action on one generation; a failure is one line on stderr."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    action, generation = arguments
    try:
        (write_stores if action == "write" else check_stores)(Path(generation))
    except YoujuError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except Exception as error:  # noqa: BLE001 - told to the process that waits
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
