"""Traditional text becomes simplified, with mainland words where a Taiwan converter had been."""

import pytest

from index.script import is_traditional, to_simplified, traditional_share

TAIWAN = "推進網際網路和程式最佳化,"  # words that show a Taiwan converter at work


def test_only_traditional_text_is_traditional() -> None:
    """Simplified text that names an old form or two is not taken for traditional."""
    assert is_traditional("關於加強行政規範性文件管理的通知")
    assert not is_traditional("关于加强行政规范性文件管理的通知,其中乾隆年间的馀字照录")
    assert traditional_share("123 abc") == 0


@pytest.mark.parametrize(
    ("taiwan", "mainland"),
    [
        ("行政規範性檔案", "行政规范性文件"),
        ("人民滿意視窗", "人民满意窗口"),
        ("格線員", "网格员"),
        ("民眾", "群众"),
        ("許可權", "权限"),
        ("網際網路+監管", "互联网+监管"),
        ("進網路活動", "进网络活动"),
        ("套用", "应用"),
        ("計畫", "计划"),
        ("行政複議", "行政复议"),
        ("諮詢", "咨询"),
        ("證照", "证照"),
        ("政府契約", "政府合同"),
        ("框架協定", "框架协议"),
        ("入口網站", "门户网站"),
        ("智慧型化", "智能化"),
        ("人工智慧", "人工智能"),
        ("專窗設定", "专窗设置"),
        ("設定綜合視窗", "设置综合窗口"),
        ("釋出時間", "发布时间"),
        ("歸檔案卷", "归档案卷"),
        ("一體化線上平台", "一体化在线平台"),
        ("聯絡我們", "联系我们"),
        ("規範性檔案法治化", "规范性文件法治化"),
    ],
)
def test_taiwan_words_become_mainland_words(taiwan: str, mainland: str) -> None:
    """The words a Taiwan converter put are taken back."""
    assert to_simplified(TAIWAN + taiwan).endswith(mainland)


@pytest.mark.parametrize(
    ("taiwan", "mainland"),
    [
        ("建立", "建立"),
        ("執行", "执行"),
        ("核心", "核心"),
        ("指標", "指标"),
        ("整合", "整合"),
        ("查詢", "查询"),
        ("線上線下", "线上线下"),
        ("存檔", "存档"),
        ("檔案館", "档案馆"),
        ("人事檔案", "人事档案"),
        ("檔案法", "档案法"),
        ("設定行政許可", "设定行政许可"),
        ("方程式", "方程式"),
    ],
)
def test_ordinary_words_stay(taiwan: str, mainland: str) -> None:
    """Words that OpenCC's list of computing terms would change are left alone."""
    assert to_simplified(TAIWAN + taiwan).endswith(mainland)


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("相關檔案(案卷)", "相关档案(案卷)"),
        ("著力解決著名問題", "着力解决著名问题"),
        ("徵求意見,征收征用", "征求意见,征收征用"),
        ("乾隆年間,乾燥", "乾隆年间,干燥"),
        ("瞭解情況", "了解情况"),
        ("幹部,乾淨,干預", "干部,干净,干预"),
        ("皇后之後", "皇后之后"),
        ("關於什麼", "关于什么"),
        ("臺賬", "台账"),
    ],
)
def test_mainland_text_in_traditional_script_keeps_its_words(traditional: str, simplified: str) -> None:
    """Without Taiwan words only the characters change, each by its meaning."""
    assert to_simplified(traditional) == simplified


def test_one_taiwan_word_alone_changes_nothing() -> None:
    """A single word that looks Taiwanese is no proof of a Taiwan converter."""
    assert to_simplified("編制程式,查閱檔案") == "编制程式,查阅档案"
