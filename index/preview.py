"""What a build would make of one file, found out before it is among the documents.

Run as ``python -m index.preview PATH ROOT``, a process of its own that may take neither much memory nor
much time: some file always finds the slow path of some parser.
"""

import json
import resource
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from index.child import end_with_parent, started
from index.document import Document, Section
from index.intake import PATIENCE, digest_of, left_out, take_in
from index.load import source_of
from index.report import FileReport, Status

MEMORY = 1536 * 1024 * 1024  # bytes; the longest text allowed takes 700 MB
GRACE = 10  # seconds of processor time beyond what one file may cost, for starting and writing down
SECONDS = 300  # by the clock


@dataclass(frozen=True, slots=True)
class Preview:
    """One file as a build would report it, and the documents it would give: none where it is left out."""

    report: FileReport
    documents: tuple[Document, ...]

    def to_json(self) -> str:
        """Write the preview as one JSON object."""
        documents = [asdict(document) for document in self.documents]
        return json.dumps({"report": self.report.to_json(), "documents": documents}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Preview":
        """Read what ``to_json`` wrote."""
        fields = json.loads(text)
        return cls(
            FileReport.from_json(fields["report"]), tuple(_document(found) for found in fields["documents"])
        )


def preview(path: Path, root: Path) -> Preview:
    """Return what a build would make of a file below ``root``. Raises nothing that the file could cause."""
    with tempfile.TemporaryFile() as output:
        with started("index.preview", path, root, stdout=output, stderr=subprocess.DEVNULL) as process:
            try:
                code = process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                code = -signal.SIGXCPU
        if code == 0:
            output.seek(0)
            return Preview.from_json(output.read().decode("utf-8"))
    source = source_of(path, root)
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        reason = f"“{source}”处理得太久，没有收录。请检查内容是否正常，或拆分后再放进来。"
    else:
        reason = f"“{source}”太大或太复杂，内存不够，没有收录。请拆分后再放进来。"
    return Preview(left_out(source, digest_of(path), Status.UNREADABLE, reason).report, ())


def _document(fields: dict[str, object]) -> Document:
    sections = fields.pop("sections")
    assert isinstance(sections, list)
    years = fields.pop("years")
    assert isinstance(years, list)
    return Document(
        years=tuple(years),
        sections=tuple(Section(**{**section, "path": tuple(section["path"])}) for section in sections),
        **fields,  # type: ignore[arg-type]  # as asdict wrote them
    )


def main(arguments: list[str]) -> None:
    """Take one file in, within the limits, and print what came of it."""
    end_with_parent()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE + GRACE, PATIENCE + 2 * GRACE))
    path, root = map(Path, arguments)
    file = take_in(path, root)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # it is the file of ``preview``
    sys.stdout.write(Preview(file.report, file.documents).to_json())
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
