"""The operators' pages of documents: sent, looked at, published, taken out, rolled back; readers see none."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from bot import rebuild
from bot.filename import NameRefusedError
from bot.staging import NotStagedError
from bot.state.database import State
from bot.state.records import Role
from index import build as pipeline
from index.load import LARGEST
from index.report import BuildReport
from tests.folders import plan
from tests.page_fakes import PAYLOADS
from tests.sites import SmallSite, build_here, derive_here, operators_app, rebuilt, small_site, web_site

PLANS = ["plan-0.txt", "plan-1.txt", "plan-2.txt"]
HTML = {"accept": "text/html"}
JSON = {"accept": "application/json"}
File = tuple[str, tuple[str, bytes]]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """An empty state."""
    opened = State(str(tmp_path / "state.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSite]:
    """A site whose rebuilds run in this process."""
    monkeypatch.setattr(rebuild, "build_apart", build_here)
    monkeypatch.setattr(pipeline, "derive", derive_here)
    with small_site(tmp_path) as opened:
        yield opened


@pytest.fixture
def app(small: SmallSite, state: State) -> FastAPI:
    """The pages as an operator sees them."""
    return operators_app(web_site(small, state))


@pytest.fixture
def operator(app: FastAPI) -> TestClient:
    """An operator's browser."""
    return TestClient(app, headers=HTML)


def text(name: str, words: str | bytes) -> File:
    """A file as a form sends it."""
    return "files", (name, words.encode() if isinstance(words, str) else words)


def send(client: TestClient, *files: File, replaces: str = "") -> dict[str, list[str]]:
    """Send files as the page's script does, and return what came of them."""
    where = {"replaces": replaces} if replaces else {}
    answer = client.post("/operator/upload", params=where, files=list(files), headers=JSON)
    told: dict[str, list[str]] = answer.json()
    return told


def waiting(client: TestClient) -> list[str]:
    """The numbers of the files that wait."""
    return re.findall(r'name="chosen" value="(\w+)"', client.get("/operator").text)


