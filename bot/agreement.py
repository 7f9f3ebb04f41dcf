"""Whether a clause that a model wrote says what a run of clauses of a passage says: its words, figures and
names, and how it says it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import rjieba

from bot.claims import LEVELS, Figure, Name, figures, names, without
from bot.modality import agree, bare, brought, modes, turned
from bot.passage import NEUTRAL, Run, Source, plain

_BOUNDS = re.compile(
    "不(?:得|能|应|可|宜)?(?=[少低短早超高多长大晚迟])|[少低短早高多长大晚迟]于|超[过出]|至[少多]|最[少低短早多高长晚迟]|起码|以[上下内]|大?约|左右"
)


def only_about(clause: str, soft: frozenset[str], source: Source) -> bool:
    """Tell whether a clause only says what the passage is of: 根据《…》, 2023年 of a report of that year."""
    said = names(clause)
    return (
        all(pair in source.about for pair in soft)
        and _in_order([str(figure) for figure in _outside(clause)], map(str, _dated(clause, source)))
        and all(called(name, clause, source) for name in said)
        and not modes(clause)
        and not _new_word(clause, source.about)
        and not brought(clause, source.about)
    )


def _in_order(said: Sequence[str], written: Iterable[str]) -> bool:
    """Tell whether all that is said is written in the same order."""
    rest = iter(written)
    return all(one in rest for one in said)


def _outside(clause: str) -> tuple[Figure, ...]:
    """Return the figures of a clause that are not part of a title or a document's number."""
    return figures(without(clause, [name for name in names(clause) if name.kind in ("title", "number")]))


def _dated(clause: str, source: Source) -> list[Figure]:
    """Return the figures by which a passage is called and a clause may call it: its article, and where the
    clause begins with them the years of its document, all of them or none.
    """
    told = figures(source.about)
    years = {figure.value for figure in figures(clause) if figure.unit == "年"}
    leads = any(figure.start == 0 for figure in figures(clause))
    all_years = leads and years == {str(year) for year in source.document.years}
    own = [replace(f, unit="年") for f in told if f.value in years] if all_years else []
    return own + [figure for figure in told if figure.unit.startswith("第")]


def wrong(clause: str, soft: frozenset[str], run: Run) -> tuple[str, str] | None:
    """Return why a clause does not stand in a run, and what of it; None where it does."""
    if new := _new_word(clause, run.whole + run.source.about):
        return "unsupported", new
    if amiss := _wrong_figure(clause, soft, run) or _wrong_name(clause, run):
        return amiss
    if not agree(modes(clause), modes(run.text)):
        return "mode", clause
    word = brought(clause, run.text + run.source.about) or turned(_untitled(clause), _untitled(run.text))
    return ("turned", word) if word else None


def _new_word(clause: str, held: str) -> str:
    """Return a word of a clause that is not held, empty where there is none. Figures, names, bounds and what
    binds words together are looked at elsewhere.
    """
    left = NEUTRAL.sub("\0", _BOUNDS.sub("\0", bare(without(clause, (*figures(clause), *names(clause))))))
    return next((w for w in rjieba.cut(left) if "\u4e00" <= w[0] <= "\u9fff" and not _made_of(w, held)), "")


def _made_of(word: str, text: str) -> bool:
    """Tell whether a word stands in a text, whole or in parts of two characters and more."""
    return word in text or any(
        _made_of(word[:n], text) and _made_of(word[n:], text) for n in range(2, len(word) - 1)
    )


