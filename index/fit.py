"""The default vectors: a small static model fitted on the documents that are being indexed.

Latent semantic analysis: tokens by passages, weighted by rarity, reduced by a truncated singular
value decomposition. It is saved as a sentence-transformers StaticEmbedding folder, so that a
trained model can take its place without any other change. The same passages give the same model.
"""

import json
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from scipy import sparse  # type: ignore[import-untyped]
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

UNKNOWN = "<unk>"
DIMENSIONS = 256
VOCABULARY = 30_000
LONGEST_WORD = 4  # Han characters
RAREST_WORD = 3  # times a sequence of characters must be seen to be a word
PACKED = 4_000_000  # sequences counted at a time; bounds the memory to 100 MB
LINE_END = ord("\n")
BATCH = 1_000  # texts cut into tokens at a time
SAMPLE = 20_000  # passages the decomposition looks at; more would cost minutes, not quality
SMALL = 1_500  # up to so many passages the decomposition is exact, and quicker than the approximate one
DAMPING = 0.75  # how far rarity counts again in a query; in full, one rare word decides alone
NOISE = 1e-9  # strength below which a direction is rounding error
CHARACTER_SHARE = 1.0  # what the characters of a word add to the word's own vector
HAN_RUN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff]+")
WORD = re.compile(r"[a-z0-9]+")
SEPARATORS = r"[^\p{L}\p{N}]+"

MODULES = [
    {
        "idx": 0,
        "name": "0",
        "path": "",
        "type": "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding",
    },
    {
        "idx": 1,
        "name": "1",
        "path": "1_Normalize",
        "type": "sentence_transformers.base.modules.normalize.Normalize",
    },
]


