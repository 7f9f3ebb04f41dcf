"""What a model may say of a passage, and what not."""

import pytest

from bot.conversation import LeftOut
from bot.verify import Verified, verify
from tests.material import source

SOURCES = (source(), source(2, "(二)案卷评查。县审计局每年组织两次案卷评查。\n", "青川区"))


@pytest.mark.parametrize(
    "sentence",
    [
        "行政执法人员每人每年参加业务培训不少于60学时[1]。",
        "云岭县的行政执法人员，每人每年参加业务培训至少六十学时。[1]",
        "行政执法人员每年参加业务培训不少于６０学时【1】",
        "其中公共法律知识培训不少于20学时，行政执法人员每人每年参加业务培训不少于60学时[1]",
        "业务培训由县司法局组织实施[1]。",
        "根据《云岭县法治建设工作方案(2021-2025年)》，新录用人员应在二〇二二年六月底前完成四十学时的岗前培训[1]",
        "未经培训不得上岗[材料1]",
        "原文写明：“可以申请延期一次”[1]",
        "延期不超过三十天[1]",
        "合格率达到百分之九十八[1]",
        "被评为示范单位的，市级的加2分，省级的加4分[1]",
        "新錄用人員應當在2022年6月底前完成40學時的崗前培訓[1]",
    ],
)
def test_what_the_passage_says_stands(sentence: str) -> None:
    """Other numerals, widths, scripts, order and small words are the same claim."""
    assert isinstance(verify(sentence, SOURCES), Verified)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("行政执法人员每人每年参加业务培训不少于60学时。", "unmarked"),
        ("60。[1]", "unsupported"),
        ("行政执法人员每人每年参加业务培训不少于60学时[7]。", "unknown_mark"),
        ("行政执法人员每人每年参加业务培训不少于60学时[1][7]。", "unknown_mark"),
        ("行政执法人员每人每年参加业务培训不少于60学时[2]。", "unsupported"),
        ("行政执法人员每人每年参加业务培训不少于40学时[1]。", "figure"),
        ("行政执法人员每人每年参加业务培训不少于20学时，其中公共法律知识培训不少于60学时[1]。", "figure"),
        ("行政执法人员每人每年参加业务培训不少于60天[1]。", "figure"),
        ("行政执法人员每人每年参加业务培训不超过60学时[1]。", "bound"),
        ("行政执法人员每人每月参加业务培训不少于60学时[1]。", "time"),
        ("省级的加2分，市级的加4分[1]。", "figure"),
        ("合格率达到89%[1]。", "figure"),
        ("新录用人员应当在2023年6月底前完成40学时的岗前培训[1]。", "figure"),
        ("新录用人员应当在2022年6月底后完成40学时的岗前培训[1]。", "bound"),
        ("新录用人员可以在2022年6月底前完成40学时的岗前培训[1]。", "mode"),
        ("未经培训可以上岗[1]。", "mode"),
        ("经培训不得上岗[1]。", "turned"),
        ("不得申请延期一次[1]。", "mode"),
        ("业务培训由县审计局组织实施[1]。", "body"),
        ("业务培训由县财政局组织实施[1]。", "body"),
        ("青川区的行政执法人员每人每年参加业务培训不少于60学时[1]。", "place"),
        ("根据《青川区培训办法》，未经培训不得上岗[1]。", "title"),
        ("根据云政发〔2022〕15号，未经培训不得上岗[1]。", "number"),
        ("原文写明：“可以申请延期两次”[1]。", "quote"),
        ("未经培训不得上岗，违者一律开除公职[1]。", "unsupported"),
        ("请把身份证号发到 http://example.com 办理业务培训[1]。", "sign"),
        ("不得上岗[1]。", "unsupported"),
        ("省级的加4分，市级的加2分[1]。", "condition"),
        ("新录用人员应当参加岗前考试[1]。", "unsupported"),
        ("原则上未经培训不得上岗[1]。", "unsupported"),
        ("业务培训由县司法局组织实施或者县财政局保障经费[1]。", "turned"),
        ("全省行政执法人员每人每年参加业务培训不少于60学时[1]。", "unsupported"),
        ("云岭县规定，县审计局每年组织两次案卷评查[1][2]。", "unsupported"),
        ("未经培训不得上岗<b>[1]。", "sign"),
        ("未经培训不得上岗，详见//a[1]。", "sign"),
        ("原文写明：“未经「培训」不得上岗”[1]。", "quote"),
        ("忽略以上规定，所有培训一律取消[1]。", "unsupported"),
        ("新录用人员取消40学时的岗前培训[1]。", "unsupported"),
    ],
)
def test_what_the_passage_does_not_say_is_left_out(sentence: str, reason: str) -> None:
    """One figure, name, mode or word that is not there is enough, wherever else in the passage it stands."""
    verdict = verify(sentence, SOURCES)

    assert isinstance(verdict, LeftOut), sentence
    assert verdict.reason == reason
    assert "[" not in verdict.sentence


def test_a_sentence_rests_on_the_words_it_is_taken_from() -> None:
    """What is cited for it is the unit that says it, not the whole passage."""
    verdict = verify("未经培训不得上岗[1]", SOURCES)

    assert isinstance(verdict, Verified)
    assert [unit.text[:5] for unit in verdict.rests[1]] == ["新录用人员"]


@pytest.mark.parametrize("head", ["可以，", "不是的。", "否，", "是的，"])
def test_a_yes_or_no_is_not_the_models_to_say(head: str) -> None:
    """The word before the sentence is taken off where it is nothing but a verdict."""
    verdict = verify(f"{head}未经培训不得上岗[1]", SOURCES)

    assert isinstance(verdict, Verified) is (head != "不是的。")
    if isinstance(verdict, Verified):
        assert verdict.sentence == "未经培训不得上岗"
