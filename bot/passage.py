"""A passage given to a model, and the clauses it and a sentence are cut into to be set side by side."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.claims import figures, names, without
from bot.modality import bare, modes
from bot.sentences import Unit, without_label
from bot.words import bigrams, fold
from index.document import Document, Section, address
from index.script import to_simplified

_CLAUSE = re.compile(r"(?:[^,;:。!?\n]|(?<=[0-9])[,:](?=[0-9])|(?<=单位):)+")
# What binds sentences together and claims nothing.
_FRAME = re.compile(
    r"根据|按照|依据|依照|其中|此外|另外|同时|并且|而且|以及|因此|所以|也就是说|换句话说|具体(?:来说|而言|如下|是)?|需要注意的是|需要说明的是"
    r"|文件|方案|办法|材料|规定|明确|写明|载明|指出|提出|要求|如下|即|对此|综上(?:所述)?|总的来说|首先|其次|最后|一方面|另一方面|方面|对于|关于|有关|相关"
    r"|情况|内容|包括|分别|主要|进行|开展|上述|以上|原文|该|此|这|那|其|等"
)  # fmt: skip
_FUNCTION = re.compile(
    r"[的了在中为是由和与及并对将把被于从到向以所有要需也还则就都而或者且个内时后前一至共达即这]"
)
# Words that only say of what kind it is that is told, or that somebody takes part in it.
_KIND = "时间|时长|期限|时限|数量|次数|频次|比例|标准|金额|方式|对象|范围|条件|程序|步骤|主体|目标|参加|接受"
NEUTRAL = re.compile(f"{_FRAME.pattern}|{_KIND}|{_FUNCTION.pattern}")  # what says nothing by itself
_HAN = re.compile(r"[\u4e00-\u9fff]+")


# What another clause hangs on: 未经培训的，/ 作出决策前，/ 对情节轻微的案件，
_CONDITION = re.compile(
    r"(?:^|(?<=,))(?:[^,]{2,}(?:(?<!目)的|(?<![同届及按定平随学小课])时|(?<![当目此日])前|(?<![今此最先])后|外)|[对凡如若除遇因][^,]{3,})(?=,)"
)
CONDITIONAL = re.compile(r"(?:的|时|前|后|外|情况下|情形下)$")
_SAID = 0.8  # share of a condition's pairs of characters by which it is said


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered passage given to the model: units of one section, one after the other."""

    n: int
    document: Document
    section: Section
    units: tuple[Unit, ...]
    about: str = field(init=False)  # folded: what the passage is of, its headings and address included

    def __post_init__(self) -> None:
        document = self.document
        told = (document.title, document.place, document.issuer, document.number, document.date)
        places = (address(self.section.path), *document.trail(self.section))
        object.__setattr__(self, "about", plain("。".join((*told, *places))))


@dataclass(frozen=True, slots=True)
class Run:
    """A run of clauses of one unit of a passage, and how much of a clause's words stand in it."""

    source: Source
    unit: Unit
    clauses: tuple[str, ...]
    first: int
    last: int
    share: float

    @property
    def text(self) -> str:
        """The words of the run."""
        return ",".join(self.clauses[self.first : self.last])

    @property
    def whole(self) -> str:
        """The words of the unit."""
        return ",".join(self.clauses)

    def unsaid(self, part: str) -> str:
        """Return a condition that the run hangs on and a folded part of a sentence does not say, empty where
        there is none.
        """
        ends = self.clauses[self.last - 1].split(",")[-1]
        homes = parts(plain(without_label(self.unit.text)))
        words = self.text if any(self.text in one for one in homes) else ends
        missing = ""
        # The same words may stand behind several conditions: one of them is enough.
        for home in (one for one in homes if words in one):
            before = home[: home.find(words) + len(words) - len(ends)]
            missing = next((c[0] for c in _CONDITION.finditer(before) if not _says(part, c[0])), "")
            if not missing:
                break
        return missing


def _says(part: str, condition: str) -> bool:
    if condition in part:
        return True
    pairs, counted = subject(condition), figures(condition)
    if not pairs:
        return bool(counted) and all(any(f.same(one) for one in figures(part)) for f in counted)
    return len(pairs & subject(part)) >= _SAID * len(pairs)


def plain(text: str) -> str:
    """Return a text as it is compared: folded and in simplified characters."""
    return fold(to_simplified(text))


def parts(text: str) -> list[str]:
    """Cut a folded text where a clause no longer hangs on what is before."""
    return re.split("[;。!?\n]", text)


def cut(text: str) -> tuple[str, ...]:
    """Cut a folded text into clauses."""
    return tuple(match[0] for match in _CLAUSE.finditer(text))


def joined(pieces: Sequence[str]) -> Iterator[str]:
    """Yield the clauses; one that holds figures and nothing else (加2分, 2022年底前) goes with the one it
    belongs to, where it can be told of what they are: a date with what follows, others with what is before.
    """
    held = ""
    whole: list[str] = []
    for clause in pieces:
        alone = figures(clause) and not subject(clause) and not modes(clause)
        if alone and (not whole or figures(clause)[0].unit in ("年", "月", "日")):
            held += f"{clause},"
        elif alone and not held:
            whole[-1] += f",{clause}"
        else:
            whole.append(held + clause)
            held = ""
    if held:
        whole = [*whole[:-1], ",".join((*whole[-1:], held.rstrip(",")))]
    yield from whole


@lru_cache(maxsize=5_000)
def of_unit(unit: Unit) -> tuple[str, ...]:
    """Return the clauses of a unit, without its label."""
    return tuple(c for part in parts(plain(without_label(unit.text))) for c in joined(cut(part)))


@lru_cache(maxsize=50_000)
def subject(clause: str) -> frozenset[str]:
    """Return the pairs of characters of what a folded clause says of its figures and names."""
    text = bare(
        without(
            clause,
            (*figures(clause), *(n for n in names(clause) if n.kind in ("body", "place", "title", "number"))),
        )
    )
    runs = _HAN.findall(_FUNCTION.sub("\0", _FRAME.sub("\0", text)))
    return frozenset(pair for run in runs if len(run) > 1 for pair in bigrams(run))
