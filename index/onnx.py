"""Models exported to ONNX, run by onnxruntime: the same numbers as torch in a fraction of the time on a
processor alone, without the ten seconds of importing it; in 8 bits quicker still (docs/retrieval.md).

Texts are computed one by one: batches are no quicker on a processor, and with weights in 8 bits the
vector of a text would depend on the texts beside it.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Numbers = NDArray[np.float32]
TOKENS = ("last_hidden_state", "token_embeddings")  # the names exporters give to one vector a token
SCORES = ("logits",)
POOLED = ("cls", "mean", "lasttoken")
POOLED_ONCE = {  # as folders said it before sentence-transformers 6
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_lasttoken": "lasttoken",
}
LONGEST = 512  # tokens, of a model that does not say how many it reads
UNSAID = 1 << 20  # tokens; a tokenizer that knows no limit is saved with one of 30 digits


def exported(folder: Path) -> Path | None:
    """Return the ONNX file a model is run with: ``onnx/model.onnx``, or else the only one there.

    None where there is none, or where the model has parts that only sentence-transformers can compute.
    """
    files = sorted((folder / "onnx").glob("*.onnx"))
    chosen = [file for file in files if file.name == "model.onnx"] or files
    modules = _read(folder / "modules.json") or []
    kinds = {str(module["type"]).rsplit(".", 1)[-1] for module in modules}
    computed = kinds <= {"Transformer", "Pooling", "Normalize"} and pooling(folder) in POOLED
    whole = (folder / "tokenizer.json").exists() and computed
    return chosen[0] if whole and len(chosen) == 1 else None


def pooling(folder: Path) -> str | None:
    """Return how one vector is made of those of the tokens; None for a way that is not known here."""
    modules = _read(folder / "modules.json") or []
    of = [folder / part["path"] for part in modules if str(part["type"]).endswith(".Pooling")]
    if not of:
        return "mean"  # as sentence-transformers takes it where nothing is said
    settings = _read(of[0] / "config.json") or {}
    once = [POOLED_ONCE.get(key) for key, on in settings.items() if key.startswith("pooling_mode_") and on]
    way = settings.get("pooling_mode") or (once[0] if len(once) == 1 else None)
    return way if way in POOLED and settings.get("include_prompt", True) else None


class Network:
    """An exported model with its tokenizer. Raises ValueError, or what the library raises, on a bad file."""

    def __init__(self, folder: Path, outputs: tuple[str, ...]) -> None:
        # Late: only a model from outside needs it.
        import onnxruntime  # type: ignore[import-untyped]

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors; what it warns of is for those who export
        self._session = onnxruntime.InferenceSession(
            str(exported(folder)), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = [given.name for given in self._session.get_inputs()]
        named = [output.name for output in self._session.get_outputs() if output.name in outputs]
        if not named:
            raise ValueError(f"ONNX 文件没有 {'、'.join(outputs)} 这一项输出")
        self._output = named[0]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_longest(folder))

    def compute(self, text: str, other: str | None = None) -> Numbers:
        """Return the output for one text or one pair: a row a token, or the scores."""
        encoding = self._tokenizer.encode(text, other)
        known = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        fed = {name: np.array([known[name]], dtype=np.int64) for name in self._inputs}
        found: Numbers = self._session.run([self._output], fed)[0][0]
        return found


def pooled(rows: Numbers, way: str) -> Numbers:
    """Make one vector of those of the tokens."""
    one: Numbers = {"cls": rows[0], "lasttoken": rows[-1], "mean": rows.mean(axis=0)}[way]
    return one


def _longest(folder: Path) -> int:
    """Return how many tokens the model reads."""
    said = (
        ("sentence_bert_config.json", "max_seq_length"),
        ("tokenizer_config.json", "model_max_length"),
        ("config.json", "max_position_embeddings"),
    )
    found = [(_read(folder / file) or {}).get(key) for file, key in said]
    return int(min((number for number in found if number and 0 < number < UNSAID), default=LONGEST))


def _read(file: Path) -> Any:  # noqa: ANN401 - JSON
    return json.loads(file.read_text("utf-8")) if file.exists() else None
