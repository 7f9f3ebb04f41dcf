"""The page of a document: whole, at the clause a link points to, cleaned or as its file has it."""

import html
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser as Html

from bot.web.links import anchors, section_link
from bot.web.site import Site
from index.build import build
from index.document import Document
from index.search import open_index
from prompts import interface
from tests.page_fakes import PAYLOADS
from tests.viewer_site import build_pages, build_site, document_of, first, write_folder

SPACE = re.compile(r"\s+")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of documents of every sort."""
    home = tmp_path_factory.mktemp("site")
    write_folder(home / "documents")
    return home


@pytest.fixture(scope="module")
def site(home: Path) -> Site:
    """A site that serves them."""
    return build_site(home)


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[TestClient]:
    """The pages of documents."""
    with TestClient(build_pages(site)) as client:
        yield client


def opened(client: TestClient, path: str) -> Html:
    """Return a page that is there."""
    response = client.get(path)
    assert response.status_code == 200
    return Html(response.text)


def words(tree: Html, selector: str) -> list[str]:
    """Return the words of each element of a page."""
    return [node.text() for node in tree.css(selector)]


def page_of(client: TestClient, site: Site, source: str, query: str = "") -> tuple[Document, Html]:
    """Return a file's first document and its page."""
    document = document_of(site, source)
    return document, opened(client, f"/d/{document.id}{query}")


@pytest.mark.parametrize("source", ["plan.txt", "damaged.txt", "table.txt", "both.txt", "short.txt"])
def test_a_page_holds_the_whole_document_section_by_section(
    client: TestClient, site: Site, source: str
) -> None:
    """Every section stands on the page under its anchor, with all its words and no others."""
    document, tree = page_of(client, site, source)

    shown = {node.id: node for node in tree.css(".section")}
    assert list(shown) == list(anchors(document).values())
    for section in document.sections:
        node = shown[anchors(document)[section.start]]
        said = "".join(part.text() for part in node.css("h2, h3, h4, h5, h6, p, td, th"))
        assert SPACE.sub("", said) == SPACE.sub("", document.section_text(section))


def test_the_head_says_what_the_document_is(client: TestClient, site: Site) -> None:
    """Title, issuer, place, years, number, date and file stand above the text."""
    document, tree = page_of(client, site, "table.txt")

    assert words(tree, "h1") == [document.title]
    assert dict(zip(words(tree, "dt"), words(tree, "dd"), strict=True)) == {
        "发文机关": "石泉县人民政府", "文号": "石政发〔2024〕12号", "地区": "石泉县", "年份": "2024年",
        "来源文件": "table.txt",
    }  # fmt: skip


def test_the_title_of_a_section_is_a_heading(client: TestClient, site: Site) -> None:
    """Screen readers go from chapter to chapter; the label and heading of a paragraph stand out."""
    _, tree = page_of(client, site, "plan.txt")

    assert words(tree, "h2") == ["一、执法队伍", "二、决策程序", "三、监督"]
    assert "(一)加强培训。" in words(tree, ".section p b")


def test_a_quote_is_marked_where_the_link_says(client: TestClient, site: Site) -> None:
    """The very characters are marked, once, with an anchor of their own."""
    document = document_of(site, "plan.txt")
    start = document.text.index("应当保证必要的审查时间")

    tree = opened(client, f"/d/{document.id}?q={start}-{start + 20}")

    assert "".join(words(tree, "mark.quote")) == document.text[start : start + 20]
    assert len(tree.css('[id="~quote"]')) == 1


def test_a_quote_over_paragraphs_is_marked_in_each(client: TestClient, site: Site) -> None:
    """A quote of a list with its introduction runs over several paragraphs."""
    document = document_of(site, "plan.txt")
    start, end = document.text.index("重大决策应当履行"), document.text.index("2.专家论证；") + 7

    tree = opened(client, f"/d/{document.id}?q={start}-{end}")

    assert words(tree, "mark.quote") == ["重大决策应当履行下列程序：", "1.公众参与；", "2.专家论证；"]


