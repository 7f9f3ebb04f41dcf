"""Vectors: the default model, its equality with sentence-transformers, models that are not there."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index import embed
from index.embed import StaticEmbedder, TransformerEmbedder, is_static, open_embedder, unit
from index.errors import ModelUnavailableError
from index.train.articles import Article
from index.train.folder import write
from index.train.recipe import Material, train
from tests.folders import COUNTIES, plan

TEXTS = [line for county in COUNTIES for line in plan(county).splitlines()]
QUESTIONS = ["常务会议每年学法几次？", "ＡＢＣ 2023年", "", "🙂", "繁體字與生僻字𠮷", "a" * 5000]


def fit(texts: Sequence[str], folder: Path) -> None:
    """Train a model on the texts and write it into a new folder."""
    articles = [Article("", "", (), text, ()) for text in texts]
    tokenizer, vectors = train(Material(articles), None, lambda _step, _share: None)
    folder.mkdir()
    write(folder, tokenizer, vectors)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model fitted on three small plans."""
    folder = tmp_path_factory.mktemp("model") / "fitted"
    fit(TEXTS, folder)
    return folder


def test_a_fitted_model_finds_the_passage_that_is_meant(model: Path) -> None:
    """The nearest passage to a question is one that answers it, though the words differ in part."""
    embedder = open_embedder(str(model))
    scores = embedder.encode(TEXTS) @ embedder.encode_query("政府常务会议一年要学几次法")

    assert "学法" in TEXTS[int(np.argmax(scores))]


def test_rows_are_unit_or_zero(model: Path) -> None:
    """A text with known tokens has length one; an empty or foreign one is zero and never NaN."""
    lengths = np.linalg.norm(open_embedder(str(model)).encode([*TEXTS, "", "🙂"]), axis=1)

    assert np.allclose(lengths[:-2], 1.0, atol=1e-6)
    assert lengths[-2:].tolist() == [0.0, 0.0]


def test_sentence_transformers_gives_the_same_numbers(model: Path) -> None:
    """Our computation of a static model equals the library's on passages and questions alike."""
    ours = open_embedder(str(model))
    theirs = TransformerEmbedder(model, str(model))

    assert isinstance(ours, StaticEmbedder)
    assert np.abs(ours.encode([*TEXTS, *QUESTIONS]) - theirs.encode([*TEXTS, *QUESTIONS])).max() < 1e-6
    for question in QUESTIONS:
        assert np.abs(ours.encode_query(question) - theirs.encode_query(question)).max() < 1e-6


def test_prompts_of_the_model_are_used(model: Path, tmp_path: Path) -> None:
    """A model that wants words before a question or a passage gets them, as in the library."""
    folder = tmp_path / "prompted"
    shutil.copytree(model, folder)
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {"query": "行政复议：", "document": "文件："}}), "utf-8"
    )
    plain, prompted = open_embedder(str(model)), open_embedder(str(folder))

    assert np.array_equal(prompted.encode_query("学法"), plain.encode_query("行政复议：学法"))
    assert np.array_equal(prompted.encode(["学法"]), plain.encode(["文件：学法"]))
    theirs = TransformerEmbedder(folder, str(folder))
    assert np.abs(prompted.encode_query("学法") - theirs.encode_query("学法")).max() < 1e-6
    assert np.abs(prompted.encode(["学法"]) - theirs.encode(["学法"])).max() < 1e-6


def test_the_same_texts_give_the_same_model(model: Path, tmp_path: Path) -> None:
    """Fitting is deterministic: the files and the model's name are equal."""
    fit(TEXTS, tmp_path / "again")

    assert open_embedder(str(tmp_path / "again")).name == open_embedder(str(model)).name
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == (
        model / "model.safetensors"
    ).read_bytes()


def test_another_model_has_another_name(model: Path, tmp_path: Path) -> None:
    """The name tells models apart, so that vectors of two models never stand in one index."""
    fit(TEXTS[:5], tmp_path / "other")

    assert open_embedder(str(tmp_path / "other")).name != open_embedder(str(model)).name


@pytest.mark.parametrize("texts", [["一"], ["字"], ["abc"], ["，。"], ["", ""], ["同一句话。"] * 3])
def test_the_smallest_documents_can_be_fitted(texts: list[str], tmp_path: Path) -> None:
    """One character, no character, or the same text thrice: a model is fitted and computes."""
    fit(texts, tmp_path / "tiny")
    vectors = open_embedder(str(tmp_path / "tiny")).encode(texts)

    assert vectors.shape[0] == len(texts)
    assert np.isfinite(vectors).all()


@given(st.lists(st.lists(st.floats(width=32), min_size=3, max_size=3), max_size=5))
@example([[0.0, 0.0, 3.37e-22], [1e-45, 0.0, 0.0], [3e38, 3e38, -3e38]])
def test_unit_never_gives_nan(rows: list[list[float]]) -> None:
    """A row of numbers not all zero has length one, however small or large; a row with NaN is zero."""
    given_rows = np.array(rows, dtype=np.float32).reshape(-1, 3)
    lengths = np.linalg.norm(unit(given_rows), axis=1)

    whole = np.isfinite(given_rows).all(axis=1) & given_rows.any(axis=1)
    assert np.allclose(lengths, whole, atol=1e-6)


@pytest.mark.parametrize("name", ["/no/such/folder", "nobody/has-this-model"])
def test_a_model_that_is_not_here_is_refused_at_once(name: str) -> None:
    """The message names the model and the variable, and nothing waits for a network."""
    with pytest.raises(ModelUnavailableError) as caught:
        open_embedder(name)

    assert name in str(caught.value)
    assert "YOUJU_EMBEDDING_MODEL" in str(caught.value)


def test_a_copy_without_its_model_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A half copied project is told which folder is missing; no setting of the user's is to blame."""
    monkeypatch.setattr(embed, "SHIPPED", tmp_path / "model")

    with pytest.raises(ModelUnavailableError, match="自带的向量模型不在") as caught:
        open_embedder()
    assert str(tmp_path / "model") in str(caught.value)
    assert "YOUJU_EMBEDDING_MODEL" not in str(caught.value)

    (tmp_path / "model").mkdir()
    with pytest.raises(ModelUnavailableError, match="自带的向量模型读不出来"):
        open_embedder()


def test_a_broken_model_is_refused(model: Path, tmp_path: Path) -> None:
    """A model whose tokenizer is damaged is our error, not the library's."""
    shutil.copytree(model, tmp_path / "broken")
    (tmp_path / "broken" / "tokenizer.json").write_text("{", "utf-8")

    with pytest.raises(ModelUnavailableError, match="broken"):
        open_embedder(str(tmp_path / "broken"))


def test_a_folder_that_is_no_static_model_is_told_apart(tmp_path: Path) -> None:
    """Anything but a plain StaticEmbedding is left to sentence-transformers."""
    (tmp_path / "modules.json").write_text('[{"type": "sentence_transformers.models.Transformer"}]', "utf-8")

    assert not is_static(tmp_path)
    assert not is_static(tmp_path / "missing")


def test_a_question_needs_neither_torch_nor_sentence_transformers(model: Path) -> None:
    """The default model answers without importing what takes ten seconds to import."""
    code = (
        "import sys; from index.embed import open_embedder;"
        f"open_embedder({str(model)!r}).encode_query('学法');"
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers', 'sklearn'} & sys.modules.keys()))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
