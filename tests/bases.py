"""A small base of two places, built once for the tests that need a real index."""

from pathlib import Path

PLAN = """云岭县法治建设工作方案(2023-2025年)
为推进法治建设，制定本方案。
一、执法队伍
(一)加强培训。行政执法人员每人每年参加业务培训不少于48学时，培训情况记入个人档案。
(二)案卷评查。县司法局每年组织两次执法案卷评查，结果向社会公布。
二、决策程序
(三)合法性审查。重大决策事项送请合法性审查，应当保证必要的审查时间，一般不少于9个工作日。
(四)决策步骤。重大决策应当履行下列程序：
1.公众参与；
2.专家论证；
3.集体讨论。
三、监督
(五)严禁下达罚没指标，不得将罚没收入同执法单位利益挂钩。
本方案由县司法局负责解释。
"""
REPORT = """青川区2023年度法治建设情况报告
发布时间：2024-03-05 来源：青川区人民政府
一、执法队伍建设
一是加强培训。全年组织行政执法人员培训6期，人均参训52学时。
二是规范执法。开展案卷评查3次，抽查案卷120卷。
二、争议化解
一是办好复议案件。全年收到行政复议申请35件，审结31件。
二是做好应诉工作。行政机关负责人出庭应诉率达到98%。
"""


def write_documents(folder: Path) -> Path:
    """Write the two documents into a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.txt").write_text(PLAN, encoding="utf-8")
    (folder / "report.txt").write_text(REPORT, encoding="utf-8")
    return folder