def _wrong_figure(clause: str, soft: frozenset[str], run: Run) -> tuple[str, str] | None:
    here = _outside(run.text)
    placed: list[tuple[Figure, int]] = []
    for figure in _outside(clause):
        rivals = [other for other in here if other.like(figure)]
        own = [replace(other, bound=figure.bound) for other in _dated(clause, run.source)]
        # Where nothing but the figure tells which run is meant, only one that has it can be.
        beside = rivals or ([*_next_to(figure, run), *own] if soft else [])
        equal = [other for other in beside if other.same(figure) and _counts(figure, other, run.text)]
        if not equal and figure.weak and not beside:
            continue
        if not equal:
            return "figure", str(figure)
        if all(other.bound != figure.bound for other in equal):
            return "bound", str(figure)
        # Figures of a kind keep their order: 3至5日 is not 5至3日.
        before = max((start for one, start in placed if one.like(figure)), default=-1)
        later = [other.start for other in equal if other.start > before]
        if rivals and not later:
            return "figure", str(figure)
        if rivals:
            placed.append((figure, later[0]))
    return None


def _counts(figure: Figure, other: Figure, text: str) -> bool:
    """Tell whether what a figure counts is written: 6个 is not said to be 6所学校."""
    return figure.unit == other.unit or len(figure.unit) < 2 or figure.unit in text


def _next_to(figure: Figure, run: Run) -> list[Figure]:
    """Return the like figures nearest to a run that has none itself: those after it first, but of a date
    that leads those before.
    """
    after = run.clauses[run.last :]
    before = run.clauses[: run.first][::-1]
    dates = figure.start == 0 and figure.unit in ("年", "月", "日")  # 2022年底前，…
    for clause in (*before, *after) if dates else (*after, *before):
        if found := [other for other in figures(clause) if other.like(figure)]:
            return found
    return []


def _wrong_name(clause: str, run: Run) -> tuple[str, str] | None:
    said = names(clause)
    texts = {name.text for name in said}
    placed = -1
    for name in said:
        here = [other for other in names(run.text) if other.kind == name.kind]
        if _held(name, run.text):
            more = clause.count(name.text) > run.text.count(name.text)
            if more and name.kind == "body" and not called(name, clause, run.source):
                return "body", name.text
            if name.kind == "place" and not _among(name, run.text) and not called(name, clause, run.source):
                return "place", name.text
            places = [m.start() for m in re.finditer(re.escape(name.text), run.text)]
            if name.kind == "body" and len(places) == 1:
                if places[0] < placed:
                    return "body", name.text
                placed = places[0]
            continue
        rivals = [
            other for other in here if other.text not in texts and not any(other.text in t for t in texts)
        ]
        # 且县政府 is 县政府, but 市县政府 is more than that.
        level = (
            name.kind == "body" and name.text.endswith(LEVELS) and name.text[0] not in "省市县区乡镇州各全"
        )
        short = replace(name, text=name.text[1:]) if level else name
        own = any(called(one, clause, run.source) for one in (name, short))
        if own and (not rivals or name.kind == "place"):
            continue
        # Who else is named in the unit may be meant, but a place is that of the clause or of the document.
        beside = name.kind != "place" and any(_held(one, run.whole) for one in (name, short))
        if rivals or not beside:
            return name.kind, name.text
    return None


def _among(name: Name, text: str) -> bool:
    """Tell whether a place stands in a text by itself, and not only in the titles it names."""
    return name.text in _untitled(text)


def _untitled(text: str) -> str:
    return without(text, [name for name in names(text) if name.kind == "title"])


def called(name: Name, clause: str, source: Source) -> bool:
    """Tell whether a passage is called so, by its document or headings. A place is its document's own; the
    one above stands before that only (澜川市松坪区).
    """
    place = plain(source.document.place)
    if name.kind == "place" and place and name.text not in place:
        return f"{name.text}{place}" in clause and f"{name.text}{place}" in source.about
    return _held(name, source.about)


def _held(name: Name, text: str) -> bool:
    if name.kind == "title":
        text = re.sub(r"[《》〈〉“”\"()\[\]\-—–〔〕]", "", text)
    if name.text.startswith("每"):
        return name.text in {other.text for other in names(text)} or (
            name.text == "每年" and re.search("全年|一年|年度|年内", text) is not None
        )
    return name.text in text
