"""Lists of words that mean the same, given by the user: everyday and official, English and Chinese."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from index.train.articles import TrainingError
from index.train.rows import Tokens, cut


@dataclass(frozen=True, slots=True)
class Saying:
    """How something is said by people, and the words that official documents use for it."""

    said: str
    official: tuple[str, ...]


def read_synonyms(path: Path) -> tuple[Saying, ...]:
    """Read a list of synonyms, a group a line: the everyday word first, then the official ones."""
    return tuple(
        Saying(words[0], tuple(words[1:])) for _, line in _lines(path) if len(words := line.split()) > 1
    )


def read_glossary(path: Path) -> tuple[Saying, ...]:
    """Read a glossary, a term a line: ``english = 中文 中文2``. Raises TrainingError where = is missing."""
    found = []
    for number, line in _lines(path):
        said, mark, official = line.partition("=")
        if not mark or not said.strip() or not official.split():
            raise TrainingError(f"{path.name} 第 {number} 行应当写成“english = 中文”。")
        found.append(Saying(said.strip(), tuple(official.split())))
    return tuple(found)


def in_tokens(sayings: Sequence[Saying], tokenizer: Tokenizer) -> dict[int, list[Tokens]]:
    """Return for each official word that is one token what people say for it."""
    said = cut(tokenizer, (saying.said for saying in sayings))
    found: dict[int, list[Tokens]] = {}
    for row, saying in enumerate(sayings):
        official = cut(tokenizer, saying.official)
        for word in range(len(official)):
            tokens = official.row(word)
            if len(tokens) == 1 and len(said.row(row)):
                found.setdefault(int(tokens[0]), []).append(said.row(row))
    return found


def reworded(
    tokens: Tokens, said: Mapping[int, Sequence[Tokens]], share: float, chance: np.random.Generator
) -> Tokens:
    """Return the tokens with about ``share`` of the official words among them put as people say them."""
    if not said or chance.random() < 0.5:
        return tokens
    parts = [
        said[token][int(chance.integers(len(said[token])))]
        if token in said and chance.random() < share
        else [token]
        for token in tokens.tolist()
    ]
    return np.concatenate(parts).astype(np.int32) if parts else tokens


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TrainingError(f"词表打不开：{path}（{error.strerror}）。") from error
    except UnicodeDecodeError as error:
        raise TrainingError(f"词表不是 UTF-8 编码：{path}，请另存为 UTF-8。") from error
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()
