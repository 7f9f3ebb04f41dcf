"""Models exported to ONNX: the same answers as the weights they came from, and files that are refused."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

from index.build import build
from index.database import TRUTH, Database
from index.embed import OnnxEmbedder, TransformerEmbedder, open_embedder, searchable
from index.errors import ModelUnavailableError
from index.generation import current
from index.models import Reranker
from index.search import open_index
from tests.folders import COUNTIES, plan, write_plans
from tests.small_models import cross_encoder, encoder, export, quantise

TEXTS = [line for county in COUNTIES for line in plan(county).splitlines()]
ODD = ["", "ABC, 2023年", "🙂", "学" * 900]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bi-encoder with both kinds of weights."""
    folder = encoder(tmp_path_factory.mktemp("encoder") / "tiny")
    export(folder)
    return folder


@pytest.fixture(scope="module")
def cross(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder with both kinds of weights."""
    folder = cross_encoder(tmp_path_factory.mktemp("cross") / "tiny")
    export(folder)
    return folder


def changed(model: Path, tmp_path: Path, name: str = "model") -> Path:
    """A copy to change."""
    return Path(shutil.copytree(model, tmp_path / name))


@pytest.mark.parametrize("pooling", ["mean", "cls", "lasttoken"])
def test_an_exported_model_gives_the_vectors_of_its_weights(pooling: str, tmp_path: Path) -> None:
    """Long, empty and foreign texts too; and texts differ by more than the two may."""
    folder = encoder(tmp_path / "model", pooling=pooling)
    export(folder)
    ours, theirs = open_embedder(str(folder)), TransformerEmbedder(folder, "model")
    texts = [*TEXTS, *ODD]

    assert isinstance(ours, OnnxEmbedder)
    assert np.allclose(ours.encode(texts), theirs.encode(texts), atol=1e-5)
    assert np.allclose(ours.encode_query("学法"), theirs.encode_query("学法"), atol=1e-5)
    assert ours.encode(texts).std(axis=0).max() > 0.01


@pytest.mark.parametrize("own", [{}, {"query": "问：", "document": "文："}])
def test_the_words_before_question_and_passage_are_the_same(
    own: dict[str, str], model: Path, tmp_path: Path
) -> None:
    """Those that the model names, else those of its family."""
    folder = changed(model, tmp_path, "bge-small-zh")
    file = folder / "config_sentence_transformers.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"prompts": own}), "utf-8")
    ours, theirs = open_embedder(str(folder)), TransformerEmbedder(folder, str(folder))

    assert np.allclose(ours.encode_query("学法"), theirs.encode_query("学法"), atol=1e-5)
    assert np.allclose(ours.encode(["学法"]), theirs.encode(["学法"]), atol=1e-5)
    assert not np.allclose(
        ours.encode_query("学法"), open_embedder(str(model)).encode_query("学法"), atol=1e-3
    )


def test_eight_bits_are_near_and_of_another_name(model: Path, tmp_path: Path) -> None:
    """Near the vectors in 32 bits; the three kinds of weights have three names."""
    folder = changed(model, tmp_path, model.name)
    quantise(folder)
    narrow, wide, torch = (
        open_embedder(str(folder)),
        open_embedder(str(model)),
        TransformerEmbedder(model, "tiny"),
    )
    cosines = (narrow.encode(TEXTS) * wide.encode(TEXTS)).sum(axis=1)

    assert 0.98 < cosines.min() < 0.999999
    assert len({narrow.name, wide.name, torch.name}) == 3


def test_a_vector_does_not_depend_on_its_neighbours(model: Path, tmp_path: Path) -> None:
    """In 8 bits a batch shares one scale: what was added later would get other vectors."""
    folder = changed(model, tmp_path)
    quantise(folder)
    embedder = open_embedder(str(folder))

    assert np.array_equal(embedder.encode(TEXTS)[:1], embedder.encode(TEXTS[:1]))


def test_other_weights_are_embedded_again(model: Path, tmp_path: Path) -> None:
    """Weights in 8 bits put into the folder of the model: the next build makes its vectors anew."""
    documents = write_plans(tmp_path / "documents")
    folder = changed(model, tmp_path)

    build(documents, tmp_path / "index", str(folder))
    quantise(folder)
    with (
        open_index(tmp_path / "index") as index,
        pytest.raises(ModelUnavailableError, match="建索引时的不同"),
    ):
        index.search("案卷评查")

    assert build(documents, tmp_path / "index", str(folder)).fresh
    with open_index(tmp_path / "index") as index:
        passage = searchable(index.search("案卷评查", limit=1)[0].passage)
    generation = current(tmp_path / "index")
    assert generation
    stored = Database(generation / TRUTH).vectors(0, 1 << 30)
    narrow, wide = (
        np.abs(stored - open_embedder(str(place)).encode([passage])).max(axis=1).min()
        for place in (folder, model)
    )
    assert narrow < 1e-3 < wide  # kept in 16 bits


def test_a_folder_needs_no_other_weights(model: Path, tmp_path: Path) -> None:
    """Exported weights alone are a whole model."""
    folder = changed(model, tmp_path)
    (folder / "model.safetensors").unlink()

    assert np.array_equal(open_embedder(str(folder)).encode(TEXTS), open_embedder(str(model)).encode(TEXTS))


def test_neither_torch_nor_sentence_transformers_is_imported(model: Path) -> None:
    """What takes ten seconds to import is not waited for."""
    code = (
        "import sys; from index.embed import open_embedder;"
        f"open_embedder({str(model)!r}).encode_query('学法');"
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers', 'sklearn'} & sys.modules.keys()))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_cross_encoder_gives_the_scores_of_its_weights(cross: Path, tmp_path: Path) -> None:
    """Before the sigmoid that the library applies; long passages are cut as it cuts them."""
    folder = changed(cross, tmp_path)
    shutil.rmtree(folder / "onnx")
    passages = [*TEXTS, *ODD]
    ours = Reranker(str(cross)).scores("常务会议学法几次", passages)

    expected = Reranker(str(folder)).scores("常务会议学法几次", passages)
    assert np.allclose(1 / (1 + np.exp(-ours)), expected, atol=1e-5)
    assert ours.std() > 0.01


def _several(folder: Path) -> None:
    for name in ("model_qint8_avx2.onnx", "model_O2.onnx"):
        shutil.copy(folder / "onnx" / "model.onnx", folder / "onnx" / name)
    (folder / "onnx" / "model.onnx").unlink()


def _without_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def _dense(folder: Path) -> None:
    _module(folder, 2, "sentence_transformers.models.Dense")


def _most(folder: Path) -> None:
    file = folder / "1_Pooling" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"pooling_mode": "max"}), "utf-8")


def _module(folder: Path, number: int, kind: str) -> None:
    modules = json.loads((folder / "modules.json").read_text("utf-8"))
    modules[number]["type"] = kind
    (folder / "modules.json").write_text(json.dumps(modules), "utf-8")


def test_pickled_weights_beside_exported_ones_are_refused(model: Path, tmp_path: Path) -> None:
    """As without exported ones: another program that loads the folder would run them."""
    folder = changed(model, tmp_path)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")

    with pytest.raises(ModelUnavailableError, match="不安全"):
        open_embedder(str(folder))


@pytest.mark.parametrize("change", [_several, _without_tokenizer, _dense, _most])
def test_what_onnx_cannot_compute_needs_the_other_weights(
    change: Callable[[Path], None], model: Path, tmp_path: Path
) -> None:
    """A folder with exported weights alone is refused, with what is missing."""
    folder = changed(model, tmp_path)
    change(folder)
    (folder / "model.safetensors").unlink()

    with pytest.raises(ModelUnavailableError, match="没有能用的 ONNX 权重"):
        open_embedder(str(folder))


def test_the_other_weights_are_used_where_onnx_cannot_compute(model: Path, tmp_path: Path) -> None:
    """As if there were no exported ones."""
    folder = changed(model, tmp_path)
    _most(folder)

    assert isinstance(open_embedder(str(folder)), TransformerEmbedder)


@pytest.mark.parametrize(
    ("ways", "kind"),
    [
        ({"pooling_mode_lasttoken": True}, OnnxEmbedder),
        ({"pooling_mode_cls_token": True, "pooling_mode_max_tokens": True}, TransformerEmbedder),
    ],
)
def test_folders_of_older_versions_are_understood(
    ways: dict[str, bool], kind: type, model: Path, tmp_path: Path
) -> None:
    """They say yes or no to every way of pooling, and may say yes twice."""
    folder = changed(model, tmp_path)
    settings = {"word_embedding_dimension": 32, "pooling_mode_mean_tokens": False} | ways
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(settings), "utf-8")
    ours, theirs = open_embedder(str(folder)), TransformerEmbedder(folder, "model")

    assert isinstance(ours, kind)
    assert np.allclose(ours.encode(TEXTS), theirs.encode(TEXTS), atol=1e-5)


def _cut_short(folder: Path) -> None:
    file = folder / "onnx" / "model.onnx"
    file.write_bytes(file.read_bytes()[:5000])


def _other_output(folder: Path) -> None:
    _rewritten(folder, lambda graph: _renamed(graph, "output", "sentence_embedding"))


def _other_input(folder: Path) -> None:
    _rewritten(folder, lambda graph: _renamed(graph, "input", "past_key_values"))


def _renamed(graph: onnx.GraphProto, side: str, name: str) -> None:
    value = getattr(graph, side)[0]
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [name if other == value.name else other for other in names]
    value.name = name


def _rewritten(folder: Path, change: Callable[[onnx.GraphProto], None]) -> None:
    file = folder / "onnx" / "model.onnx"
    network = onnx.load(file)
    change(network.graph)
    onnx.save(network, file)


def _outside(folder: Path) -> None:
    file = folder / "onnx" / "model.onnx"
    network = onnx.load(file)
    onnx.save(network, file, save_as_external_data=True, location="weights", size_threshold=0)
    (folder / "onnx" / "weights").rename(folder.parent / "weights")
    text = file.read_bytes()
    assert text.count(b"weights")
    network = onnx.load(file, load_external_data=False)
    for tensor in network.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = "../../weights"
    file.write_bytes(network.SerializeToString())


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_cut_short, "打不开"),
        (_other_output, "last_hidden_state"),
        (_other_input, "past_key_values"),
        (_outside, "打不开"),
    ],
)
def test_a_bad_file_is_refused(spoil: Callable[[Path], None], said: str, model: Path, tmp_path: Path) -> None:
    """Cut short, of another kind, or with weights outside of its folder: told at once, in one line."""
    folder = changed(model, tmp_path)
    spoil(folder)

    with pytest.raises(ModelUnavailableError, match=said) as caught:
        open_embedder(str(folder))
    assert len(str(caught.value).splitlines()) == 1


def test_a_downloaded_model_is_a_folder_of_links(model: Path, tmp_path: Path) -> None:
    """The hub's client keeps the files elsewhere, weights beside an exported model too."""
    blobs, snapshot = tmp_path / "blobs", tmp_path / "snapshots" / "main"
    folder = changed(model, tmp_path)
    file = folder / "onnx" / "model.onnx"
    onnx.save(onnx.load(file), file, save_as_external_data=True, location="model.onnx_data", size_threshold=0)
    blobs.mkdir()
    for number, path in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        link = snapshot / path.relative_to(folder)
        link.parent.mkdir(parents=True, exist_ok=True)
        path.rename(blobs / str(number))
        link.symlink_to(blobs / str(number))

    assert np.array_equal(open_embedder(str(snapshot)).encode(TEXTS), open_embedder(str(model)).encode(TEXTS))


def test_a_search_by_an_exported_model(model: Path, cross: Path, tmp_path: Path) -> None:
    """Both kinds together, as the settings would name them."""
    documents = write_plans(tmp_path / "documents")
    build(documents, tmp_path / "index", str(model))
    with open_index(tmp_path / "index", Reranker(str(cross))) as index:
        hits = index.search("云溪县评查多少件案卷")

    scores = [hit.why["reranker"] for hit in hits if "reranker" in hit.why]
    assert scores
    assert scores == sorted(scores, reverse=True)