def words(page: str) -> str:
    """What a page says, tags left out."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


ROUTES = [
    ("GET", "/operator"),
    ("POST", "/operator/upload"),
    ("GET", "/operator/staged/0123456789abcdef"),
    ("POST", "/operator/publish"),
    ("POST", "/operator/discard"),
    ("GET", "/operator/replace?source=plan-0.txt"),
    ("GET", "/operator/remove?source=plan-0.txt"),
    ("POST", "/operator/remove"),
    ("POST", "/operator/rebuild"),
    ("GET", "/operator/progress"),
    ("GET", "/operator/rollback"),
    ("POST", "/operator/rollback"),
    ("GET", "/operator/kept"),
    ("POST", "/operator/restore"),
    ("GET", "/operator/questions"),
    ("GET", "/operator/questions/asked.csv"),
    ("GET", "/operator/questions/1"),
    ("POST", "/operator/questions/1/case"),
    ("GET", "/operator/cases"),
    ("GET", "/operator/cases.jsonl"),
]


def test_readers_see_nothing_of_it(small: SmallSite, state: State) -> None:
    """Every route is closed to readers, and no order of theirs is followed."""
    app = operators_app(web_site(small, state), Role.READER)
    reader = TestClient(app)
    before = small.tree()
    named = {(method, re.sub(r"[?].*|0123456789abcdef|1|asked", "", path)) for method, path in ROUTES}

    for method, path in ROUTES:
        assert reader.request(method, path).status_code == 403, path
    assert small.tree() == before
    offered = {
        (method.upper(), re.sub(r"{.+?}", "", path))
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }
    assert offered == named  # none is forgotten above


def test_a_new_file_from_sending_to_answering(operator: TestClient, small: SmallSite) -> None:
    """Sent without a script it waits with its parse; published, the index is rebuilt and it answers."""
    sent = operator.post(
        "/operator/upload", files=[text("新县.txt", plan("新县", 2024, 7))], follow_redirects=False
    )
    assert sent.status_code == 303
    page = operator.get(sent.headers["location"]).text
    assert "已收下" in page
    assert "《新县2024年法治政府建设工作方案》" in page
    (identity,) = waiting(operator)

    parse = words(operator.get(f"/operator/staged/{identity}").text)
    assert "新县2024年法治政府建设工作方案" in parse
    assert "(一) 会前学法" in parse
    assert "每年学法不少于7次" in parse
    assert small.answering() == PLANS

    page = operator.post("/operator/publish", data={"chosen": identity}).text
    assert "正在更新索引" in page
    rebuilt()
    told = operator.get("/operator/progress").json()
    assert told["running"] is False
    assert "新增 1" in told["words"]
    assert small.answering() == [*PLANS, "新县.txt"]
    assert waiting(operator) == []
    page = words(operator.get("/operator").text)
    assert "4 个文件、4 份文档在回答" in page


def test_the_state_learns_what_serves(operator: TestClient, small: SmallSite, state: State) -> None:
    """After a swap the documents that serve can be found by their links for ever."""
    send(operator, text("新县.txt", plan("新县")))
    operator.post("/operator/publish", data={"chosen": waiting(operator)})
    rebuilt()
    with small.serving.base() as base:
        new = next(document for document in base.documents.values() if document.source == "新县.txt")

    assert state.seen.source(new.id) == ("新县.txt", "")


def test_several_files_at_once(operator: TestClient, small: SmallSite) -> None:
    """Of several files each good one waits and each bad one is told; the page says both."""
    files = [
        text("甲县.txt", plan("甲县")),
        text("../../乙县.txt", plan("乙县")),
        text("空.txt", b""),
        text("表.xlsx", b"PK\x03\x04"),
        text("弹.html", b"PK\x03\x04" + b"\0" * 5000),
        text("甲县.txt", plan("另县")),
        text("丙县.txt", plan("丙县").encode("gb18030")),
    ]
    told = send(operator, *files)

    assert told["staged"] == ["甲县.txt", "丙县.txt"]
    assert len(told["problems"]) == 5
    for problem, said in zip(told["problems"], ("路径", "空文件", "暂不支持", "压缩包", "同名"), strict=True):
        assert said in problem
    answer = operator.post("/operator/upload", files=files[1:3])
    assert answer.status_code == 422
    assert "路径" in answer.text
    assert sorted(small.tree()) == PLANS


def raw_form(name: bytes, content: bytes = b"", end: bytes = b"--x--\r\n") -> bytes:
    """A form of one file whose name is these bytes."""
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="' + name + b'"\r\n\r\n'
    return head + content + b"\r\n" + end


FORM = "multipart/form-data; boundary=x"


def post_raw(client: TestClient, body: bytes, kind: str = FORM) -> tuple[int, str]:
    """Send these bytes as a form."""
    answer = client.post("/operator/upload", content=body, headers={**JSON, "content-type": kind})
    return answer.status_code, answer.text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_names_in_gbk(encoding: str, operator: TestClient) -> None:
    """A name in the bytes of an old program is read as it was meant."""
    status, told = post_raw(operator, raw_form("法治.txt".encode(encoding), plan("新县").encode()))

    assert status == 200
    assert json.loads(told)["staged"] == ["法治.txt"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form",
        raw_form(b"a.txt", plan("x").encode(), end=b""),
        raw_form(b"a.txt", plan("x").encode(), end=raw_form(b"b.txt", b"half", end=b"")),
        raw_form(b"a.txt", plan("x").encode())[:200],
        raw_form(b"a" * 5000 + b".txt", b"x"),
    ],
)
def test_what_is_no_whole_form_leaves_nothing(body: bytes, operator: TestClient, small: SmallSite) -> None:
    """A form that ends before it is whole, or is none, is told; no file of it waits."""
    status, told = post_raw(operator, body)

    assert status == 422
    assert "收下" in told
    assert waiting(operator) == []
    assert list((small.home / "index-library" / "staging").iterdir()) == []


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", FORM.split(";")[0]])
def test_what_is_no_form_at_all(kind: str, operator: TestClient) -> None:
    """Bytes that are not sent as files are refused."""
    status, told = post_raw(operator, b"files=x", kind)

    assert status == 422
    assert "没有收到文件" in told


def test_no_file_chosen(operator: TestClient) -> None:
    """The form sent without a file is told, as browsers without the page's checks send it."""
    assert post_raw(operator, raw_form(b""))[0] == 422


def test_a_connection_that_breaks_off_leaves_nothing(app: FastAPI, small: SmallSite) -> None:
    """Half way through the second file the connection breaks: neither of the two waits."""
    body = raw_form(b"a.txt", plan("a").encode(), end=raw_form(b"b.txt", plan("b").encode()[:100], end=b""))
    pieces: list[Message] = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return pieces.pop(0)

    said: list[Message] = []

    async def send(message: Message) -> None:
        said.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/operator/upload",
        "query_string": b"",
        "headers": [(b"content-type", FORM.encode()), (b"content-length", b"99999")],
    }
    asyncio.run(app(scope, receive, send))

    assert said[0]["status"] == 422  # told to nobody, and no error of the server's
    assert list((small.home / "index-library" / "staging").iterdir()) == []
    assert sorted(small.tree()) == PLANS


def test_a_file_too_large(operator: TestClient, small: SmallSite) -> None:
    """A file beyond the limit is refused with 413 on a page that says so; one sent with it is taken."""
    files = [text("大.txt", b"a" * (LARGEST + 1)), text("新县.txt", plan("新县"))]
    answer = operator.post("/operator/upload", files=files)

    assert answer.status_code == 413
    assert "“大.txt”超过 20 MB" in answer.text
    assert len(waiting(operator)) == 1