@pytest.mark.parametrize("q", ["", "5", "9-5", "0-999999", "-1-4", "a-b", "１-２", "0-0", "9" * 5000 + "-1"])
def test_a_quote_that_is_none_marks_nothing(client: TestClient, site: Site, q: str) -> None:
    """A link cut off in a mail still opens the document."""
    document = document_of(site, "plan.txt")

    assert not opened(client, f"/d/{document.id}?q={quote(q)}").css("mark.quote")


def test_table_rows_are_rows(client: TestClient, site: Site) -> None:
    """Rows with tabs are tables, all with the same columns; on a phone each cell says its column."""
    _, tree = page_of(client, site, "table.txt")

    assert words(tree, "th") == ["序号", "事项名称", "主要内容", "责任单位"]
    rows = [[cell.text() for cell in row.css("td")] for row in tree.css("tr") if row.css("td")]
    assert rows[1] == ["2", "取水许可", "核查取水论证，二十个工作日内办结。", "县水利局"]
    assert [cell.attributes["data-label"] for cell in tree.css("td")][:2] == ["序号", "事项名称"]
    assert len({str([col.attributes["class"] for col in t.css("col")]) for t in tree.css("table")}) == 1


def test_repaired_characters_say_what_stood_there(client: TestClient, site: Site) -> None:
    """The cleaned text marks each repair with the damage, the original each damage with its repair."""
    _, tree = page_of(client, site, "damaged.txt")
    document, raw = page_of(client, site, "damaged.txt", "?text=raw")

    cleaned_marks = {(m.text(), m.attributes["title"]) for m in tree.css(".text mark.repaired")}
    raw_marks = {(m.text(), m.attributes["title"]) for m in raw.css(".text mark.repaired")}
    assert ("务", "原文：務(wù)") in cleaned_marks
    assert ("(一)加强", "原文：?。ㄒ唬┘訌?qiáng)") in cleaned_marks
    assert ("務(wù)", "已修复为：务") in raw_marks
    assert ("?。ㄒ唬┘訌?qiáng)", "已修复为：(一)加强") in raw_marks
    assert SPACE.sub("", "".join(words(raw, ".text p"))) == SPACE.sub("", document.raw)


def test_conversion_is_shown_differently_from_repair(client: TestClient, site: Site) -> None:
    """A character that was only simplified is no repair."""
    document, tree = page_of(client, site, "converted.txt")
    _, raw = page_of(client, site, "converted.txt", "?text=raw")

    assert not tree.css("mark.repaired")
    converted = {(m.text(), m.attributes["title"]) for m in tree.css(".text mark.converted")}
    reworded = {(m.text(), m.attributes["title"]) for m in tree.css(".text mark.reworded")}
    assert ("规", "繁体原文：規") in converted
    assert ("群众", "繁体原文：民眾") in reworded
    assert "已转成：群众" in {m.attributes["title"] for m in raw.css(".text mark.reworded")}
    assert "繁体" in first(tree, ".cleaning").text()
    assert SPACE.sub("", "".join(words(raw, ".text p"))) == SPACE.sub("", document.raw)


def test_lines_of_the_site_are_shown_as_left_out(client: TestClient, site: Site) -> None:
    """The original shows what cleaning cut, struck out; the cleaned text lists it."""
    _, tree = page_of(client, site, "damaged.txt")
    _, raw = page_of(client, site, "damaged.txt", "?text=raw")

    assert words(raw, ".section .out") == ["設為首頁 | 收藏本站", "分享到:"]
    assert words(tree, ".chrome li") == ["设为首页 | 收藏本站", "分享到:"]


def test_each_section_of_the_original_begins_with_its_own_label(client: TestClient, site: Site) -> None:
    """The switch keeps the place: an anchor names the same words in both texts, damaged or not."""
    _, tree = page_of(client, site, "damaged.txt")
    _, raw = page_of(client, site, "damaged.txt", "?text=raw")
    begins = {node.id: first(node, "p").text().strip() for node in raw.css(".section")}

    assert [node.id for node in tree.css(".section")] == list(begins)
    assert begins["一·(一)"].startswith("?。ㄒ唬┘訌?qiáng)培訓(xùn)")
    assert begins["三"].startswith("三、監(jiān)督")
    assert begins["二·(四)·3."].startswith("3.集體(tǐ)")


