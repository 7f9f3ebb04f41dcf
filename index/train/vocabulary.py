"""The tokens of a static model: every character, and the words that documents and questions use.

The tokenizer cuts a text into the most probable pieces (Viterbi over word frequencies), so the words of
a general dictionary keep their bounds and an unknown word falls apart into its characters.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from math import log
from pathlib import Path

import numpy as np
import rjieba
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from index.script import simplified_character

UNKNOWN = "<unk>"
LARGEST = 27_000  # tokens, of 256 half-precision numbers each: 14 MB
RAREST_WORD = 2  # times a word must be seen in the documents
GENERAL_SHARE = 0.02  # what one occurrence in the general dictionary counts beside one in the documents
LONGEST_WORD = 8  # characters; a longer name is better cut
WORD_SHARE = 0.7  # what a word inside a longer word adds to its vector
CHARACTER_SHARE = 0.4  # what each character adds
HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff]+")
LATIN = re.compile(r"[a-z0-9]+")
SEPARATORS = r"[^\p{L}\p{N}]+"


def fold(text: str) -> str:
    """Return a text in the spelling the tokenizer gives it: full-width forms as ASCII, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def choose(texts: Iterable[str], asked: Iterable[str], taught: Iterable[str]) -> list[tuple[str, float]]:
    """Choose the tokens and give each its log probability, the most frequent first.

    ``texts`` are documents, ``asked`` are questions, of which every word is taken, ``taught`` are words
    that must be tokens, such as those of a list of synonyms.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_words(text))
    questions: Counter[str] = Counter()
    for text in asked:
        questions.update(_words(text))
    must = {word for word in map(fold, taught) if _may_be_token(word)} | {
        word for word, times in questions.items() if times >= RAREST_WORD and _may_be_token(word)
    }
    weights: dict[str, float] = dict(counts + questions)
    for word, frequency in _general().items():
        weights[word] = weights.get(word, 0) + frequency * GENERAL_SHARE
    # A character that stands only inside words is a token too: the words may be cut.
    for word, weight in list(weights.items()):
        if weight >= 1:
            for character in word:
                weights.setdefault(character, 1)
    characters = {piece: weight for piece, weight in weights.items() if len(piece) == 1 and weight >= 1}
    words = dict.fromkeys(must, 1.0) | {
        word: weight for word, weight in weights.items() if weight >= RAREST_WORD and _may_be_token(word)
    }
    room = max(0, LARGEST - 1 - len(characters))
    kept = sorted(words, key=lambda word: (word not in must, -words[word], word))[:room]
    pieces = {**characters, **{word: words[word] for word in kept}}
    total = sum(pieces.values())
    ranked = sorted(pieces.items(), key=lambda item: (-item[1], item[0]))
    return [(piece, log(count / total)) for piece, count in ranked]


def make_tokenizer(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """Return the tokenizer of these pieces; token 0 stands for what none of them spells."""
    lowest = min((score for _, score in pieces), default=0.0)
    tokenizer = Tokenizer(models.Unigram([(UNKNOWN, lowest - 10.0), *pieces], unk_id=0))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(SEPARATORS), "removed")
    return tokenizer


def parts(pieces: Sequence[tuple[str, float]]) -> sparse.csr_matrix:
    """Return what each token's vector is made of: its own, those of the words in it, of its characters.

    So what is learnt of a frequent word is known of the rare ones that contain it.
    """
    number = {piece: at for at, (piece, _) in enumerate(pieces, 1)}
    rows, columns, shares = [0], [0], [1.0]
    for piece, row in number.items():
        rows.append(row)
        columns.append(row)
        shares.append(1.0)
        if len(piece) == 1 or not HAN.fullmatch(piece):
            continue
        for start in range(len(piece)):
            for end in range(start + 1, len(piece) + 1):
                inside = number.get(piece[start:end])
                if inside is not None and inside != row:
                    rows.append(row)
                    columns.append(inside)
                    shares.append(CHARACTER_SHARE if end - start == 1 else WORD_SHARE)
    size = len(number) + 1
    matrix = sparse.coo_matrix((np.asarray(shares, np.float32), (rows, columns)), shape=(size, size))
    return matrix.tocsr()


def _may_be_token(word: str) -> bool:
    return 1 < len(word) <= LONGEST_WORD and bool(HAN.fullmatch(word) or LATIN.fullmatch(word))


def _words(text: str) -> list[str]:
    folded = fold(text)
    words = []
    for word in rjieba.cut(folded, hmm=False):
        words += [word] if HAN.fullmatch(word) else list(LATIN.findall(word))
    return words


@cache
def _general() -> dict[str, int]:
    # jieba's dictionary is read as a file: rjieba ships no word frequencies.
    package = find_spec("jieba")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("jieba")
    lines = Path(package.origin).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    found = (line.split(" ", 2) for line in lines)
    return {word: int(frequency) for word, frequency, _ in found if HAN.fullmatch(word)}


def with_traditional(
    pieces: Sequence[tuple[str, float]], vectors: NDArray[np.float32]
) -> tuple[list[tuple[str, float]], NDArray[np.float32]]:
    """Add the traditional form of every character that has one, with the vector of the simplified one."""
    number = {piece: at for at, (piece, _) in enumerate(pieces, 1)}
    forms = [chr(code) for code in range(0x4E00, 0xA000) if chr(code) not in number]
    added = [(form, number[simple]) for form in forms if (simple := simplified_character(form)) in number]
    grown = [*pieces, *((form, pieces[at - 1][1]) for form, at in added)]
    return grown, np.concatenate([vectors, vectors[[at for _, at in added]]])
