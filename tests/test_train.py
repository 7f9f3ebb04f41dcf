"""Training a model of one's own: the same input, the same bytes; a better model is never replaced."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.embed import StaticEmbedder, TransformerEmbedder, is_static, open_embedder
from index.train import recipe, vocabulary
from index.train.__main__ import main
from index.train.articles import read_articles
from index.train.check import check
from index.train.contrast import Plan, gradient
from index.train.log import read_log
from index.train.split import TRAINING, UNSEEN, even_halves, halves
from tests.folders import COUNTIES, plan

LARGEST_MODEL = 16 * 1024 * 1024
QUESTIONS = ["常务会议每年学法几次？", "ＡＢＣ 2023年", "", "🙂", "繁體字與生僻字𠮷"]
Lines = list[dict[str, object]]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small model: few tokens, few numbers a token."""
    monkeypatch.setattr(vocabulary, "LARGEST", 12_000)
    monkeypatch.setattr(recipe, "DIMENSIONS", 32)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Plans of some counties in a folder."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for number, county in enumerate(COUNTIES):
        (folder / f"{number}.txt").write_text(plan(county), "utf-8")
    return folder


@pytest.fixture
def recipes(tmp_path: Path) -> Path:
    """A folder from which nothing can be learnt about plans."""
    folder = tmp_path / "recipes"
    folder.mkdir()
    (folder / "食谱.txt").write_text("一、红烧肉要先焯水。\n二、鱼汤要小火慢炖。\n" * 3, "utf-8")
    return folder


def _lines(path: Path, lines: Lines) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return path


@pytest.fixture
def log(tmp_path: Path, documents: Path) -> Path:
    """A question for each of some texts of the documents."""
    articles = [article for article in read_articles([documents]) if len(article.text) > 20][:8]
    lines: Lines = [
        {
            "question": f"请问{article.text[2:14]}怎么办？",
            "gold": [{"source": article.source, "path": list(article.paths[0])}],
        }
        for article in articles
    ]
    return _lines(tmp_path / "log.jsonl", lines)


@pytest.fixture
def trained(tmp_path: Path, documents: Path, log: Path) -> Path:
    """A model trained on the plans and the questions."""
    out = tmp_path / "model"
    assert main(["--documents", str(documents), "--questions", str(log), "--out", str(out)]) == 0
    return out


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_input_gives_the_same_bytes(
    trained: Path, tmp_path: Path, documents: Path, log: Path
) -> None:
    """Training is deterministic, the card included."""
    again = tmp_path / "again"
    assert main(["--documents", str(documents), "--questions", str(log), "--out", str(again)]) == 0

    assert _bytes(again) == _bytes(trained)


def test_sentence_transformers_gives_the_same_numbers(trained: Path) -> None:
    """The folder is one of sentence-transformers, and our own computation of it equals the library's."""
    ours, theirs = open_embedder(str(trained)), TransformerEmbedder(trained, "model")

    assert isinstance(ours, StaticEmbedder)
    assert np.abs(ours.encode(QUESTIONS) - theirs.encode(QUESTIONS)).max() < 1e-6
    assert ours.encode([""]).any() == np.False_


def test_a_question_finds_its_text(trained: Path, documents: Path, log: Path) -> None:
    """What was asked in training is found among the first ten."""
    articles = read_articles([documents])

    assert check(open_embedder(str(trained)), articles, read_log([log], articles)).found == 1.0


def test_traditional_characters_have_the_vectors_of_simplified_ones(trained: Path) -> None:
    """A character in traditional script lies where its simplified form does."""
    model = open_embedder(str(trained))

    assert model.encode_query("學").any()
    assert np.array_equal(model.encode_query("學"), model.encode_query("学"))


