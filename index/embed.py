"""Words to vectors: the only door to sentence-transformers.

A static model (one vector a token, averaged) is computed here from its sentence-transformers folder
with ``tokenizers`` and numpy, giving the same numbers: importing sentence-transformers takes ten
seconds, and nobody should wait that long for a question.
"""

import hashlib
import json
import os
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

Vectors = NDArray[np.float32]
BATCH = 1024  # texts at a time; bounds the memory of the gathered token vectors
SMALL_FILE = 1 << 20
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
        configuration = folder / "config_sentence_transformers.json"
        stored = json.loads(configuration.read_text("utf-8")) if configuration.exists() else {}
        prompts = stored.get("prompts") or {}
        default = prompts.get(stored.get("default_prompt_name") or "", "")
        self._query_prompt: str = prompts.get("query", default)
        self._passage_prompt: str = next(
            (prompts[key] for key in ("document", "passage", "corpus") if key in prompts), default
        )
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

    def __init__(self, model: str) -> None:
        _stay_offline()
        # Late: it takes ten seconds, and the default model does without it.
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(model, device="cpu", local_files_only=True)
        except Exception as error:  # it raises whatever the model's files make it raise
            raise _unavailable(model, error) from error
        folder = Path(model)
        self.name = f"{folder.name}:{_digest(folder)}" if folder.is_dir() else model

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


def open_embedder(model: str | None = None) -> Embedder:
    """Open a model by local folder or hub name, without a network; the one that ships where none is named.

    Raises ModelUnavailableError when it is not on this machine or cannot be read.
    """
    model = model or str(SHIPPED)
    folder = Path(model).expanduser()
    if is_static(folder):
        try:
            return StaticEmbedder(folder)
        except Exception as error:  # tokenizers raises a bare Exception on a bad file
            raise _unavailable(model, error) from error
    if not folder.is_dir() and not _downloaded(model):
        raise _unavailable(model, FileNotFoundError("没有这个文件夹，也没有下载过叫这个名称的模型"))
    return TransformerEmbedder(str(folder) if folder.is_dir() else model)


def _downloaded(name: str) -> bool:
    """Tell whether a hub name is on this machine, before ten seconds are spent on the library."""
    _stay_offline()
    # Late: only a model from outside needs it.
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        return any(
            isinstance(try_to_load_from_cache(full, file), str)
            for full in (name, f"sentence-transformers/{name}")
            for file in ("modules.json", "config.json")
        )
    except HFValidationError:  # a path, or what can be no name
        return False


def _stay_offline() -> None:
    # Read by huggingface_hub when it is first imported: without it a name that is not on this machine
    # is looked for on the network for a minute before it fails.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


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


def _unavailable(model: str, error: Exception) -> ModelUnavailableError:
    reason = str(error).strip().splitlines()
    return ModelUnavailableError(
        f"向量模型 {model} 在本机上打不开（{reason[0][:200] if reason else type(error).__name__}）。"
        "运行时不联网：请先把模型下载到本机，再把它的文件夹路径写进 YOUJU_EMBEDDING_MODEL；"
        "不设置这个变量就用自带的小模型。"
    )
