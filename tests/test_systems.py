"""Other systems asked the same questions and judged by the same rules."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.cases import CaseError, read_questions
from eval.kept import read_kept
from eval.metrics import Modelled
from eval.systems import Means, run_system
from index.build import build
from index.search import Index, open_index
from tests.bases import write_documents
from tests.evaluations import question

ASKED = [
    {
        **question("q-1", "行政执法人员每年培训多少学时？", None),
        "answerable": True,
        "need": "any",
        "gold": [
            {"doc": "plan.txt", "path": ["一", "(一)"], "facts": [["48学时"]], "optional": False},
        ],
    },
    question("q-2", "食堂几点开饭？", None),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with documents, index and questions."""
    folder = tmp_path_factory.mktemp("base")
    build(write_documents(folder / "documents"), folder / "index")
    (folder / "set.jsonl").write_text("\n".join(map(json.dumps, ASKED)), encoding="utf-8")
    return folder


@pytest.fixture
def index(base: Path) -> Iterator[Index]:
    """Open the index."""
    with open_index(base / "index") as opened:
        yield opened


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Serve an OpenAI-compatible address that cites [1], or refuses what speaks of the canteen."""
    seen: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append({"path": self.path, "key": self.headers["Authorization"], **body})
            canteen = "食堂" in body["messages"][-1]["content"]
            words = "资料中没有" if canteen else "每年不少于48学时[1]。"
            used = {"prompt_tokens": 300, "completion_tokens": 20}
            said = {"choices": [{"message": {"content": words}}], "usage": used}
            answer = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_searching_alone_quotes_and_never_refuses(base: Path, index: Index) -> None:
    """A way of searching answers with the provision it finds first, and what must be refused as well."""
    run = run_system("youju, keywords alone", index, read_questions([base / "set.jsonl"]), Means())

    right, refused = run.outcomes
    assert right.judgement.right
    assert right.judgement.altered == ()
    assert not refused.judgement.right


def test_a_model_is_given_passages_and_cites_by_mark(
    base: Path, index: Index, endpoint: tuple[str, list[dict[str, object]]]
) -> None:
    """The marks of a model become citations of the passages it was given; saying there is nothing refuses."""
    address, seen = endpoint

    run = run_system(
        f"openai:small@{address}", index, read_questions([base / "set.jsonl"]), Means(key="secret")
    )

    assert [outcome.judgement.right for outcome in run.outcomes] == [True, True]
    assert run.outcomes[0].reply.citations[0].source == "plan.txt"
    assert run.outcomes[0].reply.model == Modelled("small", 300, 20)
    assert run.outcomes[0].counts["supported"] == (1.0, 1.0)
    assert (seen[0]["path"], seen[0]["model"], seen[0]["key"]) == (
        "/v1/chat/completions",
        "small",
        "Bearer secret",
    )


def test_a_command_is_told_no_answers(base: Path, index: Index, tmp_path: Path) -> None:
    """A command reads the questions alone, and its answers are judged as ours are."""
    program = tmp_path / "answer.py"
    program.write_text(
        "import json, sys\n"
        "for line in open(sys.argv[1], encoding='utf-8'):\n"
        "    asked = json.loads(line)\n"
        "    assert set(asked) == {'id', 'question'}, asked\n"
        "    print(json.dumps({'id': asked['id'], 'answer': '', 'refused': True, 'citations': []}))\n",
        encoding="utf-8",
    )
    name = f"command:{sys.executable} {program} {{questions}}"

    run = run_system(name, index, read_questions([base / "set.jsonl"]), Means())

    assert [outcome.judgement.right for outcome in run.outcomes] == [False, True]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nobody", "没有叫“nobody”的系统"),
        ("command:/no/such/program", "没有运行成功"),
        ("openai:m@http://127.0.0.1:9", "没有回答"),
    ],
)
def test_a_system_that_fails_is_named(base: Path, index: Index, name: str, message: str) -> None:
    """An unknown system, a command or a model that does not work is an error and no row of zeros."""
    with pytest.raises(CaseError, match=message):
        run_system(name, index, read_questions([base / "set.jsonl"]), Means())


def test_one_table_for_all(base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints a row a system and keeps a run of each."""
    places = ["--documents", str(base / "documents"), "--index", str(base / "index")]
    asked = ["--questions", str(base / "set.jsonl"), "--out", str(tmp_path / "runs")]

    assert main(["systems", *places, *asked, "--system", "youju", "youju, vectors alone"]) == 0

    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| youju")]
    assert len(rows) == 2
    assert (
        read_kept(tmp_path / "runs" / "youju-vectors-alone").about["settings"]["system"]
        == "youju, vectors alone"
    )