def test_a_better_model_is_not_replaced(
    trained: Path,
    tmp_path: Path,
    documents: Path,
    recipes: Path,
    log: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A model that does worse on the check questions is refused with both figures; the old one stands."""
    before = _bytes(trained)
    lines: Lines = []
    articles = read_articles([documents])
    for asked in read_log([log], articles):
        text = articles[asked.articles[0]].searchable
        lines.append({"question": asked.question, "text": text})
    lines += [{"question": "炖汤", "text": article.searchable} for article in articles[-5:]]
    asked_file = _lines(tmp_path / "check.jsonl", lines)
    capsys.readouterr()

    code = main(["--documents", str(recipes), "--check", str(asked_file), "--out", str(trained)])

    printed = capsys.readouterr()
    assert code == 1
    assert "没有替换" in printed.err
    assert "新模型：" in printed.out
    assert "旧模型：" in printed.out
    assert _bytes(trained) == before
    assert sorted(path.name for path in trained.parent.iterdir() if path.name.startswith(".")) == []


def test_a_model_may_be_taken_further(tmp_path: Path, recipes: Path, documents: Path, log: Path) -> None:
    """From --start the tokens stay, and a model no worse on the check questions takes the old one's place."""
    out = tmp_path / "plain"
    assert main(["--documents", str(recipes), "--out", str(out)]) == 0
    before = _bytes(out)

    arguments = ["--documents", str(documents), "--questions", str(log), "--check", str(log)]
    assert main([*arguments, "--start", str(out), "--out", str(out)]) == 0

    after = _bytes(out)
    assert after["tokenizer.json"] == before["tokenizer.json"]
    assert after["model.safetensors"] != before["model.safetensors"]


def test_a_model_is_not_replaced_unmeasured(
    trained: Path, documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without check questions a model that is there stays there."""
    assert main(["--documents", str(documents), "--out", str(trained)]) == 1
    assert "已有模型" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "第 2 行：不是合法的 JSON"),
        ("[]", "第 2 行：应当是对象"),
        ('{"question": " "}', "第 2 行：字段 question"),
        ('{"question": "问"}', "第 2 行：没有写答案在哪里"),
        ('{"question": "问", "text": 3}', "第 2 行：字段 text"),
        ('{"question": "问", "text": "答", "answer": 3}', "第 2 行：字段 answer"),
        ('{"question": "问", "gold": {}}', "第 2 行：字段 gold"),
        ('{"question": "问", "gold": [3]}', "第 2 行：字段 gold 的每一项"),
        ('{"question": "问", "gold": [{"source": "a", "path": "一"}]}', "第 2 行：字段 gold 里的 path"),
        ('{"question": "问", "gold": [{"source": "无.txt", "path": ["一"]}]}', "文档里没有“无.txt”的“一”"),
    ],
)
@pytest.mark.parametrize("option", ["--questions", "--check"])
def test_a_bad_line_is_named(
    line: str, words: str, option: str, tmp_path: Path, documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault in a question file is told by line and field before anything is trained or written."""
    path = tmp_path / "bad.jsonl"
    path.write_text('{"question": "好", "text": "好"}\n' + line + "\n", "utf-8")
    out = tmp_path / "out"

    assert main(["--documents", str(documents), option, str(path), "--out", str(out)]) == 1
    assert words in capsys.readouterr().err
    assert not out.exists()


Change = Callable[[Path, Path], list[str]]


def _no_documents(tmp: Path, documents: Path) -> list[str]:
    (tmp / "empty").mkdir()
    return ["--documents", str(tmp / "empty")]


def _missing_documents(tmp: Path, documents: Path) -> list[str]:
    return ["--documents", str(tmp / "missing")]


def _missing_questions(tmp: Path, documents: Path) -> list[str]:
    return ["--documents", str(documents), "--questions", str(tmp / "missing.jsonl")]


def _no_questions(tmp: Path, documents: Path) -> list[str]:
    return ["--documents", str(documents), "--check", str(_lines(tmp / "none.jsonl", []))]


def _not_utf8(tmp: Path, documents: Path) -> list[str]:
    (tmp / "gbk.txt").write_bytes("局长 负责人".encode("gb18030"))
    return ["--documents", str(documents), "--synonyms", str(tmp / "gbk.txt")]


def _bad_glossary(tmp: Path, documents: Path) -> list[str]:
    (tmp / "glossary.txt").write_text("# 对照\nappeal 复议\n", "utf-8")
    return ["--documents", str(documents), "--glossary", str(tmp / "glossary.txt")]


def _foreign_start(tmp: Path, documents: Path) -> list[str]:
    return ["--documents", str(documents), "--start", str(tmp)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_no_documents, "没有可以学习的文档"),
        (_missing_documents, "找不到资料文件夹"),
        (_missing_questions, "题目文件打不开"),
        (_no_questions, "一道题也没有"),
        (_not_utf8, "不是 UTF-8 编码"),
        (_bad_glossary, "第 2 行应当写成"),
        (_foreign_start, "不能从它开始"),
    ],
)
def test_bad_input_is_told_and_changes_nothing(
    change: Change, words: str, tmp_path: Path, documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be used is one line that says so, and no folder is left behind."""
    out = tmp_path / "out"

    assert main([*change(tmp_path, documents), "--out", str(out)]) == 1
    assert words in capsys.readouterr().err
    assert not out.exists()


def test_an_output_that_cannot_be_written_is_told_first(
    tmp_path: Path, documents: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file in the way, or a folder that is no model, is told before training."""
    (tmp_path / "file").write_text("x", "utf-8")
    assert main(["--documents", str(documents), "--out", str(tmp_path / "file" / "model")]) == 1
    assert "不能写入" in capsys.readouterr().err

    assert main(["--documents", str(documents), "--out", str(documents)]) == 1
    assert "不是模型文件夹" in capsys.readouterr().err


def test_a_split_shares_no_text() -> None:
    """Questions that share a text, directly or through others, are in one half, whatever their order."""
    gold = {f"q{n}": {f"t{n // 2}", f"t{n // 2 + 1}"} if n % 7 else {f"t{n // 2}"} for n in range(60)}
    split = halves(gold)
    texts = {
        half: {t for q, own in gold.items() if split[q] == half for t in own} for half in (TRAINING, UNSEEN)
    }

    assert not texts[TRAINING] & texts[UNSEEN]
    assert halves(dict(reversed(gold.items()))) == split


def test_even_halves_are_even_and_share_no_text() -> None:
    """A large group of questions that belong together is made up for by small ones."""
    gold = {f"q{n}": {"t", f"t{n}"} for n in range(9)} | {f"q{n}": {f"t{n}"} for n in range(9, 20)}
    first, second = even_halves(gold)

    assert len(first) == len(second) == 10
    assert first | second == gold.keys()
    assert not {t for q in first for t in gold[q]} & {t for q in second for t in gold[q]}
    assert even_halves(dict(reversed(gold.items()))) == (first, second)
    assert even_halves({"q": {"t"}, "p": {"t"}})[1] == frozenset()


def test_the_slope_is_that_of_the_loss() -> None:
    """The gradient worked out by hand equals the change of the loss."""
    chance = np.random.default_rng(0)
    asked, answers = (
        chance.normal(size=(4, 6)).astype(np.float32),
        chance.normal(size=(7, 6)).astype(np.float32),
    )
    barred = np.zeros((4, 7), dtype=bool)
    barred[0, 5] = True
    small = Plan(temperature=0.5)

    def loss(left: np.ndarray, right: np.ndarray) -> float:
        unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (left, right)]
        scores = unit[0] @ unit[1].T / 0.5
        scores[barred] = -1e4
        forth = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        back = scores[:, :4] - np.log(np.exp(scores[:, :4]).sum(axis=0, keepdims=True))
        return float(-(np.diag(forth).mean() + np.diag(back).mean()) / 2)

    slopes = gradient(asked, answers, barred, small)
    for which, rows in enumerate((asked, answers)):
        for row, column in [(0, 0), (2, 5), (3, 1)]:
            moved = [asked.astype(np.float64), answers.astype(np.float64)]
            moved[which][row, column] += 1e-5
            rise = (loss(*moved) - loss(asked.astype(np.float64), answers.astype(np.float64))) / 1e-5
            assert slopes[which][row, column] == pytest.approx(rise, abs=1e-3)
        assert rows.shape == slopes[which].shape


def test_the_shipped_model_is_small_and_opens(shipped: Path, tmp_path: Path) -> None:
    """The model in the repository has at most 16 MB and runs without sentence-transformers."""
    copy = shutil.copytree(shipped, tmp_path / "model")

    assert sum(path.stat().st_size for path in copy.rglob("*") if path.is_file()) <= LARGEST_MODEL
    assert is_static(copy)
    model = open_embedder(str(copy))
    asked = model.encode_query("老板拖欠工资怎么办")
    assert asked @ model.encode_query("用人单位未及时足额支付劳动报酬") > asked @ model.encode_query(
        "城市绿化管理"
    )
