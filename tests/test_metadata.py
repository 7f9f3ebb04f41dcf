"""What a document says of itself."""

import pytest

from index.metadata import Metadata, describe, find_place, find_years
from index.titles import document_kind, find_titles, is_title, main_title

NOTICE = """临川县人民政府文件
临政发〔2023〕5号
临川县人民政府
关于印发《临川县优化营商环境
行动计划（2023—2025年）》的通知
各乡镇人民政府，县政府各部门：
现将行动计划印发给你们，请认真组织实施。
临川县人民政府
2023年3月15日
一、总体要求
坚持改革。"""


def _describe(text: str, preamble: int = 40) -> Metadata:
    return describe(text.split("\n"), preamble)


def test_a_notice_over_three_lines() -> None:
    """Title lines are joined, and issuer, place, years, 文号 and date are read from the head."""
    about = _describe(NOTICE, 9)

    assert about.title == "临川县人民政府关于印发《临川县优化营商环境行动计划（2023—2025年）》的通知"
    assert about.issuer == "临川县人民政府"
    assert about.place == "临川县"
    assert about.years == (2023, 2024, 2025)
    assert about.number == "临政发〔2023〕5号"
    assert about.date == "2023-03-15"


def test_a_site_page() -> None:
    """The site's own fields give date and issuer."""
    about = _describe(
        "云溪县2021年度工作报告\n发布时间：2022-03-29 10:05:38 信息来源：云溪县人民政府办公室\n正文。"
    )

    assert (about.issuer, about.date, about.years) == ("云溪县人民政府办公室", "2022-03-29", (2021,))


def test_a_local_statute() -> None:
    """A statute's history gives the newest decision's date and the assembly; its title gives the place."""
    about = _describe(
        "云州市停车场管理条例\n2021年6月29日 云州市第十一届人民代表大会常务委员会第四十一次会议通过\n"
        "2023年7月29日 云州市第十二届人民代表大会常务委员会第三次会议修订\n第一条 为了规范管理，制定本条例。",
        3,
    )

    assert about.title == "云州市停车场管理条例"
    assert about.issuer == "云州市人民代表大会常务委员会"
    assert (about.place, about.years, about.date) == ("云州市", (), "2023-07-29")


def test_a_signature_at_the_end() -> None:
    """The body and the date that close a document are its issuer and date."""
    about = _describe(
        "关于开展安全检查的通知\n一、时间\n6月。\n二、范围\n全县。\n云溪县安全生产委员会办公室\n2024年5月20日",
        1,
    )

    assert (about.issuer, about.place, about.date) == ("云溪县安全生产委员会办公室", "云溪县", "2024-05-20")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("枞阳县法治政府建设工作方案", "枞阳县"),
        ("广元市昭化区人民政府办公室关于印发《工作安排》的通知", "昭化区"),
        ("江苏省人民政府关于2020年度法治政府建设情况的报告", "江苏省"),
        ("关于印发《云溪县实施方案》的通知", "云溪县"),
        ("2021年度沁水县法治政府建设报告", "沁水县"),
        ("中共云州市委关于全面依法治市的意见", "云州市"),
        ("恩施土家族苗族自治州城乡管理条例", "恩施土家族苗族自治州"),
        ("浙江省景宁畲族自治县条例", "景宁畲族自治县"),
        ("上海市浦东新区条例", "浦东新区"),
        ("云溪县青石镇工作总结", "青石镇"),
        ("北京市城市绿化条例", "北京市"),
        ("安阳市政务服务条例", "安阳市"),
        ("云溪县城市管理局2023年度报告", "云溪县"),
        ("长沙市望城区工作总结", "望城区"),
        ("荆州市沙市区工作总结", "沙市区"),
        ("云州市市区停车规定", "云州市"),
        ("中华人民共和国城市房地产管理法", ""),
        ("城市居民住宅小区管理规定", ""),
        ("乡镇企业法", ""),
        ("社区矫正法实施办法", ""),
        ("最高人民法院关于审理垄断民事纠纷案件的解释", ""),
    ],
)
def test_places(name: str, place: str) -> None:
    """The last unit of a chain of units is the place; words that only end in 市 or 区 are none."""
    assert find_place(name) == place


