"""Models of two layers with random weights, in the formats in which models from outside come."""

import warnings
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    BertTokenizer,
    PreTrainedModel,
    set_seed,
)

from tests.folders import built

CHARACTERS = sorted({c for path in built()[0].iterdir() for c in path.read_text("utf-8") if c.strip()})
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def encoder(folder: Path, width: int = 32, pooling: str = "mean") -> Path:
    """Write a bi-encoder."""
    set_seed(1)
    raw = _written(BertModel(_layers(width)), folder.with_name(f"{folder.name}-raw"))
    parts = [Transformer(str(raw), max_seq_length=256), Pooling(width, pooling), Normalize()]
    SentenceTransformer(modules=parts, device="cpu").save_pretrained(str(folder))
    return folder


def cross_encoder(folder: Path) -> Path:
    """Write a cross-encoder."""
    set_seed(1)
    layers = _layers()
    layers.num_labels = 1
    raw = _written(BertForSequenceClassification(layers), folder.with_name(f"{folder.name}-raw"))
    CrossEncoder(str(raw), device="cpu").save_pretrained(str(folder))
    return folder


def export(folder: Path) -> Path:
    """Add ``onnx/model.onnx`` to a model's folder, as exporters do, and return it."""
    whole = (folder / "1_Pooling").exists()
    kind = BertModel if whole else BertForSequenceClassification
    output = "last_hidden_state" if whole else "logits"
    tokens = torch.ones((2, 5), dtype=torch.long)
    sizes = {name: {0: "texts", 1: "tokens"} for name in INPUTS}
    (folder / "onnx").mkdir()
    file = folder / "onnx" / "model.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is the exporter that needs no further package
        torch.onnx.export(
            _Exported(kind.from_pretrained(folder)),  # not training, as loaded
            (tokens, tokens, torch.zeros_like(tokens)),
            str(file),
            input_names=list(INPUTS),
            output_names=[output],
            dynamic_axes={**sizes, output: {0: "texts"} | ({1: "tokens"} if whole else {})},
            dynamo=False,
        )
    return file


def quantise(folder: Path) -> Path:
    """Put weights in 8 bits into the place of exported ones, and return them."""
    wide = folder / "onnx" / "model.onnx"
    narrow = folder / "onnx" / "model_quint8_avx2.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        quantize_dynamic(wide, narrow, weight_type=QuantType.QUInt8, reduce_range=True)
    wide.unlink()
    return narrow


class _Exported(torch.nn.Module):
    """Takes by position what exporters give by position."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self._model = model

    def forward(self, *given: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self._model(**dict(zip(INPUTS, given, strict=True)))[0]
        return found


def _layers(width: int = 32) -> BertConfig:
    return BertConfig(
        vocab_size=len(CHARACTERS) + 5,
        hidden_size=width,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        initializer_range=0.2,  # so that texts differ
    )


def _written(model: PreTrainedModel, folder: Path) -> Path:
    folder.mkdir(parents=True)
    model.save_pretrained(folder)
    words = folder / "vocab.txt"
    words.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *CHARACTERS]), "utf-8")
    BertTokenizer(vocab_file=str(words)).save_pretrained(folder)
    return folder
