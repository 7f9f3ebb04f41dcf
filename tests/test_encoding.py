"""Bytes become the text that was written, in whatever encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.formats.encoding import GARBAGE, decode

SIMPLIFIED = (
    "各乡镇人民政府，县政府各部门：为全面推进依法行政，加快建设法治政府，现将有关工作安排如下。一、健全重大行政决策程序。"
    "（一）严格落实公众参与、专家论证、风险评估、合法性审查和集体讨论决定程序，2023年底前完成目录编制并向社会公布。"
    "（二）责任单位：县司法局、县发展改革局、各乡镇。二、推进严格规范公正文明执法，全面实行行政执法公示、全过程记录、"
    "法制审核三项制度，每半年开展一次案卷评查。三、加强行政复议规范化建设，行政机关负责人出庭应诉率达到100%。"
)
TRADITIONAL = (
    "各鄉鎮人民政府，縣政府各部門：為全面推進依法行政，加快建設法治政府，現將有關工作安排如下。一、健全重大行政決策程序。"
    "（一）嚴格落實公眾參與、專家論證、風險評估、合法性審查和集體討論決定程序，2023年底前完成目錄編制並向社會公布。"
    "（二）責任單位：縣司法局、縣發展改革局、各鄉鎮。二、推進嚴格規範公正文明執法，全面實行行政執法公示、全過程記錄、"
    "法制審核三項制度，每半年開展一次案卷評查。三、加強行政複議規範化建設，行政機關負責人出庭應訴率達到100%。"
)
TABLE = "序号\t姓名\t单位\n1\t欧阳晓雯\t禾清县司法局\n2\t诸葛颖\t澜川市档案馆\n3\t慕容婧\t松坪区税务局\n"
ENGLISH = "Opinions on building a law-based government\r\n1. Purpose\r\n2. Scope\r\n"


@pytest.mark.parametrize(
    ("written", "encoding", "reported"),
    [
        pytest.param(SIMPLIFIED, "utf-8", "utf-8", id="utf-8"),
        pytest.param(SIMPLIFIED, "utf-8-sig", "utf-8", id="utf-8 with mark"),
        pytest.param(SIMPLIFIED, "gb18030", "gb18030", id="gb18030"),
        pytest.param(SIMPLIFIED, "gbk", "gb18030", id="gbk"),
        pytest.param(TRADITIONAL, "gb18030", "gb18030", id="traditional in gb18030"),
        pytest.param(TRADITIONAL, "big5", "big5", id="big5"),
        pytest.param(SIMPLIFIED, "utf-16", "utf-16-le", id="utf-16 with mark"),
        pytest.param("\ufeff" + SIMPLIFIED, "utf-16-be", "utf-16-be", id="utf-16-be with mark"),
        pytest.param(SIMPLIFIED, "utf-16-le", "utf-16-le", id="utf-16-le"),
        pytest.param(SIMPLIFIED, "utf-16-be", "utf-16-be", id="utf-16-be"),
        pytest.param(TRADITIONAL, "utf-16-le", "utf-16-le", id="traditional in utf-16-le"),
        pytest.param(SIMPLIFIED, "utf-32", "utf-32-le", id="utf-32 with mark"),
        pytest.param(TABLE, "gb18030", "gb18030", id="table of names in gb18030"),
        pytest.param(TABLE, "utf-16-le", "utf-16-le", id="table of names in utf-16"),
        pytest.param(ENGLISH, "ascii", "utf-8", id="ascii"),
        pytest.param(ENGLISH, "utf-16-le", "utf-16-le", id="english in utf-16"),
        pytest.param("联通", "gb18030", "gb18030", id="two characters that are valid utf-8 too"),
    ],
)
def test_the_encoding_is_found(written: str, encoding: str, reported: str) -> None:
    """A text comes back as written, without its byte order mark and without a warning."""
    decoded = decode(written.encode(encoding))

    assert decoded is not None
    assert (decoded.text, decoded.encoding, decoded.warnings) == (
        written.removeprefix("\ufeff"),
        reported,
        (),
    )


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("start", range(0, 60, 7))
def test_the_encoding_of_a_short_piece_is_found(encoding: str, start: int) -> None:
    """Forty characters are enough to tell the encodings apart."""
    piece = (TRADITIONAL if encoding == "big5" else SIMPLIFIED)[start : start + 40]

    decoded = decode(piece.encode(encoding))

    assert decoded is not None
    assert decoded.text == piece


@pytest.mark.parametrize("declared", ["big5", "iso-8859-1", "utf-8", "unknown"])
def test_a_declared_charset_is_only_a_hint(declared: str) -> None:
    """A site that declares the wrong charset is read all the same."""
    decoded = decode(SIMPLIFIED.encode("gb18030"), declared)

    assert decoded is not None
    assert decoded.text == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be"])
def test_a_cut_last_character_is_left_out_with_a_warning(encoding: str) -> None:
    """A download that ended inside a character loses that character only."""
    written = (TRADITIONAL if encoding == "big5" else SIMPLIFIED) + "完"

    decoded = decode(written.encode(encoding)[:-1])

    assert decoded is not None
    assert decoded.text == written[:-1]
    assert "末尾不完整" in decoded.warnings[0]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_few_broken_bytes_are_marked_with_a_warning(encoding: str) -> None:
    """One undecodable byte does not cost the document; its place is marked and counted."""
    written = (SIMPLIFIED * 3).encode(encoding)

    decoded = decode(written + b"\xff" + written)

    assert decoded is not None
    assert decoded.text == SIMPLIFIED * 3 + "\ufffd" + SIMPLIFIED * 3
    assert "1 处字节无法辨认" in decoded.warnings[0]


def test_control_characters_are_taken_out_with_a_warning() -> None:
    """A stray NUL goes and is counted; the words stay."""
    decoded = decode((SIMPLIFIED + "\x00" + SIMPLIFIED).encode())

    assert decoded is not None
    assert decoded.text == SIMPLIFIED * 2
    assert "1 个控制字符" in decoded.warnings[0]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(bytes(range(256)) * 8, id="all bytes"),
        pytest.param(b"\x00" * 1000, id="only NULs"),
        pytest.param("".join(f"{c}\x00\x00" for c in SIMPLIFIED).encode(), id="too many NULs"),
        pytest.param(
            "これは日本語の文書です。行政手続に関する規定を定める。".encode("shift-jis") * 9, id="Japanese"
        ),
        pytest.param("이것은 한국어 문서입니다 행정 절차에 관한 규정".encode("euc-kr") * 9, id="Korean"),
        pytest.param("Это документ на русском языке, правила".encode("koi8-r") * 9, id="Russian"),
        pytest.param(SIMPLIFIED.encode() + SIMPLIFIED.encode("gb18030"), id="half and half"),
    ],
)
def test_what_is_no_chinese_text_is_refused(data: bytes) -> None:
    """Binary data and foreign legacy encodings are not turned into rare characters."""
    assert decode(data) is None


@given(st.binary(max_size=400))
def test_any_bytes_decode_or_are_refused(data: bytes) -> None:
    """Nothing raises, and what is returned can be stored and printed."""
    decoded = decode(data)

    if decoded is not None:
        decoded.text.encode()
        assert not GARBAGE.search(decoded.text.replace("\ufffd", ""))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=200))
def test_any_utf8_text_with_its_mark_comes_back(written: str) -> None:
    """A byte order mark settles the encoding, whatever is written."""
    decoded = decode(written.replace("\ufffd", "").encode("utf-8-sig"))

    assert decoded is not None
    assert decoded.text == written.replace("\ufffd", "")
