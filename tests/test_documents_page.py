"""The list of documents: everything the base holds, and why something is not in it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser as Html

from bot.serving import Base, Serving, _Lease
from bot.web.documents import ROWS
from bot.web.site import Site
from index.build import build
from index.document import Document
from index.report import FileReport, Status
from tests.bases import write_documents
from tests.page_fakes import PAYLOADS, RULES
from tests.viewer_site import build_pages, build_site, first, write_folder


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The pages of a small base of every sort of document."""
    home = tmp_path_factory.mktemp("site")
    write_folder(home / "documents")
    with TestClient(build_pages(build_site(home))) as client:
        yield client


def pages_of(documents: list[Document], reports: tuple[FileReport, ...] = ()) -> TestClient:
    """Return the pages of a base of these documents."""
    nothing: Any = SimpleNamespace(reports=reports)
    base = Base(nothing, nothing, {document.id: document for document in documents}, "")
    return TestClient(build_pages(Site(Serving(_Lease(base)), nothing, Path("nowhere"))))


def rows(client: TestClient, query: str = "") -> dict[str, list[str]]:
    """Return the cells of each document's row by its title."""
    tree = Html(client.get(f"/documents{query}").text)
    cells = [[cell.text(separator=" ").strip() for cell in row.css("td")] for row in tree.css("tbody tr")]
    return {first(row, "a").text(): line for row, line in zip(tree.css("tbody tr"), cells, strict=True)}


def test_every_document_is_listed_with_what_is_known_of_it(client: TestClient) -> None:
    """Title, number, issuer, file, place, years, sections and the day it was indexed."""
    listed = rows(client)

    assert len(listed) == 9
    first, place, years, sections, day, problems = listed[
        "石泉县人民政府关于印发2024年度行政许可事项清单的通知"
    ]
    assert first.split()[1:] == ["石政发〔2024〕12号", "石泉县人民政府", "table.txt"]
    assert (place, years, sections, problems) == ("石泉县", "2024年", "4", "无")
    assert len(day.split("-")) == 3


def test_problems_are_told_beside_the_document(client: TestClient) -> None:
    """What the build complained of, what it could not mend and what it put right."""
    listed = rows(client)

    assert "没有认出条款编号" in listed["枫桥镇关于做好防汛工作的紧急通知"][5]
    assert "含有 2 个控制字符，已去掉" in listed[f"关于{PAYLOADS[1]}的通知"][5]
    assert "繁体已转成简体" in listed["青岩县法治建设工作方案(2023-2025年)"][5]
    assert "个损坏的字" in listed["青岩县法治建设工作方案(2023-2025年)"][5]


def test_damage_that_stayed_is_a_problem() -> None:
    """A document with characters shown as boxes asks for a better file."""
    report = FileReport(RULES.source, "0" * 64, Status.ADDED, unrepaired=3, taken="2026-01-02")
    client = pages_of([RULES], (report,))

    assert "有 3 个字损坏得无法确定" in rows(client)[RULES.title][5]
    assert rows(client)[RULES.title][4] == "2026-01-02"


def test_files_left_out_are_listed_with_what_to_do(client: TestClient) -> None:
    """Each file that is not in the base has a sentence that names it."""
    tree = Html(client.get("/documents").text)

    assert [node.text() for node in tree.css("#left-out li")] == [
        "“empty.txt”是空文件。请换一份有正文的文件。",
        "“old.docx”暂不支持（.docx 格式）。请另存为 txt、md 或 html。",
    ]
    assert first(tree, 'main a[href="#left-out"]')


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?text=法治建设", 5),
        ("?text=石政发", 1),
        ("?text=TABLE.TXT", 1),
        ("?text=法治建设+白沙县", 2),
        ("?place=青川区", 1),
        ("?year=2025", 3),
        ("?year=2023&place=白沙县", 2),
        ("?text=&place=&year=", 9),
        ("?year=abc", 9),
        ("?year=" + "9" * 5000, 9),
        ("?text=zzz", 0),
        ("?page=-3", 9),
        ("?page=99", 9),
    ],
)
def test_the_list_is_filtered_by_text_place_and_year(client: TestClient, query: str, count: int) -> None:
    """The address alone says what is asked for: it works without a script and can be sent on."""
    assert len(rows(client, query)) == count


