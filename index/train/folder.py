"""A model as a folder: the files sentence-transformers reads, written aside and put in place whole."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save
from tokenizers import Tokenizer

from index.errors import cause
from index.train.articles import TrainingError

LIBRARY = "sentence_transformers"
MODULES = [
    {
        "idx": 0,
        "name": "0",
        "path": "",
        "type": f"{LIBRARY}.sentence_transformer.modules.static_embedding.StaticEmbedding",
    },
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{LIBRARY}.base.modules.normalize.Normalize"},
]
CONFIGURATION: dict[str, object] = {
    "prompts": {},
    "default_prompt_name": None,
    "similarity_fn_name": "cosine",
}
STEPS = 127  # of a number in 8 bits, to each side of zero


def write(folder: Path, tokenizer: Tokenizer, vectors: NDArray[np.float32]) -> None:
    """Write a model into a folder that is there and empty.

    A vector is stored in 8 bits a number and one factor, the layout of model2vec, which StaticEmbedding
    turns into 32 bits when it loads: half the size of 16 bits, and an empty text gives zero, not NaN.
    """
    factors = np.abs(vectors).max(axis=1) / STEPS
    rows = np.rint(vectors / np.maximum(factors, np.finfo(np.float32).tiny)[:, None]).astype(np.int8)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    tensors = {"embeddings": rows, "weights": factors.astype(np.float32)}
    (folder / "model.safetensors").write_bytes(save(tensors))
    (folder / "modules.json").write_text(json.dumps(MODULES, indent=2), "utf-8")
    (folder / "config_sentence_transformers.json").write_text(json.dumps(CONFIGURATION), "utf-8")
    # Normalize has no files, but a folder without one would be lost in git.
    (folder / "1_Normalize").mkdir()
    (folder / "1_Normalize" / "config.json").write_text("{}", "utf-8")


def read(folder: Path) -> tuple[list[tuple[str, float]], NDArray[np.float32]]:
    """Return the tokens of a model, each with its log probability, and the vectors, row 0 for the unknown.

    Raises TrainingError when it is not a model that this command made.
    """
    try:
        tokens = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]
        pieces = [(str(piece), float(score)) for piece, score in tokens["vocab"]][1:]
        with safe_open(folder / "model.safetensors", framework="numpy") as weights:
            vectors = weights.get_tensor("embeddings") * weights.get_tensor("weights")[:, None]
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise TrainingError(f"{folder} 不是用本命令训练出来的模型，不能从它开始。") from error
    if tokens["type"] != "Unigram" or len(vectors) != len(pieces) + 1:
        raise TrainingError(f"{folder} 不是用本命令训练出来的模型，不能从它开始。")
    return pieces, vectors.astype(np.float32)


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Give an empty folder beside the target to write into; it is gone afterwards unless it was put in place.

    Raises TrainingError when nothing can be written there, before any time is spent on training.
    """
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.mkdir()
    except OSError as error:
        raise TrainingError(f"输出文件夹 {target} 不能写入（{cause(error)}）。请换一个文件夹。") from error
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def put_in_place(aside: Path, target: Path) -> None:
    """Rename the new model to its name; the old one stands until that moment."""
    old = target.with_name(f"{aside.name}.old")
    try:
        if target.exists():
            target.rename(old)
        try:
            aside.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    except OSError as error:
        raise TrainingError(f"模型没有放到 {target}（{cause(error)}）。原来的不变。") from error
    shutil.rmtree(old, ignore_errors=True)
