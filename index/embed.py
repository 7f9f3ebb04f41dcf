"""Words to vectors.

A static model (one vector a token, averaged) is computed here from its sentence-transformers folder
with ``tokenizers`` and numpy, giving the same numbers: importing sentence-transformers takes ten
seconds, and nobody should wait that long for a question.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer

from index.document import Passage
from index.errors import ModelUnavailableError
from index.models import located, open_encoder, prompts, unavailable
from index.onnx import TOKENS, Network, exported, pooled, pooling

Vectors = NDArray[np.float32]
BATCH = 1024  # texts at a time; bounds the memory of the gathered token vectors
SMALL_FILE = 1 << 20
VARIABLE = "YOUJU_EMBEDDING_MODEL"
# Tensors of a static model and their types: in 32 or 16 bits, or in 8 with a factor a token.
STATIC = (
    {"embedding.weight": "F32"},
    {"embedding.weight": "F16"},
    {"embeddings": "I8", "weights": "F32"},
)
SHIPPED = Path(__file__).with_name("model")  # made by index.train


class Embedder(Protocol):
    """What turns text into vectors. ``name`` changes when the vectors would."""

    @property
    def name(self) -> str:
        """The identity of the model."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row a passage, of unit length, or zero where the text has no known token."""
        ...

    def encode_query(self, text: str) -> Vectors:
        """Return the vector of a question, of unit length or zero."""
        ...


class StaticEmbedder:
    """A StaticEmbedding folder of sentence-transformers, computed without it."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        with safe_open(folder / "model.safetensors", framework="numpy") as weights:
            self._weights: Vectors = _token_vectors(weights)
        if self._tokenizer.get_vocab_size() > len(self._weights):
            raise ValueError(
                f"词表有 {self._tokenizer.get_vocab_size()} 个词，向量只有 {len(self._weights)} 个"
            )
        self._query_prompt, self._passage_prompt = prompts(folder, "")
        self.name = f"static:{_digest(folder)}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text."""
        return self._encode([self._passage_prompt + text for text in texts])

    def encode_query(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        row: Vectors = self._encode([self._query_prompt + text])[0]
        return row

    def tokens(self, text: str) -> NDArray[np.intp]:
        """Return the numbers of a text's tokens, in order."""
        return np.array(self._tokenizer.encode(text, add_special_tokens=False).ids, dtype=np.intp)

    def lengths(self, tokens: NDArray[np.intp]) -> Vectors:
        """Return the length of each token's vector: the longer, the more the token tells."""
        rows: Vectors = self._lengths[tokens]
        return rows

    def cosines(self, tokens: NDArray[np.intp], others: NDArray[np.intp]) -> Vectors:
        """Return how near each token is to each of the others, one row a token, -1 to 1."""
        rows: Vectors = self._directions[tokens] @ self._directions[others].T
        return rows

    @cached_property
    def _lengths(self) -> Vectors:
        rows: Vectors = np.linalg.norm(self._weights, axis=1)
        return rows

    @cached_property
    def _directions(self) -> Vectors:
        return unit(self._weights)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self._weights.shape[1]), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            encoded = self._tokenizer.encode_batch(
                list(texts[start : start + BATCH]), add_special_tokens=False
            )
            for row, encoding in enumerate(encoded, start):
                if encoding.ids:
                    rows[row] = self._weights[encoding.ids].mean(axis=0)
        return unit(rows)