def test_the_form_remembers_what_was_asked(client: TestClient) -> None:
    """What was typed and chosen stays, and can be cleared."""
    tree = Html(client.get('/documents?text="><script>&place=白沙县&year=2023').text)

    assert first(tree, "input[name=text]").attributes["value"] == '"><script>'
    assert [option.text() for option in tree.css("option[selected]")] == ["白沙县", "2023"]
    assert first(tree, 'a.button[href="/documents"]')


def test_a_filter_that_nothing_passes_says_so(client: TestClient) -> None:
    """No empty table is shown, but what to try."""
    tree = Html(client.get("/documents?text=zzz").text)

    assert "没有符合条件的文件" in first(tree, "main").text()
    assert not tree.css("table")


def test_an_empty_base_says_what_is_missing() -> None:
    """There is no form to filter nothing with."""
    tree = Html(pages_of([]).get("/documents").text)

    assert "还没有收录文件" in first(tree, "main").text()
    assert not tree.css("table, form.filter")


def test_many_documents_come_in_pages() -> None:
    """A hundred rows a page, in order, with links that keep the filter."""
    documents = [replace(RULES, id=f"{n:016x}", title=f"第{n}号办法") for n in range(250)]
    client = pages_of(documents)

    second = Html(client.get("/documents?text=办法&page=2").text)

    assert next(iter(rows(client, "?page=2"))) == "第100号办法"
    assert [len(rows(client, f"?page={n}")) for n in (1, 2, 3)] == [ROWS, ROWS, 50]
    assert [a.attributes["href"] for a in second.css(".pages a")] == [
        "/documents?text=%E5%8A%9E%E6%B3%95&page=1", "/documents?text=%E5%8A%9E%E6%B3%95&page=3",
    ]  # fmt: skip
    assert "第 2 页，共 3 页" in first(second, ".pages").text()


def test_hostile_words_are_shown_as_words(client: TestClient) -> None:
    """A title, a place and a file name that look like tags are letters."""
    tree = Html(client.get("/documents").text)

    assert not tree.css("img, iframe, svg, script:not([src^='/youju/'])")
    assert f"关于{PAYLOADS[1]}的通知" in rows(client)
    hostile = [
        replace(RULES, id=f"{n:016x}", place=p, issuer=p, number=p, source=p) for n, p in enumerate(PAYLOADS)
    ]
    shown = Html(pages_of(hostile).get("/documents").text)
    assert not shown.css("img, iframe, svg, script:not([src^='/youju/']), style, base, math")
    assert len(shown.css("tbody tr")) == len(PAYLOADS)


def test_on_a_phone_each_cell_says_its_column(client: TestClient) -> None:
    """The table becomes cards by the site's style sheet, which needs the columns' names."""
    tree = Html(client.get("/documents").text)

    assert first(tree, "table.cards")
    labels = [cell.attributes.get("data-label") for cell in tree.css("tbody tr")[0].css("td")]
    assert labels == [None, "地区", "年份", "条目数", "收录日期", "发现的问题"]


def test_the_day_a_file_was_read_stays_with_it(tmp_path: Path) -> None:
    """A file that is as it was keeps its day in the next index; an index from before days has none."""
    folder = write_documents(tmp_path / "documents")
    build(folder, tmp_path / "index")
    (folder / "more.txt").write_text("云岭县补充通知\n一、时间\n甲。\n二、地点\n乙。\n", "utf-8")

    reports = build(folder, tmp_path / "index").files

    assert {report.status for report in reports} == {Status.ADDED, Status.UNCHANGED}
    assert {report.taken for report in reports} == {date.today().isoformat()}
    older = json.loads(reports[0].to_json())
    del older["taken"]
    assert FileReport.from_json(json.dumps(older)) == reports[0]
    assert FileReport.from_json(json.dumps(older)).taken == ""
