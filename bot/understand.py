"""From the words typed to a Question: script and spelling, language, names, kind, earlier turns."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.addresses import carried, cut
from bot.conversation import Concept, Kind, Question, inner
from bot.english import english_unit, is_english, translate
from bot.holdings import Holdings, spellings
from bot.kinds import asked, kind_of, unit_of
from bot.lookup import documents_named
from bot.premise import figures
from bot.scope import Named, name
from bot.words import Rarity, concepts, fold
from index.document import Scope
from index.script import to_simplified
from prompts import sentences

# 23年报 is the 年报 of 23.
_YEAR = re.compile(r"(?<![0-9])((19|20)?[0-9]{2}(?=年[报鉴])|[0-9]{2}年|(19|20)[0-9]{2}年?)度?(?![0-9])")

LIMIT = 2000  # characters of a question; longer ones are refused politely

_FOLLOWS = re.compile(
    r"^(那|那么|这|它|他们|其|该|上面|刚才|刚刚|前面|换成|第[一二三四五六])"
    r"|^(and|what about|how about|then|also)\b"
    r"|呢[?？]?$|刚才|上面说|前面说|这(个|些|种|项|家|几|两|三)|那(个|些|种|项|家|边|儿|里)"
)
_POINTS = re.compile(r"呢[?？]?$|^(and|what about|how about)\b")
_EVERYWHERE = re.compile(
    r"各地|各县|各市|各省|各处|各家|谁家"
    r"|(哪些|哪个|哪几个|所有|别的|其他)(地方|地区|(县|区|市|省)(?=[的里在有是把给都也只提说写规要定]|[,，?？]|$))"
    r"|(谁|哪家|哪里|哪儿)(都)?(在|的).{0,2}(文件|方案|报告|办法)|everywhere|other places"
    r"|(which|what) (places|counties|documents)"
)
_TERMINAL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # colour and cursor sequences pasted from a terminal
_TITLES = 2  # documents outside the scope chosen that are named to the asker
_BARE = 2  # a question with so few concepts of its own leans on the one before


@dataclass(frozen=True, slots=True)
class Reader:
    """What understanding needs to know of the base."""

    holdings: Holdings
    weigh: Rarity
    known: Callable[[str], int]
    mend: Callable[[str], str]

    def read(self, text: str) -> Question:
        """Return the question as understood by itself."""
        simplified = to_simplified(visible(text)).lower()
        narrow = unicodedata.normalize("NFKC", simplified)  # English is typed in full width, too
        return self._english(text, narrow) if is_english(narrow) else self._chinese(text, simplified)

    def _english(self, text: str, simplified: str) -> Question:
        named = name(simplified, self.holdings)
        sounds = frozenset(sound for place in self.holdings.all_places for sound in spellings(place))
        before, address, after = cut(simplified)
        found = translate(f"{before} {after}", self.weigh, self.known, sounds)
        # A Chinese rendering of a word that names a place the base does not hold is caught by its Latin name.
        unit = english_unit(simplified)
        question = self._question(text, simplified, "en", named, found, unit)
        return replace(question, address=address)

    def _chinese(self, text: str, simplified: str) -> Question:
        named = name(fold(simplified), self.holdings)
        words = fold(simplified)
        for word in sorted(named.words, key=len, reverse=True):
            words = words.replace(fold(word), " ")
        before, address, after = cut(words)
        if address:
            words = f"{before} {after}"
            named = self._holding(before, named)
        mended = self.mend(_YEAR.sub(" ", words) if named.years else words)
        found = concepts(mended, self.weigh, self.known)
        question = self._question(text, mended, "zh", named, found, unit_of(asked(mended)))
        return replace(question, address=address)

    def _holding(self, before: str, named: Named) -> Named:
        """Return the names with the document that the words before an address mean; a title after it is
        only spoken of in the clause.
        """
        if "》" in before:
            return named
        documents, missing = documents_named(before, self.holdings, named.places)
        if not documents and not named.documents and self.holdings.beyond:
            others = documents_named(before, self.holdings.beyond, named.places)[0]
            left_out = [f"《{inner(d.title)}》" for d in self.holdings.beyond.documents if d.id in others]
            if left_out:
                return replace(named, outside=(*named.outside, *left_out[:_TITLES]))
        titles = (missing,) if missing and not named.places and not named.missing_places else ()
        return replace(named, documents=named.documents or documents, missing_titles=titles)

    def _question(
        self, text: str, searched: str, language: str, named: Named, found: tuple[Concept, ...], unit: str
    ) -> Question:
        forms = " ".join(form for concept in found for form in concept.forms[:4])
        return Question(
            text=text,
            wording=searched,
            search=f"{searched} {forms}" if language == "zh" else forms,
            language=language,
            kind=kind_of(asked(searched), language),
            unit=unit,
            concepts=found,
            scope=named.scope,
            missing_places=named.missing_places,
            missing_titles=named.missing_titles,
            years=named.years,
            figures=figures(searched),
            everywhere=bool(_EVERYWHERE.search(text)),
            outside=named.outside,
            note=_remark(named, language),
        )


def _remark(named: Named, language: str) -> str:
    """Return the line that tells how a misspelt name was read, or which places asked about are not held or
    lie outside the scope chosen.
    """
    end = "_en" if language == "en" else ""
    if named.read_as:
        return sentences()["read_as"].format(meant=named.read_as[1])
    told = (("place_missing", named.also_missing), ("outside", named.also_outside))
    return (" " if end else "").join(
        sentences()[f"{key}{end}"].format(place="、".join(places)) for key, places in told if places
    )


def placed(question: Question, before: Question) -> Question:
    """Return the question asked of the place of the turn before, held or not, unless it names its own."""
    own = (
        question.scope.places
        or question.scope.documents
        or question.missing_places
        or question.missing_titles
        or question.outside
    )
    if own or question.everywhere:
        return question
    address = carried(question.address, before.address)
    note = _kept(before.scope, question.language)
    missing = before.missing_places
    return replace(question, scope=before.scope, missing_places=missing, address=address, note=note)


def points_back(question: Question) -> bool:
    """Tell whether the question is nothing without the one before: 那河南呢, and in Henan."""
    return bool(_POINTS.search(question.text.strip().lower()))


def leaning(question: Question, before: Question) -> Question | None:
    """Return the question with the subject of the turn before added, None where it does not lean on it:
    it neither points back nor is so short that it has no subject of its own.
    """
    if question.missing_places or question.missing_titles or question.address:
        return None
    if not _FOLLOWS.search(question.text.strip().lower()):
        bare = len(question.concepts) <= _BARE
        if not bare or (question.concepts and not any(concept.known for concept in question.concepts)):
            return None
    own = {concept.forms[0] for concept in question.concepts}
    share = 0.5 if own else 1.0
    inherited = tuple(
        replace(concept, weight=concept.weight * share)
        for concept in before.concepts
        if concept.forms[0] not in own
    )
    return replace(
        question,
        search=f"{question.search} {before.search}",
        concepts=question.concepts + inherited,
        kind=before.kind if question.kind is Kind.WHAT else question.kind,
        unit=question.unit or (before.unit if question.kind is Kind.WHAT else ""),
    )


def _kept(scope: Scope, language: str) -> str:
    """Return the line that tells which place an unnamed one was taken for, so that nobody mistakes one
    county's rule for everybody's.
    """
    name = "kept_place_en" if language == "en" else "kept_place"
    return sentences()[name].format(place="、".join(scope.places)) if scope.places else ""


def visible(text: str) -> str:
    """Return the text without control, format and other invisible characters, on one line."""
    text = _TERMINAL.sub("", text)
    kept = (
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c
        for c in text
        if unicodedata.category(c) != "Cf"
    )
    return " ".join("".join(kept).split())