class TransformerEmbedder:
    """Any other model, run by sentence-transformers on the CPU, never downloaded."""

    def __init__(self, folder: Path, name: str) -> None:
        self._model = open_encoder(folder, name)
        self.name = f"{Path(name).name}:{_digest(folder)}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text."""
        return self._unit(self._model.encode_document(list(texts), show_progress_bar=False))

    def encode_query(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        row: Vectors = self._unit(self._model.encode_query([text], show_progress_bar=False))[0]
        return row

    @staticmethod
    def _unit(rows: Any) -> Vectors:  # noqa: ANN401 - tensors or arrays, as the library likes
        return unit(np.asarray(rows, dtype=np.float32))


class OnnxEmbedder:
    """A model that was exported to ONNX, in 32 or 8 bits, computed without sentence-transformers."""

    def __init__(self, folder: Path, name: str) -> None:
        self._network = Network(folder, TOKENS)
        self._pooling = str(pooling(folder))
        self._query_prompt, self._passage_prompt = prompts(folder, name)
        # "onnx": the vectors are not quite those of the safetensors weights in the same folder.
        self.name = f"{Path(name).name}:onnx:{_digest(folder)}"
        self._encode(["测"])  # inputs that the network misses are told now, not by the first question

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text."""
        return self._encode([self._passage_prompt + text for text in texts])

    def encode_query(self, text: str) -> Vectors:
        """Return the unit vector of a question."""
        row: Vectors = self._encode([self._query_prompt + text])[0]
        return row

    def _encode(self, texts: Sequence[str]) -> Vectors:
        return unit(
            np.array([pooled(self._network.compute(text), self._pooling) for text in texts], np.float32)
        )


def open_embedder(model: str | None = None) -> Embedder:
    """Open a model by local folder or hub name, without a network; the one that ships where none is named.

    Raises ModelUnavailableError when it is not on this machine or cannot be read.
    """
    if not model:
        return open_shipped()
    folder = located(model, VARIABLE)
    try:
        if is_static(folder):
            return StaticEmbedder(folder)
        if exported(folder):
            return OnnxEmbedder(folder, model)
        return TransformerEmbedder(folder, model)
    except Exception as error:  # tokenizers raises a bare Exception on a bad file, the library anything
        raise unavailable(model, error, VARIABLE) from error


def open_shipped() -> StaticEmbedder:
    """Open the model that ships. Raises ModelUnavailableError where this copy of the project lacks it."""
    try:
        return StaticEmbedder(SHIPPED)
    except Exception as error:  # as above
        state = "读不出来" if SHIPPED.is_dir() else "不在"
        raise ModelUnavailableError(
            f"自带的向量模型{state}：{SHIPPED}。这份程序不完整，请重新下载整个项目（连同这个文件夹）再运行。"
        ) from error


def searchable(passage: Passage) -> str:
    """Return the words a passage is found by: its subject, which are title and headings, and its text."""
    return "\n".join([passage.document.title, " ".join(passage.document.trail(passage.home)), passage.text])


def is_static(folder: Path) -> bool:
    """Tell whether a folder is a plain StaticEmbedding, which needs no library to run."""
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
        kinds = [str(module["type"]).rsplit(".", 1)[-1] for module in modules]
        with safe_open(folder / "model.safetensors", framework="numpy") as weights:
            kept = {name: weights.get_slice(name).get_dtype() for name in weights.keys()}  # noqa: SIM118
            plain = kept in STATIC
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        return False
    return plain and kinds[:1] == ["StaticEmbedding"] and set(kinds[1:]) <= {"Normalize"}


def _token_vectors(weights: Any) -> Vectors:  # noqa: ANN401 - safetensors declares no type for it
    """Return one row a token; or in 8 bits and a factor, which StaticEmbedding reads too."""
    if "embeddings" not in weights.keys():  # noqa: SIM118 - it is no mapping
        plain: Vectors = weights.get_tensor("embedding.weight").astype(np.float32)
        return plain
    rows: Vectors = weights.get_tensor("embeddings") * weights.get_tensor("weights")[:, None]
    return rows


def unit(rows: Vectors) -> Vectors:
    """Scale rows to length one; a zero row, or one that is not finite, becomes zero."""
    rows = np.where(np.isfinite(rows).all(axis=1, keepdims=True), rows, np.float32(0))
    # By the largest number first: squares of very small or very large ones leave the range of 32 bits.
    rows = _divided(rows, np.abs(rows).max(axis=1, keepdims=True, initial=0))
    return _divided(rows, np.linalg.norm(rows, axis=1, keepdims=True))


def _divided(rows: Vectors, by: Vectors) -> Vectors:
    divided: Vectors = np.divide(rows, by, out=np.zeros_like(rows), where=by > 0)
    return divided


def _digest(folder: Path) -> str:
    """Return a short digest of a model's files: names, sizes, and the words of the static ones.

    The weights of a large model are not read: a gigabyte at every start would cost seconds.
    """
    digest = hashlib.sha256()
    static = is_static(folder)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix == ".md" or path.name.startswith("."):
            continue
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}:{size};".encode())
        if static or size < SMALL_FILE:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
