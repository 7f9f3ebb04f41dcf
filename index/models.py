"""Models from outside: what a folder must be to be loaded, and the only door to sentence-transformers.

A folder is looked through before any library opens it: no code of its own, no pickled weights (both can
run anything), and parts whose dimensions fit together. Nothing is ever downloaded.
"""

import json
import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from index.errors import ModelUnavailableError
from index.onnx import SCORES, Network, exported

Pairs = Sequence[tuple[str, str]]
PICKLED = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"}
OURS = ("sentence_transformers.", "torch.nn.")
# The words some families were trained with before a question or a passage, used where the model's own
# configuration names none: pattern of the folder's or model's name, question, passage.
FAMILIES = (
    (r"bge-.*-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    (r"(^|[/_-])e5-", "query: ", "passage: "),
    (r"qwen3-embedding", "Instruct: 检索能回答问题的条文\nQuery:", ""),
)
RERANKED = 30  # passages a cross-encoder reads again; each costs it tens of milliseconds or more


def located(model: str, variable: str) -> Path:
    """Return the folder of a model given by path, or by a name that has been downloaded.

    Raises ModelUnavailableError when there is none, or when it is not safe or not whole.
    """
    folder = Path(model).expanduser()
    found: Path | None = folder if folder.is_dir() else _downloaded(model)
    if found is None:
        missing = FileNotFoundError("没有这个文件夹，也没有下载过叫这个名称的模型")
        raise unavailable(model, missing, variable)
    try:
        _examine(found)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise unavailable(model, error, variable) from error
    return found


def unavailable(model: str, error: Exception, variable: str) -> ModelUnavailableError:
    """Return the error that says which model cannot be used, why, and what to do."""
    reason = str(error).strip().splitlines()
    said = reason[0][:200] if reason else type(error).__name__
    kind, rest = {
        "YOUJU_EMBEDDING_MODEL": ("向量模型", "不设置这个变量就用自带的小模型。"),
        "YOUJU_RERANKER": ("重排模型", "不设置这个变量就不重排。"),
    }[variable]
    return ModelUnavailableError(
        f"{kind} {model} 在本机上打不开（{said}）。"
        f"运行时不联网：请先把模型下载到本机，再把它的文件夹路径写进 {variable}；{rest}"
    )


def _downloaded(name: str) -> Path | None:
    """Return the folder of a hub name that is on this machine."""
    _stay_offline()
    # Late: only a model from outside needs it.
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        for full in (name, f"sentence-transformers/{name}"):
            for file in ("modules.json", "config.json"):
                found = try_to_load_from_cache(full, file)
                if isinstance(found, str):
                    return Path(found).parent
    except HFValidationError:  # a path, or what can be no name
        pass
    return None


def _stay_offline() -> None:
    # Read by huggingface_hub when it is first imported: without it a name that is not on this machine
    # is looked for on the network for a minute before it fails.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")


def _examine(folder: Path) -> None:
    """Raise ValueError saying what is wrong with a folder, if anything is."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    settings = {path: json.loads(path.read_text("utf-8")) for path in files if path.suffix == ".json"}
    for path, setting in settings.items():
        if isinstance(setting, dict) and "auto_map" in setting:
            raise ValueError(f"{path.relative_to(folder)} 要运行模型自带的程序（auto_map），不安全，不予加载")
    modules = settings.get(folder / "modules.json", [])
    loaded = {folder, *(folder / module["path"] for module in modules)}  # not onnx/, openvino/
    for path in files:
        if path.suffix in PICKLED and path.parent in loaded and not any(path.parent.glob("*.safetensors")):
            raise ValueError(
                f"{path.relative_to(folder)} 是能夹带程序的旧格式权重，不安全，请换用 safetensors 权重"
            )
    if not any(path.suffix == ".safetensors" for path in files) and exported(folder) is None:
        raise ValueError(
            "没有 safetensors 权重，也没有能用的 ONNX 权重（onnx 文件夹里要有 model.onnx "
            "或者只有一个 .onnx 文件；模型文件夹里要有 tokenizer.json）"
        )
    for path in files:
        if path.suffix == ".safetensors":
            with safe_open(path, framework="numpy") as weights:  # a file cut short fails here
                weights.keys()
    for module in modules:
        if not str(module["type"]).startswith(OURS):
            raise ValueError(f"modules.json 要运行模型自带的程序（{module['type']}），不安全，不予加载")
    _fit_together(folder, modules, settings)


def _fit_together(folder: Path, modules: Sequence[Any], settings: dict[Path, Any]) -> None:
    """Raise ValueError where a module takes another dimension than the one before it gives."""
    width = settings.get(folder / "config.json", {}).get("hidden_size")
    for module in modules:
        setting = settings.get(folder / module["path"] / "config.json", {})
        kind = str(module["type"]).rsplit(".", 1)[-1]
        taken = setting.get({"Pooling": "word_embedding_dimension", "Dense": "in_features"}.get(kind, ""))
        if kind == "Pooling" and taken is None:
            taken = setting.get("embedding_dimension")
        if None not in (width, taken) and width != taken:
            raise ValueError(f"{module['path']} 的维数是 {taken}，前一部分给出的是 {width}")
        width = setting.get("out_features", width) if kind == "Dense" else width


def open_encoder(folder: Path, name: str) -> Any:  # noqa: ANN401 - the library's types stop here
    """Load a bi-encoder, with the words of its family where it names none of its own."""
    _stay_offline()
    # Late: it takes ten seconds, and the default model does without it.
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(folder),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs=None if _static(folder) else {"use_safetensors": True},
    )
    if not any((model.prompts or {}).values()):
        model.prompts = dict(zip(("query", "document"), _family(name), strict=True))
    stated = model.get_embedding_dimension()
    given = int(model.encode(["测"], show_progress_bar=False).shape[1])
    if stated not in (None, given):
        raise ValueError(f"模型自称 {stated} 维，算出来是 {given} 维")
    return model


def prompts(folder: Path, name: str) -> tuple[str, str]:
    """Return the words before a question and before a passage: the model's own, else those of its family."""
    configuration = folder / "config_sentence_transformers.json"
    stored = json.loads(configuration.read_text("utf-8")) if configuration.exists() else {}
    own = stored.get("prompts") or {}
    if not any(own.values()):
        return _family(name)
    default = own.get(stored.get("default_prompt_name") or "", "")
    passage = next((own[key] for key in ("document", "passage", "corpus") if key in own), default)
    return own.get("query", default), passage


def _family(name: str) -> tuple[str, str]:
    found = (words for pattern, *words in FAMILIES if re.search(pattern, name, re.IGNORECASE))
    query, passage = next(found, ("", ""))
    return query, passage


def _static(folder: Path) -> bool:
    modules = folder / "modules.json"
    return modules.exists() and "StaticEmbedding" in modules.read_text("utf-8")


class Reranker:
    """A cross-encoder, which reads question and passage together. Found and examined at once, loaded when
    first used.
    """

    def __init__(self, model: str) -> None:
        self._name = model
        self._folder = located(model, "YOUJU_RERANKER")
        self._predict: Callable[[Pairs], Any] | None = None

    def scores(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return how well each passage answers, higher is better. Raises ModelUnavailableError."""
        if self._predict is None:
            try:
                self._predict = _predictor(self._folder)
            except Exception as error:  # it raises whatever the model's files make it raise
                raise unavailable(self._name, error, "YOUJU_RERANKER") from error
        pairs = [(query, passage) for passage in passages]
        found = np.asarray(self._predict(pairs), dtype=np.float32)
        return np.nan_to_num(found.reshape(len(passages), -1)[:, -1], nan=-np.inf)


def _predictor(folder: Path) -> Callable[[Pairs], Any]:
    """Load a cross-encoder."""
    if exported(folder):
        network = Network(folder, SCORES)
        return lambda pairs: [network.compute(query, passage) for query, passage in pairs]
    _stay_offline()
    # Late: it takes ten seconds, and only who asks for a second look pays them.
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(
        str(folder),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True},
    )
    return partial(model.predict, show_progress_bar=False)