@pytest.mark.parametrize(
    ("title", "years"),
    [
        ("工作方案(2021-2025年)", (2021, 2022, 2023, 2024, 2025)),
        ("实施方案（2021—2023 年）", (2021, 2022, 2023)),
        ("2020年度报告", (2020,)),
        ("二〇二一年工作要点", (2021,)),
        ("“十四五”规划", (2021, 2022, 2023, 2024, 2025)),
        ("第十三个五年规划纲要", (2016, 2017, 2018, 2019, 2020)),
        ("管理条例（2019年修正）", ()),
        ("行政处罚法", ()),
    ],
)
def test_years(title: str, years: tuple[int, ...]) -> None:
    """Ranges give all their years; five-year plans are counted; the year of an amendment is no subject."""
    assert find_years(title) == years


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("昭府办发[2017]10号", "昭府办发〔2017〕10号"),
        ("文号：云政办发（2020）第12号", "云政办发〔2020〕12号"),
        ("云州市人民政府令第41号", "云州市人民政府令第41号"),
        ("根据《关于试点的通知》（国发〔2019〕3号）要求", ""),
    ],
)
def test_numbers(line: str, number: str) -> None:
    """文号 brackets are normalised; another document's number is not the document's."""
    assert _describe(f"云溪县工作方案\n{line}\n正文。").number == number


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("云溪县法治政府建设实施方案", True),
        ("2017年度法治政府建设工作安排", True),
        ("云溪县管理办法（试行）", True),
        ("现将《云溪县实施方案》印发给你们，请认真执行。", False),
        ("一、工作方案", False),
        ("《云溪县实施方案》", False),
        ("各乡镇人民政府：", False),
    ],
)
def test_titles(line: str, expected: bool) -> None:
    """A title ends in a kind of document and is no sentence, no numbered heading, no mere reference."""
    assert is_title(line) is expected


def test_the_fuller_title_wins() -> None:
    """A site prints the bare title above; the one with its years over the text is the title."""
    words = [
        "云州省实施方案",
        "发表时间：2022-03-20",
        "近日，印发了方案。",
        "云州省实施方案",
        "（2021—2025年）",
        "正文。",
    ]

    assert main_title(words)[0] == "云州省实施方案（2021—2025年）"
    assert len(find_titles(words)) == 2


def test_a_history_note_is_no_part_of_the_title() -> None:
    """(…年…月…日通过) below a title is not joined to it."""
    assert main_title(["云溪县管理办法", "（2022年5月10日县政府常务会议通过）"])[0] == "云溪县管理办法"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("云州(法治政府)建设考核方案", "考核方案"),
        ("云溪县停车条例（试行）", "停车条例"),
        ("行政处罚法", "政处罚法"),
        ("X通知", "通知"),
    ],
)
def test_kinds(title: str, kind: str) -> None:
    """A part is called by the last four characters of a title that ends in a kind of document."""
    assert document_kind(title) == kind


def test_nothing_to_describe() -> None:
    """Lines that say nothing give empty fields."""
    about = _describe("")

    assert (about.title, about.issuer, about.place, about.years, about.number, about.date) == (
        "",
        "",
        "",
        (),
        "",
        "",
    )


def test_dates_in_han_digits() -> None:
    """Months beyond the third and every sign for zero are read; so the line above is a signature."""
    for date in ("二〇一九年五月二十日", "二○一九年五月二十日", "二O一九年五月二十日"):
        about = _describe(f"关于检查的通知\n各单位：\n请落实。\n云溪县应急管理局\n{date}")

        assert (about.issuer, about.date) == ("云溪县应急管理局", "2019-05-20")


def test_an_issuer_without_its_county() -> None:
    """A title that says 县人民政府办公室 leaves it to the signature which county."""
    about = _describe(
        "县人民政府办公室关于印发云溪县工作方案的通知\n云溪县人民政府办公室\n2020年6月10日\n正文。"
    )

    assert about.issuer == "云溪县人民政府办公室"


def test_a_body_above_a_title_that_begins_with_a_year() -> None:
    """云溪乡人民政府 over 2021年…报告 is the title's first line."""
    assert (
        _describe("云溪乡人民政府\n2021年法治建设工作报告\n正文。").title
        == "云溪乡人民政府2021年法治建设工作报告"
    )


def test_a_date_before_the_assembly_is_no_part_of_it() -> None:
    """日 of the date does not run into the name; 日照市 keeps its own."""
    for city in ("云溪市", "日照市"):
        note = f"（2019年10月30日{city}第十六届人民代表大会常务委员会第二十三次会议通过）"
        assert _describe(f"{city}养犬条例\n{note}\n正文。").issuer == f"{city}人民代表大会常务委员会"


def test_a_letterhead_names_the_issuer() -> None:
    """X人民政府文件 says who issued what is not signed; a time stamp says when it was published."""
    about = _describe("云溪县人民政府文件\n关于检查的通知\n2020-05-15 10:00:00 点击：12\n正文。")

    assert (about.issuer, about.date) == ("云溪县人民政府", "2020-05-15")
