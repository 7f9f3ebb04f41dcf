"""Whether a question file fits the documents: its places exist, its facts stand there."""

from collections.abc import Iterable, Iterator, Sequence

from eval.cases import Case, Gold, QuestionFile
from eval.metrics import covers, normalise_path
from eval.quantities import normalise
from index.document import Document


def check(files: Sequence[QuestionFile], documents: Sequence[Document]) -> tuple[str, ...]:
    """Return what is wrong with some questions, one line a fault; none where they fit the documents."""
    by_source: dict[str, list[Document]] = {}
    for document in documents:
        by_source.setdefault(document.source, []).append(document)
    faults = [
        f"{file.name} {case.id}：{fault}"
        for file in files
        for case in file.cases
        for fault in (*_own(case), *_places(case, by_source))
    ]
    return (*faults, *_twice(files))


def _own(case: Case) -> Iterator[str]:
    facts = {normalise(word) for gold in case.required for group in gold.facts for word in group}
    for word in case.forbidden:
        if any(normalise(word) in fact for fact in facts):
            yield f"错误说法“{word}”就在应答的事实里，怎样答都会算错"
    if case.answerable and not any(gold.facts for gold in case.required):
        yield "没有写事实，只要引对了出处就算对"


def _places(case: Case, documents: dict[str, list[Document]]) -> Iterator[str]:
    for gold in case.gold:
        if gold.source not in documents:
            yield f"资料里没有文件“{gold.source}”"
            continue
        words = list(_words(gold, documents[gold.source]))
        if not words:
            yield f"“{gold.source}”里没有条目 {'/'.join(gold.path)}"
            continue
        said = normalise("".join(words))
        where = f"“{gold.source}” {'/'.join(gold.path) or '（全文）'}"
        for group in gold.facts:
            if not any(normalise(word) in said for word in group):
                yield f"{where} 里没有这个事实：{' | '.join(group)}"


def _words(gold: Gold, documents: Iterable[Document]) -> Iterator[str]:
    """Yield the words of a gold place; of the document as such all of it, with what is known of it."""
    for document in documents:
        if not normalise_path(gold.path):
            yield "\n".join((document.title, document.number, document.date, document.issuer, document.text))
            continue
        for section in document.sections:
            if covers(gold, document.source, document.cited_path(section)):
                # With whose rule it is: an answer across places names them.
                above = (document.title, document.place, *document.trail(section))
                yield "\n".join((*above, document.text[section.start : section.end]))


def _twice(files: Sequence[QuestionFile]) -> Iterator[str]:
    asked: dict[str, str] = {}
    for file in files:
        for case in file.cases:
            if case.family != case.id:  # in a dialogue the same words may ask something else
                continue
            words = normalise(case.question)
            if words in asked:
                yield f"{file.name} {case.id}：和 {asked[words]} 问的一样"
            asked.setdefault(words, case.id)
