"""Small folders of made-up documents, and an index over one of them, shared by the index tests."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from index.build import build

COUNTIES = ("青禾县", "云溪县", "松坪区")

# The same sentence stands in every county's document: hits must stay apart.
SHARED_SENTENCE = "规范性文件实行统一登记、统一编号、统一印发。"


def plan(county: str, year: int = 2023, meetings: int = 4) -> str:
    """A short plan of a made-up county, with its own numbers."""
    return "\n".join(
        [
            f"{county}{year}年法治政府建设工作方案",
            "为做好法治政府建设工作，制定本方案。",
            "一、依法决策",
            f"（一）会前学法。县政府常务会议每年学法不少于{meetings}次，由司法局负责。",
            f"（二）文件管理。{SHARED_SENTENCE}",
            "二、行政执法",
            "（一）执法公示。执法结果应当在七个工作日内向社会公开。",
            f"（二）案卷评查。{county}每年评查案卷{meetings * 10}件，评查结果予以通报。",
            "三、矛盾化解",
            "（一）行政复议。畅通复议申请渠道，推广网上受理。",
            "（二）人民调解。每个村设立调解室，配备专职调解员。",
        ]
    )


def write_plans(folder: Path, counties: tuple[str, ...] = COUNTIES) -> Path:
    """Write one plan a county into a folder, made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, county in enumerate(counties):
        (folder / f"plan-{number}.txt").write_text(plan(county, 2021 + number, 4 + number), "utf-8")
    return folder


@cache
def built() -> tuple[Path, Path]:
    """Return a folder of plans and its index, built once for the whole run; nobody writes into either."""
    home = Path(tempfile.mkdtemp(prefix="youju-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    documents = write_plans(home / "documents")
    build(documents, home / "index")
    return documents, home / "index"
