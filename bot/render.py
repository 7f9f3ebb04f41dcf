"""An Answer for each kind of reader: a terminal, a program."""

from typing import Any

from bot.conversation import Answer


def plain(answer: Answer) -> str:
    """Write the answer with its citations below, as text to read or to paste into a document of one's own;
    of a refusal what can be asked instead.
    """
    parts = [answer.text]
    cited = [f"{c}：“{' '.join(c.quote.split())}”" for c in answer.citations]
    if len(cited) == 1:
        parts.append(f"\n依据：{cited[0]}")
    elif cited:
        parts.append("\n依据：")
        parts += [f"[{c.n}] {words}" for c, words in zip(answer.citations, cited, strict=True)]
    if answer.refused and answer.suggestions:
        parts.append("\n可以改问：")
        parts += answer.suggestions
    return "\n".join(parts)


def record(identity: str, answer: Answer) -> dict[str, Any]:
    """Return the answer as the JSON object of a batch line (the contract of ``ask --batch``)."""
    return {
        "id": identity,
        "answer": answer.text,
        "refused": answer.refused,
        "reason": answer.reason,
        "citations": [
            {
                "n": c.n,
                "source": c.source,
                "document": c.document,
                "path": list(c.path),
                "address": c.address,
                "heading": c.heading,
                "quote": c.quote,
            }
            for c in answer.citations
        ],
        "seconds": answer.seconds,
    }
