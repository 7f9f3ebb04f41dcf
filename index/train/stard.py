"""The law questions of STARD and LeCoQA as question logs: ``python -m index.train.stard FOLDER OUT``.

Writes ``training.jsonl`` and ``unseen.jsonl``, halves with no article in both. An article's text is given
as the index spells it: title, headings, words. The answers in the dataset's own words go to training only.
"""

import gzip
import json
import sys
from pathlib import Path

from index.train.split import TRAINING, UNSEEN, halves


def convert(folder: Path, out: Path) -> dict[str, int]:
    """Write both halves and return how many questions each has."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = {article["id"]: article for article in map(json.loads, lines)}
    gold: dict[str, list[str]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, article, _ = line.split("\t")
        gold.setdefault(question, []).append(article)
    half = halves(gold)
    written: dict[str, list[str]] = {TRAINING: [], UNSEEN: []}
    for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        right = [articles[article] for article in gold[asked["qid"]]]
        texts = [f"{article['title']}\n{' '.join(article['path'])}\n{article['text']}" for article in right]
        record = {"question": asked["question"], "text": texts}
        which = half[asked["qid"]]
        if which == TRAINING and isinstance(asked["answer"], str):  # NaN where there is none
            record["answer"] = asked["answer"]
        written[which].append(json.dumps(record, ensure_ascii=False))
    out.mkdir(parents=True, exist_ok=True)
    for which, records in written.items():
        (out / f"{which}.jsonl").write_text("\n".join(records) + "\n", encoding="utf-8")
    return {which: len(records) for which, records in written.items()}


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
