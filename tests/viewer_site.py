"""A small site with a document of every sort the pages of documents must show: plain, damaged and in
traditional characters, a table, two in one file, hostile, and files that are left out.

``python -m tests.viewer_site FOLDER PORT`` serves its pages on 127.0.0.1.
"""

import sys
from pathlib import Path

from fastapi import FastAPI
from selectolax.lexbor import LexborHTMLParser, LexborNode
from starlette.staticfiles import StaticFiles

from bot.serving import Serving
from bot.state.database import State
from bot.web import documents, viewer
from bot.web.guard import Guard
from bot.web.server import serve
from bot.web.site import Site
from index.build import build
from index.document import Document
from index.search import open_index
from tests.bases import PLAN, REPORT, write_documents
from tests.damage import damage, residues
from tests.page_fakes import PAYLOADS

STATIC = Path(viewer.__file__).with_name("static")
NOTICE = """石泉县人民政府关于印发2024年度行政许可事项清单的通知
石政发〔2024〕12号
各乡镇人民政府：现将清单印发给你们，请认真贯彻执行。
附件1
行政许可事项清单
序号\t事项名称\t主要内容\t责任单位
1\t食品经营许可\t核查经营场所，十个工作日内办结。\t县市场监管局
2\t取水许可\t核查取水论证，二十个工作日内办结。\t县水利局
"""
HOSTILE = "\n".join(
    [f"关于{PAYLOADS[1]}的通知", f"一、{PAYLOADS[0]}", *PAYLOADS[2:14], f"二、{PAYLOADS[7]}", *PAYLOADS[14:]]
)
CONVERTED = """白沙縣辦理行政許可的規定
一、依照程式
視窗應當公佈辦理程式,民眾可以查閱。
二、網際網路
通過網際網路辦理的,權責清晰。
"""
SHORT = "枫桥镇关于做好防汛工作的紧急通知\n各村要加强值班值守。\n"


def damaged_plan() -> str:
    """Return the plan of another county as a page converter left it, with the site's lines around."""
    lines = PLAN.replace("云岭县", "青岩县").strip().split("\n")
    after = residues("\n".join(lines), 1)
    site = ["設為首頁 | 收藏本站", "分享到:"]
    return "\n".join([site[0], *(damage("　　" + line, after) for line in lines), site[1]])


def write_folder(folder: Path) -> Path:
    """Write the documents and the files that are no documents."""
    write_documents(folder)
    (folder / "damaged.txt").write_text(damaged_plan(), "utf-8")
    (folder / "table.txt").write_text(NOTICE, "utf-8")
    (folder / "both.txt").write_text(
        f"{PLAN.replace('云岭县', '白沙县')}{REPORT.replace('青川区', '白沙县')}", "utf-8"
    )
    (folder / "hostile<img src=x onerror=window.hacked=1>.txt").write_text(HOSTILE, "utf-8")
    (folder / "converted.txt").write_text(CONVERTED, "utf-8")
    (folder / "short.txt").write_text(SHORT, "utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "old.docx").write_bytes(b"PK")
    return folder


def build_site(home: Path) -> Site:
    """Build the index of a folder below ``home`` and return a site that serves it."""
    build(home / "documents", home / "index")
    return Site(Serving.of(open_index(home / "index")), State(str(home / "state.sqlite")), home / "index")


def build_pages(site: Site) -> FastAPI:
    """Return an application of nothing but the pages of documents."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/youju", StaticFiles(directory=STATIC))
    app.include_router(viewer.router(site))
    app.include_router(documents.router(site))
    app.add_middleware(Guard)
    return app


def document_of(site: Site, source: str) -> Document:
    """Return the first document of a file."""
    with site.serving.base() as base:
        return next(document for document in base.documents.values() if document.source == source)


def first(tree: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    """Return the first element of a page that a selector names; there must be one."""
    found = tree.css_first(selector)
    assert found is not None, selector
    return found


if __name__ == "__main__":
    home = Path(sys.argv[1])
    write_folder(home / "documents")
    serve(build_pages(build_site(home)), "127.0.0.1", int(sys.argv[2]))
