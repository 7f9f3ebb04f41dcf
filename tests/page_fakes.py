"""A fake engine with two small documents, and hostile texts, for the tests of the web page.

``python -m tests.page_fakes PORT`` serves the page with them on 127.0.0.1.
"""

import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from fastapi import FastAPI

from bot.conversation import Answer, Citation, Kind, Question, Turn
from bot.engine import Engine
from bot.serving import Base, Serving
from bot.state.database import State
from bot.web.app import build_app
from bot.web.server import serve
from bot.web.site import Site
from index.document import Document, Scope, Section
from index.search import Index

_RULES = (
    "云溪市执法培训办法\n云溪市人民政府\n"
    "一、总体要求\n培训坚持按需施教、学用结合。\n"
    "二、学时\n"
    + "各单位年初制定计划，写明对象、内容和考核办法，报同级司法行政部门备案。\n" * 14
    + "执法人员每人每年培训不少于48学时。新进人员上岗前另训30学时。\n三、考核\n培训情况记入个人档案。\n"
)
_TABLE = "附件1\n序号\t事项\t分值\n1\t计划\t10\n2\t学时\t20\n"

PAYLOADS = (
    "<script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg/onload=window.hacked=1>",
    "![x](https://evil.example/leak.png)",
    "[点这里](javascript:window.hacked=1)",
    '"><img src=https://evil.example/x onerror=window.hacked=1>',
    "'><iframe src=https://evil.example></iframe>",
    "</span></summary></details><script>window.hacked=1</script>",
    "<a href='javascript:window.hacked=1'>x</a>",
    "<style>body{display:none}</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><button>x</button></form>",
    "<details open ontoggle=window.hacked=1>",
    "<math><mtext><style><img src onerror=window.hacked=1></style></mtext></math>",
    "\n\n# 标题\n\n- 列表 ![i](//evil.example/i)\n\n",
    "```mermaid\ngraph TD; A-->B\n```",
    "$$\\href{javascript:window.hacked=1}{x}$$",
    "${window.hacked=1}",
    "{{constructor.constructor('window.hacked=1')()}}",
    "&lt;img src=x onerror=window.hacked=1&gt;",
    "<!-- --><b>粗</b> **粗** __粗__ ~~删~~ `码` <!--",
    "https://evil.example/ www.evil.example <https://evil.example>",
    "\u202e倒过来\u202c\u2066藏\u2069\x00\x1b[31m红",
    "[1][2][99999] [0] [-1] [１]",
    "| a | b |\n|---|---|\n| ![x](https://evil.example/t.png) | y |",
    "<x-custom onclick=window.hacked=1>点</x-custom>@children",
)


def _sections(text: str) -> tuple[Section, ...]:
    """Return a section for each line that begins with a label, the text before as the first."""
    starts = [0, *(m.start() for m in re.finditer(r"^[一二三]、", text, re.MULTILINE))]
    ends = [*starts[1:], len(text)]
    return tuple(
        Section((text[s] if s else "文首",), "", s, e) for s, e in zip(starts, ends, strict=True) if e > s
    )


def document(text: str, identity: str, title: str, **more: object) -> Document:
    """Return a document of one section."""
    facts: dict[str, object] = {
        "source": f"{title}.txt",
        "place": "云溪市",
        "issuer": "云溪市人民政府",
        "number": "云政〔2024〕8号",
        "years": (2024,),
    }
    facts.update(more)
    return Document(
        id=identity,
        source=str(facts["source"]),
        part="",
        title=title,
        issuer=str(facts["issuer"]),
        place=str(facts["place"]),
        years=(2024,),
        number=str(facts["number"]),
        date="2024-03-01",
        raw=text,
        text=text,
        sections=_sections(text),
    )


def citation(
    n: int,
    home: Document,
    quote: str,
    path: tuple[str, ...],
    heading: str,
    start: int = 0,
    end: int | None = None,
) -> Citation:
    """Return the n-th citation of an answer: the quote where it stands in its document."""
    at = home.text.index(quote, start)
    return Citation(
        n=n,
        source=home.source,
        document=home.title,
        document_id=home.id,
        place=home.place,
        path=path,
        address="、".join(path),
        heading=heading,
        quote=quote,
        start=at,
        end=at + len(quote),
        section_start=start,
        section_end=len(home.text) if end is None else end,
    )


def asked(text: str) -> Question:
    """Return a question of which nothing is understood but its words."""
    return Question(text=text, wording=text, search=text, language="zh", kind=Kind.WHAT)