def test_a_quote_is_marked_in_the_original_too(client: TestClient, site: Site) -> None:
    """The words cited are found in the damaged text they were made from."""
    document = document_of(site, "damaged.txt")
    start = document.text.index("业务培训不少于48学时")

    tree = opened(client, f"/d/{document.id}?text=raw&q={start}-{start + 11}")

    assert "".join(words(tree, "mark.quote")) == "業(yè)務(wù)培訓(xùn)不少於(yú)48學(xué)時(shí)"


def test_documents_of_one_file_split_its_original(client: TestClient, site: Site) -> None:
    """Each shows its own part of the file's raw text, and leads to the other."""
    with site.serving.base() as base:
        one, two = [d for d in base.documents.values() if d.source == "both.txt"]

    parts = []
    for document, other in ((one, two), (two, one)):
        tree = opened(client, f"/d/{document.id}?text=raw")
        parts.append("".join(words(tree, ".text p")))
        assert first(tree, f'.about a[href="/d/{other.id}"]').text() == f"《{other.title}》"

    assert SPACE.sub("", parts[0] + parts[1]) == SPACE.sub("", one.raw)
    assert parts[1].startswith("白沙县2023年度法治建设情况报告")


def test_the_outline_leads_to_the_sections(client: TestClient, site: Site) -> None:
    """The outline is a landmark with a name, and can be skipped."""
    document, tree = page_of(client, site, "plan.txt")

    links = [unquote((a.attributes["href"] or "")[1:]) for a in tree.css(".outline li a")]
    assert links == list(anchors(document).values())
    assert first(tree, "nav.outline").attributes["aria-label"] == "目录"
    assert first(tree, '.outline a.skip[href="#~text"]')
    assert first(tree, '[id="~text"]')


def test_each_section_has_a_link_to_be_copied(client: TestClient, site: Site) -> None:
    """The link of a section is its permanent one, and says which section it is of."""
    document, tree = page_of(client, site, "plan.txt")

    links = tree.css(".section > a.link")
    assert [f"/d/{document.id}{a.attributes['href']}" for a in links] == [
        section_link(document, section) for section in document.sections
    ]
    assert links[2].attributes["aria-label"] == "复制链接：一、(一)"


def test_the_switch_keeps_the_quote(client: TestClient, site: Site) -> None:
    """Going from the cleaned text to the original and back loses nothing, with no script as well."""
    document, tree = page_of(client, site, "plan.txt", "?q=3-9")

    assert [a.attributes["href"] for a in tree.css(".switch a")] == [
        f"/d/{document.id}?q=3-9", f"/d/{document.id}?text=raw&q=3-9",
    ]  # fmt: skip
    assert [a.text() for a in tree.css(".switch a[aria-current]")] == ["整理后"]


def test_the_original_can_be_downloaded(client: TestClient, site: Site) -> None:
    """The raw text comes as a text file with the file's name, never as a page."""
    document = document_of(site, "hostile<img src=x onerror=window.hacked=1>.txt")

    response = client.get(f"/d/{document.id}/original.txt")

    assert response.content.decode() == document.raw
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["content-disposition"].startswith("attachment; filename*=UTF-8''hostile%3Cimg")


@pytest.mark.parametrize("query", ["", "?text=raw", "?q=0-200"])
def test_hostile_words_are_shown_as_words(client: TestClient, site: Site, query: str) -> None:
    """Nothing of a title, a file name or a text becomes a tag, an attribute or an address."""
    document, tree = page_of(client, site, "hostile<img src=x onerror=window.hacked=1>.txt", query)

    assert (
        tree.css("img, svg, iframe, style, base, meta[http-equiv], math, form:not(.bar form), object") == []
    )
    assert all((script.attributes["src"] or "").startswith("/youju/") for script in tree.css("script"))
    assert all((a.attributes["href"] or "")[:1] in "/#" for a in tree.css("a"))
    assert not [n for n in tree.css("*") if any(name.startswith("on") for name in n.attributes)]
    assert words(tree, "h1") == [document.title] == [f"关于{PAYLOADS[1]}的通知"]
    assert PAYLOADS[0] in first(tree, ".text").text()
    assert "\u202e" not in html.unescape(client.get(f"/d/{document.id}{query}").text)