def fit(texts: Sequence[str], folder: Path) -> None:
    """Fit a model of at most 256 dimensions on the texts and save it into a new folder."""
    pieces = vocabulary(texts)
    tokenizer = _tokenizer(pieces)
    names = [UNKNOWN, *(piece for piece, _ in pieces)]
    # Evenly spaced, not random: the same passages must give the same model.
    step = max(1, -(-len(texts) // SAMPLE))
    counts = _count(tokenizer, names, texts[::step])
    _save(folder, tokenizer, _vectors(counts, names))


def vocabulary(texts: Sequence[str]) -> list[tuple[str, float]]:
    """Choose the tokens: every character, and the frequent sequences of two to four characters.

    Returns each with its log probability, characters first; the tokenizer cuts a text into the most
    probable pieces.
    """
    characters: Counter[str] = Counter()
    words: Counter[str] = Counter()
    runs: list[str] = []
    for text in texts:
        folded = _fold(text)
        runs += HAN_RUN.findall(folded)
        for word in WORD.findall(folded):
            # Seen once is enough for a name or a number: nothing smaller of it would be left.
            (characters if len(word) == 1 else words)[word] += RAREST_WORD
    codes = np.frombuffer("\n".join(runs).encode("utf-16-le"), dtype="<u2")
    characters.update(_sequences(codes, 1, 1))
    for length in range(2, LONGEST_WORD + 1):
        words.update(_sequences(codes, length, RAREST_WORD))
    kept = _most_frequent(characters, VOCABULARY // 2)
    kept += _most_frequent(words, VOCABULARY - len(kept))
    total = sum(count for _, count in kept) or 1
    return [(piece, float(np.log(count / total))) for piece, count in kept]


def _sequences(codes: NDArray[np.uint16], length: int, rarest: int) -> dict[str, int]:
    """Count the sequences of Han characters of a length, those seen ``rarest`` times or more.

    ``codes`` are runs of characters, a line end between them. A sequence of up to four is packed into
    one number: sorting numbers takes a tenth of the time and memory that counting strings does.
    """
    counts: dict[str, int] = {}
    parts = 1 + len(codes) // PACKED
    for part in range(parts):
        starts = np.flatnonzero(codes[: max(0, len(codes) - length + 1)] % parts == part)
        packed = np.zeros(len(starts), dtype="<u8")
        whole = np.ones(len(starts), dtype=bool)
        for offset in range(length):
            code = codes[starts + offset]
            whole &= code != LINE_END
            packed |= code.astype("<u8") << np.uint64(16 * offset)
        found, times = np.unique(packed[whole], return_counts=True)
        found, times = found[times >= rarest], times[times >= rarest]
        spelt = found.view("<u2").reshape(-1, 4)[:, :length].tobytes().decode("utf-16-le")
        starts_of = range(0, len(spelt), length)
        counts.update(
            (spelt[at : at + length], int(count)) for at, count in zip(starts_of, times, strict=True)
        )
    return counts


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _most_frequent(counts: Counter[str], limit: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:limit]


def _tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    lowest = min((score for _, score in pieces), default=0.0)
    tokenizer = Tokenizer(models.Unigram([(UNKNOWN, lowest - 10.0), *pieces], unk_id=0))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(SEPARATORS), "removed")
    return tokenizer


def _count(tokenizer: Tokenizer, names: list[str], texts: Sequence[str]) -> sparse.csr_matrix:
    """Count tokens in passages: a sparse matrix, passages by vocabulary; a word counts its characters too."""
    position = {name: number for number, name in enumerate(names)}
    inside = [
        [position[c] for c in name if c in position] if len(name) > 1 and HAN_RUN.fullmatch(name) else []
        for name in names
    ]
    starts, columns = [0], array("i")
    for start in range(0, len(texts), BATCH):
        for encoding in tokenizer.encode_batch(list(texts[start : start + BATCH]), add_special_tokens=False):
            for token in encoding.ids:
                if token:
                    columns.append(token)
                    columns.extend(inside[token])
            starts.append(len(columns))
    ones = np.ones(len(columns), dtype=np.float32)
    counts = sparse.csr_matrix((ones, np.asarray(columns), starts), shape=(len(texts), len(names)))
    counts.sum_duplicates()
    return counts


def _vectors(counts: sparse.csr_matrix, names: list[str]) -> NDArray[np.float32]:
    """Return one row a token: its rarity times its place in the space of the decomposition."""
    passages = counts.shape[0]
    seen = np.asarray((counts > 0).sum(axis=0)).ravel()
    rarity = np.log((1.0 + passages) / (1.0 + seen)) + 0.1
    weighted = counts.copy()
    weighted.data = 1.0 + np.log(weighted.data)
    weighted = weighted.multiply(rarity).tocsr()
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    weighted = sparse.diags(1.0 / np.maximum(lengths, 1e-9)) @ weighted
    directions = _directions(weighted)
    own = directions.T * (rarity[:, None] ** DAMPING).astype(directions.dtype)
    position = {name: number for number, name in enumerate(names)}
    vectors = own.copy()
    for number, name in enumerate(names):
        if len(name) > 1 and HAN_RUN.fullmatch(name):
            parts = [position[c] for c in name if c in position]
            vectors[number] += CHARACTER_SHARE * own[parts].sum(axis=0)
    vectors[0] = 0.0  # an unknown token says nothing
    result: NDArray[np.float32] = vectors.astype(np.float32, copy=False)
    return result


def _directions(passages: sparse.csr_matrix) -> NDArray[np.floating]:
    """Return the strongest directions of the passages: at most 256 unit rows over the vocabulary."""
    if passages.shape[0] > SMALL:
        # Late: sklearn takes more than a second, and a county's documents do not need it.
        from sklearn.utils.extmath import randomized_svd  # type: ignore[import-untyped]

        # In 32 bits: half the memory, and no more is stored.
        _, _, strongest = randomized_svd(passages.astype(np.float32), DIMENSIONS, n_iter=2, random_state=0)
        return np.asarray(strongest)
    strengths, mixes = np.linalg.eigh((passages @ passages.T).toarray())
    kept = [number for number in np.argsort(-strengths)[:DIMENSIONS] if strengths[number] > NOISE]
    directions = np.asarray((passages.T @ mixes[:, kept]).T) / np.sqrt(strengths[kept])[:, None]
    # A direction and its opposite are equally right: take the one whose largest number is positive.
    largest = directions[np.arange(len(directions)), np.argmax(np.abs(directions), axis=1)]
    result: NDArray[np.float64] = directions * np.where(largest < 0, -1.0, 1.0)[:, None]
    return result


def _save(folder: Path, tokenizer: Tokenizer, vectors: NDArray[np.float32]) -> None:
    folder.mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    save_file({"embedding.weight": np.ascontiguousarray(vectors)}, folder / "model.safetensors")
    (folder / "modules.json").write_text(json.dumps(MODULES, indent=2), "utf-8")
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine"}), "utf-8"
    )
    (folder / "1_Normalize").mkdir()
