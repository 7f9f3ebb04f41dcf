"""Models from outside: tiny ones built here, and folders that must be refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from index.__main__ import main
from index.build import build
from index.document import Hit
from index.embed import TransformerEmbedder, open_embedder
from index.errors import ModelUnavailableError
from index.models import Reranker, located
from index.search import open_index
from tests.folders import built, write_plans
from tests.small_models import cross_encoder, encoder

VARIABLE = "YOUJU_EMBEDDING_MODEL"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bi-encoder of 32 dimensions."""
    return encoder(tmp_path_factory.mktemp("encoder") / "tiny")


@pytest.fixture(scope="module")
def cross(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder with random weights."""
    return cross_encoder(tmp_path_factory.mktemp("cross") / "tiny")


def changed(model: Path, tmp_path: Path, name: str = "model") -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(model, tmp_path / name))


def test_another_model_needs_no_file_read_again(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another dimension costs the vectors alone: what was parsed is taken over."""
    documents = write_plans(tmp_path / "documents")
    build(documents, tmp_path / "index")
    monkeypatch.setattr("index.intake.parse", lambda *_: pytest.fail("parsed again"))

    build(documents, tmp_path / "index", str(model))
    with open_index(tmp_path / "index") as index:
        assert "50件" in index.search("云溪县评查多少件案卷", limit=1)[0].passage.text
    build(documents, tmp_path / "index", str(encoder(tmp_path / "wider", 48)))
    with open_index(tmp_path / "index") as index:
        assert index.search("案卷评查")


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("multilingual-e5-small", "query: ", "passage: "),
        ("some-model", "", ""),
    ],
)
def test_a_family_gets_the_words_it_was_trained_with(
    name: str, query: str, passage: str, model: Path, tmp_path: Path
) -> None:
    """By the folder's name, where the model's configuration names none."""
    folder = changed(model, tmp_path, name)
    embedder, plain = open_embedder(str(folder)), TransformerEmbedder(model, "plain")

    assert np.allclose(embedder.encode_query("学法"), plain.encode_query(f"{query}学法"), atol=1e-6)
    assert np.allclose(embedder.encode(["学法"]), plain.encode([f"{passage}学法"]), atol=1e-6)


def test_the_models_own_words_come_first(model: Path, tmp_path: Path) -> None:
    """What a configuration says is not overruled by the name."""
    folder = changed(model, tmp_path, "bge-small-zh")
    file = folder / "config_sentence_transformers.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"prompts": {"query": "问："}}), "utf-8")

    expected = TransformerEmbedder(model, "plain").encode_query("问：学法")
    assert np.allclose(open_embedder(str(folder)).encode_query("学法"), expected, atol=1e-6)


def _set(folder: Path, file: str, **values: Any) -> None:  # noqa: ANN401 - JSON
    content = json.loads((folder / file).read_text("utf-8"))
    (folder / file).write_text(json.dumps(content | values), "utf-8")


def _pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def _pickled_part(folder: Path) -> None:
    (folder / "1_Pooling" / "pytorch_model.bin").write_bytes(b"x")


def _cut_short(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])


def _own_code(folder: Path) -> None:
    _set(folder, "config.json", auto_map={"AutoModel": "code.Model"})


def _own_module(folder: Path) -> None:
    modules = json.loads((folder / "modules.json").read_text("utf-8"))
    modules[0]["type"] = "custom_st.Transformer"
    (folder / "modules.json").write_text(json.dumps(modules), "utf-8")


def _wider(folder: Path) -> None:
    _set(folder, "1_Pooling/config.json", embedding_dimension=64, word_embedding_dimension=64)


def _no_json(folder: Path) -> None:
    (folder / "config.json").write_text("{", "utf-8")


def _empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_pickled, "不安全"),
        (_pickled_part, "不安全"),
        (_own_code, "auto_map"),
        (_own_module, "custom_st"),
        (_wider, "维数"),
        (_cut_short, "打不开"),
        (_no_json, "打不开"),
        (_empty, "safetensors"),
    ],
)
def test_a_bad_folder_is_refused_before_anything_is_changed(
    spoil: Callable[[Path], None],
    said: str,
    model: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line that says what is wrong; the index that was there is as it was."""
    folder = changed(model, tmp_path)
    spoil(folder)
    index = shutil.copytree(built()[1], tmp_path / "index")
    before = sorted(path.relative_to(index) for path in index.rglob("*"))

    command = ["build", "--documents", str(built()[0]), "--index", str(index), "--model", str(folder)]
    assert main(command) == 1

    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1
    assert sorted(path.relative_to(index) for path in index.rglob("*")) == before


def test_a_static_model_whose_words_outnumber_its_vectors_is_refused(shipped: Path, tmp_path: Path) -> None:
    """Rather than fail at the first question that holds such a word."""
    folder = changed(shipped, tmp_path)
    tensors = load_file(folder / "model.safetensors")
    fewer = {name: np.ascontiguousarray(rows[:100]) for name, rows in tensors.items()}
    save_file(fewer, folder / "model.safetensors")

    with pytest.raises(ModelUnavailableError, match="词表"):
        open_embedder(str(folder))


def test_weights_for_other_backends_do_no_harm(model: Path, tmp_path: Path) -> None:
    """Many models carry files for libraries that are not used."""
    folder = changed(model, tmp_path)
    (folder / "openvino").mkdir()
    (folder / "openvino" / "openvino_model.bin").write_bytes(b"x")

    assert located(str(folder), VARIABLE) == folder


def test_a_cross_encoder_reads_the_best_again(cross: Path) -> None:
    """Its order stands at the head, its score is said, and no hit is lost."""
    reranker = Reranker(str(cross))
    with open_index(built()[1]) as plain, open_index(built()[1], reranker) as second:
        before, after = plain.search("案卷评查", limit=40), second.search("案卷评查", limit=40)

    def names(hits: list[Hit]) -> set[str]:
        return {hit.passage.id for hit in hits}

    again = [hit.why["reranker"] for hit in after if "reranker" in hit.why]
    assert names(before) == names(after)
    assert again == sorted(again, reverse=True)
    assert len(again) == min(30, len(after))
    assert [hit.score for hit in after] == [hit.score for hit in before]


def test_a_cross_encoder_that_is_not_here_is_said_before_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the variable, and no index is begun."""
    documents = write_plans(tmp_path / "documents")
    monkeypatch.setenv("YOUJU_RERANKER", str(tmp_path / "none"))

    command = ["search", "学法", "--documents", str(documents), "--index", str(tmp_path / "index")]
    assert main(command) == 1
    assert "YOUJU_RERANKER" in capsys.readouterr().err
    assert not (tmp_path / "index").exists()