@pytest.mark.parametrize("id_", ["0" * 16, "x", "..%2f..%2fetc", "<script>", "字" * 300])
def test_an_unknown_document_is_told_in_plain_words(client: TestClient, id_: str) -> None:
    """A wrong link is not found, says so, and nothing of it is repeated."""
    response = client.get(f"/d/{id_}")

    assert response.status_code == 404
    if "%2f" not in id_:
        assert interface("zh")["viewer_unknown"] in response.text


def test_the_page_speaks_english_too(client: TestClient, site: Site) -> None:
    """The interface follows the language chosen; the document stays Chinese, and is marked so."""
    document = document_of(site, "damaged.txt")
    tree = Html(client.get(f"/d/{document.id}", headers={"Cookie": "youju_language=en"}).text)

    assert words(tree, ".switch a") == ["Cleaned", "Original"]
    assert first(tree, "html").attributes["lang"] == "en"
    assert first(tree, ".text").attributes["lang"] == "zh-CN"


def test_a_replaced_document_leads_to_its_new_version(tmp_path: Path) -> None:
    """The permanent link of a replaced file offers the new one; of a file taken away it says so."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("云岭县工作方案(2023年)\n一、目标\n甲。\n二、步骤\n乙。\n", "utf-8")
    (folder / "b.txt").write_text("青川区工作方案(2023年)\n一、目标\n丙。\n二、步骤\n丁。\n", "utf-8")
    site = build_site(tmp_path)
    with site.serving.base() as base:
        site.state.seen.note(base.documents.values())
    old = {source: document_of(site, source).id for source in ("a.txt", "b.txt")}
    (folder / "a.txt").write_text("云岭县工作方案(2023年)\n一、目标\n甲甲。\n二、步骤\n乙。\n", "utf-8")
    (folder / "b.txt").unlink()
    build(folder, site.index)
    site.serving.replace(open_index(site.index))

    with TestClient(build_pages(site)) as client:
        replaced = client.get(f"/d/{old['a.txt']}?q=1-2")
        gone = client.get(f"/d/{old['b.txt']}")

        tree = Html(replaced.text)
        link = first(tree, "a.keep-place")
        assert (replaced.status_code, gone.status_code) == (404, 404)
        assert words(tree, "h1") == ["此文件已有新版"]
        assert link.attributes["href"] == f"/d/{document_of(site, 'a.txt').id}"
        assert client.get(link.attributes["href"] or "").status_code == 200
        assert "“b.txt”已经不在文件库里了" in gone.text
    site.serving.close()
    site.state.close()


def test_a_document_of_thousands_of_sections_is_shown_in_time(tmp_path: Path) -> None:
    """Five thousand articles take under a second, and the browser draws only those in sight."""
    folder = tmp_path / "documents"
    folder.mkdir()
    articles = [f"第{n}条 有关机关应当在{n}日内办结并报告上一级机关备案。" for n in range(1, 5_001)]
    (folder / "law.txt").write_text("\n".join(["某县大型管理办法", *articles]), "utf-8")
    site = build_site(tmp_path)
    with TestClient(build_pages(site)) as client:
        document = document_of(site, "law.txt")
        client.get("/d/warm")
        started = time.process_time()
        tree = client.get(f"/d/{document.id}").text
        taken = time.process_time() - started

    assert len(document.sections) > 5_000
    assert tree.count('<div class="section"') == len(document.sections)
    assert '<article class="text large"' in tree
    assert taken < 2
    site.serving.close()
    site.state.close()


def test_a_page_lets_go_of_the_index_it_was_made_from(site: Site, client: TestClient) -> None:
    """A replaced index is closed as soon as nobody reads; the page must not hold it."""
    client.get(f"/d/{document_of(site, 'plan.txt').id}")

    assert site.serving._lease.users == 0