def test_too_many_files(operator: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond so many at once the rest is told to come later."""
    monkeypatch.setattr("bot.web.receive.MOST", 1)
    told = send(operator, text("甲.txt", plan("甲县")), text("乙.txt", plan("乙县")))

    assert told["staged"] == ["甲.txt"]
    assert "分几次" in told["problems"][0]


def test_discarding(operator: TestClient, small: SmallSite) -> None:
    """A file discarded is gone, and publishing it afterwards is told to be too late."""
    send(operator, text("新县.txt", plan("新县")))
    (identity,) = waiting(operator)

    assert "已放弃" in operator.post("/operator/discard", data={"chosen": identity}).text
    assert waiting(operator) == []
    for order in ("publish", "discard"):
        answer = operator.post(f"/operator/{order}", data={"chosen": identity})
        assert answer.status_code == 404
        assert "已经不在" in answer.text
    assert operator.get(f"/operator/staged/{identity}").status_code == 404
    assert operator.get("/operator/staged/..%2f..%2fkept").status_code == 404
    assert operator.post("/operator/publish").status_code == 422
    assert sorted(small.tree()) == PLANS


def test_replacing(operator: TestClient, small: SmallSite) -> None:
    """The page to replace a file sends the new one for its place; what would be replaced is said before."""
    assert "替换“plan-0.txt”" in operator.get("/operator/replace", params={"source": "plan-0.txt"}).text
    send(operator, text("新方案.txt", plan("青禾县", 2025, 9)), replaces="plan-0.txt")
    (identity,) = waiting(operator)

    assert "将替换：plan-0.txt" in operator.get(f"/operator/staged/{identity}").text
    operator.post("/operator/publish", data={"chosen": identity})
    rebuilt()
    assert sorted(small.tree()) == ["plan-1.txt", "plan-2.txt", "新方案.txt"]
    assert "plan-0.txt" in operator.get("/operator/kept").text
    assert "不能替换" in send(operator, text("a.txt", plan("a")), replaces="../index/CURRENT")["problems"][0]


def test_removing_and_putting_back(operator: TestClient, small: SmallSite) -> None:
    """Removing asks first and says what goes; the file is under the former ones and comes back from there."""
    page = operator.get("/operator/remove", params={"source": "plan-1.txt"}).text
    assert "移除“plan-1.txt”？" in page
    assert "云溪县" in page
    assert small.answering() == PLANS

    assert "已移除" in operator.post("/operator/remove", data={"source": "plan-1.txt"}).text
    rebuilt()
    assert small.answering() == ["plan-0.txt", "plan-2.txt"]
    kept = re.findall(r'name="chosen" value="([^"]+)"', operator.get("/operator/kept").text)
    assert "等待发布" in operator.post("/operator/restore", data={"chosen": kept[0]}).text
    operator.post("/operator/publish", data={"chosen": waiting(operator)})
    rebuilt()
    assert small.answering() == PLANS


@pytest.mark.parametrize("source", ["../state.sqlite", "/etc/passwd", "plan-9.txt", "", "\x00"])
def test_what_is_not_in_the_folder(source: str, operator: TestClient, small: SmallSite) -> None:
    """No page and no order reaches a file that is none of the folder's."""
    for path in ("/operator/remove", "/operator/replace"):
        assert operator.get(path, params={"source": source}).status_code == 422
    assert operator.post("/operator/remove", data={"source": source}).status_code == 422
    assert sorted(small.tree()) == PLANS


def test_rolling_back(operator: TestClient, small: SmallSite) -> None:
    """What would change is said, the generation before serves, and the same way leads forward again."""
    assert operator.get("/operator/rollback").status_code == 422
    assert "没有上一版" in operator.post("/operator/rollback").text
    send(operator, text("新县.txt", plan("新县")))
    operator.post("/operator/publish", data={"chosen": waiting(operator)})
    rebuilt()

    asked = words(operator.get("/operator/rollback").text)
    assert "会不再用来回答的文件（1） 新县.txt" in asked
    page = words(operator.post("/operator/rollback").text)
    assert "已退回上一版索引" in page
    assert "直到点“重新建索引”" in page
    assert "1 个文件的变化还没有进索引" in page
    assert small.answering() == PLANS

    assert "换回较新的索引？" in operator.get("/operator/rollback").text
    assert "已换回较新的索引" in operator.post("/operator/rollback").text
    assert small.answering() == [*PLANS, "新县.txt"]


def test_a_rebuild_that_fails_is_told(
    operator: TestClient, small: SmallSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says why, and that the former index goes on answering."""

    def failing(*_: object) -> None:
        raise NameRefusedError("磁盘已满。")

    monkeypatch.setattr(rebuild, "build_apart", failing)
    operator.post("/operator/rebuild")
    rebuilt()
    page = words(operator.get("/operator").text)

    assert "上次更新没有成功" in page
    assert "原来的索引照常回答。磁盘已满。" in page
    assert operator.get("/operator/progress").json()["failed"] is True
    assert small.answering() == PLANS


def test_busy_is_told(operator: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second change while one runs is refused with 409, politely."""
    go = threading.Event()

    def slow(*arguments: Any) -> BuildReport:  # noqa: ANN401 - those of a build
        assert go.wait(60)
        return build_here(*arguments)

    monkeypatch.setattr(rebuild, "build_apart", slow)
    assert operator.post("/operator/rebuild").status_code == 200
    answer = operator.post("/operator/rebuild")

    assert answer.status_code == 409
    assert "请等它完成" in answer.text
    assert "正在更新索引：准备中" in operator.get("/operator").text
    assert operator.get("/operator/progress").json()["running"] is True
    go.set()
    rebuilt()
    assert operator.get("/operator/progress").json()["running"] is False


def test_finding_files(operator: TestClient, small: SmallSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list is searched by file name and title, narrowed to problems, and turned page by page."""
    (small.documents / "bad.pdf").write_bytes(b"%PDF")
    (small.documents / "new.txt").write_text(plan("新县"), "utf-8")
    monkeypatch.setattr("bot.web.operator.PER_PAGE", 2)

    def listed(**asked: str) -> list[str]:
        return re.findall(
            r"/operator/remove\?source=([^\"]+)\"", operator.get("/operator", params=asked).text
        )

    assert listed() == ["bad.pdf", "new.txt"]
    assert listed(page="2") == ["plan-0.txt", "plan-1.txt"]
    assert listed(page="99") == ["plan-2.txt"]
    assert listed(q="松坪") == ["plan-2.txt"]
    assert listed(q="PLAN-1") == ["plan-1.txt"]
    assert listed(show="problems") == ["bad.pdf", "new.txt"]
    assert listed(q="没有这个") == []


LINKS = ("href", "src", "action", "formaction")


class Markup(HTMLParser):
    """The tags and attributes of a page, as a browser sees them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {
            value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")
        }


def test_hostile_words_show_as_text(operator: TestClient) -> None:
    """Markup in names, documents and what is searched for is text on every page that shows it."""
    hostile = []
    for number, payload in enumerate(PAYLOADS):
        name = "".join(c for c in payload if c.isprintable() and c not in "/\\")[:60]
        lines = f"一、{payload.replace('<', '&lt;')}", f"二、{payload}", f"三、任务。{payload}"
        page = "".join(f"<p>{line}</p>" for line in (f"云溪市{number}法治建设办法", *lines))
        hostile.append(text(f"{number}{name}.html", page))
    plain = Markup(operator.get("/operator").text)
    told = send(operator, *hostile)
    pages = [operator.get(f"/operator/staged/{identity}").text for identity in waiting(operator)]
    assert len(pages) > 20
    asked = operator.get("/operator", params={"q": PAYLOADS[1], "done": PAYLOADS[0], "show": PAYLOADS[5]})
    pages += [
        operator.get("/operator").text,
        asked.text,
        operator.post("/operator/upload", files=hostile).text,
    ]
    operator.post("/operator/publish", data={"chosen": waiting(operator)})
    rebuilt()
    pages += [operator.get("/operator").text, operator.get("/operator/rollback").text]

    assert any("onerror" in name for name in told["staged"])
    ours = plain.tags | {"p", "ul", "li", "b", "details", "summary", "dl", "dt", "dd", "h3", "br", "strong"}
    for page in pages:
        seen = Markup(page)
        assert seen.tags <= ours
        assert not {name for name in seen.attributes if name.startswith("on")}
        assert all(link.startswith(("/", "#")) for link in seen.links)


def test_the_words_are_english_too(app: FastAPI) -> None:
    """Whoever chose English reads the pages in English."""
    client = TestClient(app, headers=HTML, cookies={"youju_language": "en"})

    assert "The index that answers now" in client.get("/operator").text


def test_a_site_without_a_folder(small: SmallSite, state: State) -> None:
    """Where the server was given an index alone, the page says why nothing can be changed."""
    client = TestClient(operators_app(web_site(small, state, folder=False)), headers=HTML)

    assert "--documents" in client.get("/operator").text
    assert client.post("/operator/rebuild").status_code == 404
    assert client.get("/operator/questions").status_code == 200


def test_errors_are_json_for_scripts(operator: TestClient) -> None:
    """What the page's script asks for comes back as JSON, errors too."""
    answer = operator.post("/operator/publish", data={"chosen": "x"}, headers=JSON)

    assert answer.status_code == 404
    assert answer.json() == {"error": str(NotStagedError())}
