"""Methods switched off one at a time: each is there, each does something, and all come back."""

import ast
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from pkgutil import resolve_name

import pytest

from bot.conversation import Turn
from bot.engine import Engine
from bot.weights import FEATURES
from eval.__main__ import main
from eval.ablation import Ablation, Effect, ablate, ablation_row
from eval.cases import read_questions
from eval.intervals import Difference, difference
from eval.measures import MEASURES
from eval.methods import METHODS, Method, MethodError, switched_off
from eval.optional import HELPED, RERANKED, WRITTEN
from index.build import build
from index.search import Index, open_index
from tests.bases import write_documents

NOTICE = """云岭县司法局关于开展案卷研议的通知
云司发〔2023〕5号
各乡镇人民政府：
一、案卷每季度研议一次，由县司法局召集，研议结果印发各单位。
二、案卷销毁
案卷销毁前应当逐件登记。案卷销毁时二人到场。
责任单位：县档案馆
三、严禁下达罚没指标，不得将罚没收入同执法单位利益挂钩。
四、本通知自2023年4月1日起施行。
云岭县司法局
2023年3月1日
"""
# Another place that says nearly the same in other words.
OTHER_PLAN = """禾丰县法治建设工作方案(2024年)
为推进法治建设，制定本方案。
一、执法队伍
(一)加强培训。行政执法人员每人每年参加业务培训不少于60学时，培训情况记入个人档案。
(二)案卷评查。县司法局每年组织三次执法案卷评查，结果在部门间传阅。
二、决策程序
(三)合法性审查。重大决策事项送请合法性审查，应当留足必要的期间，一般不少于7个工作日。
"""
# Between them they need every method. The turns of a conversation stand together.
CONVERSATIONS: tuple[tuple[str, ...], ...] = (
    ("云岭县执法人员每年最少培训多少学时？", "那青川呢？", "案卷评查有几次？"),
    ("云岭县的方案里，重大决策要走哪些程序？", "外星人怎么走程序？"),
    ("云岭县“罚没收入”不能同什么挂钩？",),
    ("云岭县案卷销毁有什么要求？",),
    ("云领县按卷评查一年几次？",),
    ("案卷评查搞了几次，培训搞了几期？",),
    ("云岭县对培训和案卷评查有什么要求？",),
    ("执法人员培训",),
    ("上课的时间有多长",),
    ("本方案由谁负责解释？",),
    ("2023年青川收到多少件行政复议申请？",),
    ("2019年青川收到多少件行政复议申请？",),
    ("河南的执法人员培训多少学时？",),
    ("案卷研议的通知文号是多少，哪天印发的？",),
    ("多久研议一次",),
    ("how many hours of training for enforcement officers",),
    ("云岭县培训不少于60学时吗？",),
    ("云岭县罚没收入是多少元？",),
    ("食堂早上有没有包子？",),
    ("云岭县培训多少学时？审查要留几天？",),
    ("云岭县可以下达罚没指标吗？",),
    ("给我讲个笑话，说说培训",),
    ("云岭县方案二、(三)是怎么规定的？",),
    ("云岭和青川谁的培训学时更多？",),
    ("云岭县案卷销毁由哪个单位负责？",),
    ("重大决策要保证审查时间吗？",),
    ("县司法局组织公布",),
    ("案卷评查的结果公布吗",),
    ("司法局干什么",),
    ("各地案卷评查的结果都公布吗？",),
    ("青川区行政复议和应诉情况",),
    ("云岭县行政执法人员每人每年参加业务培训不少于多少学时，罚没，审结，出庭",),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index of the two small documents, a notice with a number, an issuer and a date, and a second
    plan.
    """
    folder = tmp_path_factory.mktemp("ablation")
    documents = write_documents(folder / "documents")
    (documents / "notice.txt").write_text(NOTICE, encoding="utf-8")
    (documents / "other_plan.txt").write_text(OTHER_PLAN, encoding="utf-8")
    build(documents, folder / "index", None)
    with open_index(folder / "index") as opened:
        yield opened


def traces(index: Index) -> Iterator[object]:
    """Everything a method may change about a question: how it is read, every score, the answer."""
    engine = Engine(index)
    for turns in CONVERSATIONS:
        history: Sequence[Turn] = ()
        for text in turns:
            turn = engine.ask(text, history)
            history = (*history, turn)
            scores = [(f.units, round(f.score, 6)) for f in engine.findings(turn.question)]
            yield turn.question, turn.answer.text, scores


@pytest.fixture(scope="module")
def whole(index: Index) -> Iterator[list[object]]:
    """The traces with every method on; few passages a search, so that searching again finds more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.inquiry._HITS", 3)
        yield list(traces(index))


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_each_method_does_something(method: Method, index: Index, whole: list[object]) -> None:
    """Without the method at least one question of the small base is read, scored or answered otherwise."""
    with switched_off(method):
        pairs = zip(traces(index), whole, strict=True)
        assert any(without != with_all for without, with_all in pairs)


def test_every_method_comes_back(index: Index, whole: list[object]) -> None:
    """After the block everything is as before, even when the block fails."""
    before = [resolve_name(target) for method in METHODS for target, _ in method.swaps]
    for method in METHODS:
        with pytest.raises(KeyError), switched_off(method):
            raise KeyError

    assert all(
        there is resolve_name(target)
        for there, target in zip(before, (t for method in METHODS for t, _ in method.swaps), strict=True)
    )
    assert list(traces(index)) == whole


@pytest.mark.parametrize("target", [target for method in METHODS for target, _ in method.swaps])
def test_every_swap_is_made_where_the_name_is_used(target: str) -> None:
    """A swap takes effect in the module that looks the name up when it is called: one that only defines or
    imports it would leave everything as it was.
    """
    holder, name = target.rsplit(".", 1)
    there = resolve_name(holder)
    owner = holder.rsplit(".", 1)[-1]
    sources = [path for package in ("bot", "index") for path in Path(package).rglob("*.py")]
    looked_up = False
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == name:  # of any object, or of the module
                looked_up |= isinstance(there, type) or ast.unparse(node.value) == owner
            elif isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
                looked_up |= path.with_suffix("").parts == tuple(holder.split("."))

    assert looked_up


def test_method_names_are_distinct() -> None:
    """A row of the table can be told from every other."""
    assert len({method.name for method in METHODS}) == len(METHODS)


def test_every_ranking_feature_is_switched_off_by_one_method() -> None:
    """A new feature needs a row of the table, so that what it is worth is known."""
    off: Counter[str] = Counter()
    for method in METHODS:
        for target, swap in method.swaps:
            if target == "bot.extract.RANKING":
                weights = swap([1.0] * len(FEATURES))
                assert isinstance(weights, tuple)
                off.update(f for f, weight in zip(FEATURES, weights, strict=True) if not weight)

    assert off == Counter(FEATURES)


@pytest.mark.parametrize("target", ["bot.words.gone", "bot.gone.synonyms", "gone.words"])
def test_a_method_that_is_gone_is_named(target: str) -> None:
    """A renamed target is told by the method's name and its own, and nothing is asked before."""
    method = Method("不在了", ((target, lambda there: there),))

    with pytest.raises(MethodError, match=f"不在了.*{target}"):
        next(iter(ablate([], [method])))


def test_a_feature_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A renamed feature of ranking is told like a renamed target."""
    ranking = next(method for method in METHODS if method.swaps[0][0] == "bot.extract.RANKING")
    monkeypatch.setattr("eval.methods.FEATURES", ("other",))

    with pytest.raises(MethodError, match=ranking.name), switched_off(ranking):
        pass


def question(identity: str, text: str, fact: str | None) -> str:
    """A line of a question file on plan.txt; without a fact it is to be refused."""
    gold = [{"doc": "plan.txt", "path": ["一"], "facts": [[fact]], "optional": False}] if fact else []
    record = {
        "id": identity,
        "question": text,
        "lang": "zh",
        "kind": "number" if fact else "unanswerable",
        "answerable": bool(fact),
        "gold": gold,
        "forbidden": [],
        "need": "all" if fact else "none",
    }
    return json.dumps(record, ensure_ascii=False) + "\n"


@pytest.fixture
def material(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A folder of documents and a file of two questions, indexes kept apart."""
    monkeypatch.setenv("YOUJU_HOME", str(tmp_path / "home"))
    questions = tmp_path / "few.jsonl"
    lines = question("a", "云岭县执法人员每年最少培训多少学时？", "48学时")
    questions.write_text(lines + question("b", "河南的执法人员培训多少学时？", None), encoding="utf-8")
    return write_documents(tmp_path / "documents"), questions


def test_the_whole_comes_first_and_differs_from_itself_by_nothing(
    index: Index, material: tuple[Path, Path]
) -> None:
    """The first row is the run with every method; the next says what is lost without one."""
    unknown = next(m for m in METHODS if m.swaps[0][0] == "bot.scope.place_names")
    first, second = ablate([(index, read_questions([material[1]]))], [unknown])

    assert (first.changed, [effect.value for effect in first.effects]) == (0, [1.0, 1.0, 0.0])
    assert [effect.difference.value for effect in first.effects] == [0, 0, 0]
    assert (second.method, second.changed) == (unknown.name, 1)
    assert [effect.difference.value for effect in second.effects] == [0, -1, 0]


def test_questions_of_two_sets_are_apart(index: Index, material: tuple[Path, Path]) -> None:
    """Two sets may use the same ids: their questions count as different families."""
    files = read_questions([material[1]])
    (both,) = ablate([(index, files), (index, files)], [])

    assert {effect.measure.name: effect.difference.families for effect in both.effects} == {
        "right": 2,
        "refused": 2,
        "wrongly_refused": 2,
    }


def test_a_row_shows_the_difference_with_interval_and_p() -> None:
    """Value, difference with its sign, interval and p in one row; a measure nobody can tell is empty."""
    right = next(measure for measure in MEASURES if measure.name == "right")
    effect = Effect(right, 0.5, Difference(-0.25, -0.5, 0.0, 0.03125, 4))

    assert (
        ablation_row(Ablation("某法", 2, (effect,)))
        == "| 某法 | 2 | 0.500 | -0.250 [-0.500, +0.000] 0.0312 |  |  |  |  |"
    )


def test_the_command_prints_a_row_for_each_method(
    material: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The table can be pasted into a Markdown page; the same figures go into the JSON file."""
    documents, questions = material
    monkeypatch.setattr("eval.ablation.difference", partial(difference, draws=100))  # of two questions
    written = tmp_path / "ablation.json"

    assert main(["ablate", "--set", str(documents), str(questions), "--json", str(written)]) == 0
    off, on = (table.splitlines() for table in capsys.readouterr().out.split("\n\n"))
    records = json.loads(written.read_text(encoding="utf-8"))
    assert [row.split("|")[1].strip() for row in off[3:]] == [method.name for method in METHODS]
    assert [row.split("|")[1].strip() for row in on[2:]] == [RERANKED, WRITTEN, *HELPED.values()]
    assert all("没有量：设置 YOUJU_" in row for row in on[2:])
    assert len({row.count("|") for row in (*off, *on)}) == 1
    assert [record["method"] for record in records[1:]] == [method.name for method in METHODS]
    assert records[0]["effects"]["right"]["value"] == 1.0
    assert records[0]["effects"]["right"]["difference"]["value"] == 0.0


def test_a_set_without_questions_is_refused(
    material: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder given without a question file ends in one plain line."""
    assert main(["ablate", "--set", str(material[0])]) == 2
    assert "没有写题目文件" in capsys.readouterr().err