RULES = document(_RULES, "rules", "云溪市执法培训办法")
TABLE = document(_TABLE, "table", "云溪市考核细则")
HOSTILE = document("\n".join(PAYLOADS), "hostile", PAYLOADS[1], source=PAYLOADS[7], place=PAYLOADS[3])
DOCUMENTS = (RULES, TABLE, HOSTILE)
EXAMPLES = ("执法人员每年培训多少学时？", "学时占多少分？")
HOURS = "执法人员每人每年培训不少于48学时。"
CITATIONS = (
    citation(1, RULES, HOURS, ("二",), "学时", RULES.text.index("二、"), RULES.text.index("三、")),
    citation(2, TABLE, "2\t学时\t20", ("附件1", "2"), "学时"),
)
ANSWER = Answer(
    f"每人每年不少于48学时。[1]\n- 办法：{HOURS}[1]\n- 细则：学时占20分。[2]",
    CITATIONS,
    suggestions=("新进人员培训多少学时？",),
    seconds=0.03,
)
REFUSAL = Answer(
    "现有文件没有写明。", refused=True, reason="收录的是执法培训文件。", suggestions=(EXAMPLES[0],)
)


EVERYWHERE = Scope()
COMPARISON = Answer(
    "各地规定不同。\n| 地方 | 规定 |\n| --- | --- |\n"
    "| 云溪市 | 不少于48学时[1] |\n| 禾清县 | 学时占20分[2] |",
    CITATIONS,
    seconds=0.02,
)


class FakeEngine:
    """Answers by the words of the question: 拒绝 is refused, 出错 raises, 恶意 is hostile, 各地 a table, 慢
    slow; all else is answered as a stream with a pause of ``pause`` seconds between snapshots. Told of a
    place in the scope, the answer names it.
    """

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause
        self.histories: list[Sequence[Turn]] = []

    def ask(self, text: str, history: Sequence[Turn] = (), scope: Scope = EVERYWHERE) -> Turn:
        """Answer at once."""
        *_, turn = self.stream(text, history, scope)
        self.histories.pop()
        return turn

    def stream(self, text: str, history: Sequence[Turn] = (), scope: Scope = EVERYWHERE) -> Iterator[Turn]:
        """Yield turns whose answers grow."""
        self.histories.append(history)
        return (Turn(asked(text), answer) for answer in self._answers(text, scope))

    def _answers(self, text: str, scope: Scope) -> Iterator[Answer]:
        if "出错" in text:
            msg = "内部细节"
            raise RuntimeError(msg)
        if "拒绝" in text or not text.strip():
            yield REFUSAL
        elif "恶意" in text:
            quotes = [citation(n, HOSTILE, p, (p,), p) for n, p in enumerate(PAYLOADS, start=1)]
            said = "\n".join(f"{p}[{n}]" for n, p in enumerate(PAYLOADS, start=1))
            yield Answer(said, tuple(quotes), suggestions=PAYLOADS)
        elif "各地" in text:
            yield COMPARISON
        elif scope.places:
            yield replace(ANSWER, text=f"只查{'、'.join(scope.places)}。[1]")
        else:
            pause = 0.5 if "慢" in text else self.pause
            for end in range(6, len(ANSWER.text), 6):
                shown = ANSWER.text[:end]
                yield Answer(shown, tuple(c for c in CITATIONS if f"[{c.n}]" in shown))
                time.sleep(pause)
            yield ANSWER


class FakeIndex:
    """What pages ask of an index beside its documents."""

    reports = ()
    documents = DOCUMENTS
    passage_count = len(DOCUMENTS)


class FakeServing:
    """Serves the fake engine and its documents."""

    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine

    @contextmanager
    def base(self) -> Iterator[Base]:
        """Hold the only base there is."""
        documents = {document.id: document for document in DOCUMENTS}
        yield Base(cast(Index, FakeIndex()), cast(Engine, self.engine), documents, "g1")


class FakeOffers:
    """Offers the examples, and one question to go on with."""

    def first(self, base: Base) -> Sequence[str]:
        """Return the examples."""
        del base
        return EXAMPLES

    def following(self, base: Base, history: Sequence[Turn], scope: Scope) -> Sequence[str]:
        """Return one question."""
        del base, history, scope
        return ("那各地呢？",)


def fake_site(folder: Path, engine: FakeEngine, asks_per_minute: int = 1000) -> Site:
    """Return a site that answers with a fake engine and keeps its state in a folder."""
    serving = cast(Serving, FakeServing(engine))
    return Site(serving, State(str(folder / "state.db")), folder, asks_per_minute=asks_per_minute)


def fake_app(site: Site) -> FastAPI:
    """Return the application of a fake site."""
    return build_app(site, FakeOffers())


if __name__ == "__main__":
    with TemporaryDirectory() as state:
        serve(fake_app(fake_site(Path(state), FakeEngine(pause=0.04))), "127.0.0.1", int(sys.argv[1]))
