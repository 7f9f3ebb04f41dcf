"""A passage made up for the tests of what a model may say of it."""

from bot.passage import Source
from bot.sentences import units
from index.document import Document, Section

TEXT = """(一)加强培训。\
行政执法人员每人每年参加业务培训不少于60学时，其中公共法律知识培训不少于20学时，\
由县司法局组织实施，县财政局保障经费。
新录用人员应当在2022年6月底前完成40学时的岗前培训，未经培训不得上岗，可以申请延期一次，延期不超过30日。
被评为示范单位的，省级的加4分，市级的加2分；合格率达到98%。《云岭县执法人员管理办法》同时废止。
"""


def source(n: int = 1, text: str = TEXT, place: str = "云岭县") -> Source:
    """A passage of a plan of a county."""
    title = f"{place}法治建设工作方案(2021-2025年)"
    section = Section(("一", "(一)"), "加强培训", 0, len(text))
    document = Document(
        f"d{n}", f"{n}.txt", "", title, f"{place}人民政府", place, (2021, 2022, 2023, 2024, 2025),
        "云政发〔2021〕15号", "2021-03-05", text, text, (section,),
    )  # fmt: skip
    return Source(n, document, section, units(document, 0))
