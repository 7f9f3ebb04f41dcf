"""Question files: JSON lines in, frozen cases out.

The fields are those of the project's question sets: a line is one question, or a dialogue whose
``turns`` are questions asked one after the other. What a line may hold is checked here, once, so
that a slip in a hand-written file is named by file, line and field and never becomes a bad figure.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from index.errors import YoujuError

ANY, ALL, NONE = "any", "all", "none"
POLARITIES = ("", "yes", "no", "unclear")
CORRECTABLE = "false_premise"  # the kind that may be corrected instead of refused


class CaseError(YoujuError):
    """A file of questions, answers or results cannot be used; the message says which, where and why."""


@dataclass(frozen=True, slots=True)
class Gold:
    """One place where the answer stands: a file, the labels from the top, and what must be said.

    ``facts`` is a list of groups; each group lists the wordings of one fact. An empty path, or
    文首 or 文末 alone, stands for the document as such.
    """

    source: str
    path: tuple[str, ...]
    facts: tuple[tuple[str, ...], ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what a right answer to it is.

    ``family`` is shared by the turns of a dialogue, which are asked in one conversation; a single question
    is its own family. ``set`` is the name of the file it came from.
    """

    id: str
    family: str
    set: str
    question: str
    language: str
    kind: str
    answerable: bool
    need: str
    gold: tuple[Gold, ...]
    forbidden: tuple[str, ...]
    polarity: str = ""  # of a yes-or-no question: yes, no or unclear; empty where nothing is said of it
    variant_of: str = ""  # the id of the question this one was made from, by ``variation``
    variation: str = ""  # paraphrase, typo …; empty of a question as it was first written

    @property
    def kin(self) -> str:
        """What goes together in statistics: a dialogue, or a question and what was made from it."""
        return self.variant_of or self.family

    @property
    def required(self) -> tuple[Gold, ...]:
        """The places an answer is measured by: those not optional, any of them where one suffices."""
        if self.need == ANY or not self.answerable:
            return self.gold
        return tuple(gold for gold in self.gold if not gold.optional)


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """The cases of one file and the hash of its bytes, so that a run says what it was asked."""

    name: str
    sha256: str
    cases: tuple[Case, ...]


def read_questions(paths: Iterable[Path]) -> tuple[QuestionFile, ...]:
    """Read question files. Raises CaseError, naming file, line and field, at the first fault."""
    files = tuple(_read_file(path) for path in paths)
    seen: dict[str, str] = {}
    names: set[str] = set()
    for file in files:
        if file.name in names:
            raise CaseError(f"有两个题目文件都叫“{file.name}”，请改名后再试，否则分不清是哪一组题。")
        names.add(file.name)
        for case in file.cases:
            if case.id in seen:
                raise CaseError(f"编号“{case.id}”重复：{seen[case.id]} 和 {file.name} 里都有，请改其中一个。")
            seen[case.id] = file.name
    return files


def conversations(cases: Iterable[Case]) -> list[tuple[Case, ...]]:
    """Group cases into conversations: the turns of a dialogue together, in order."""
    return [tuple(turns) for _, turns in groupby(cases, key=lambda case: case.family)]


def _read_file(path: Path) -> QuestionFile:
    try:
        content = path.read_bytes()
        # Not splitlines: it also cuts at characters that may stand inside a JSON string.
        lines = content.decode("utf-8-sig").split("\n")
    except OSError as error:
        raise CaseError(f"题目文件打不开：{path}（{error.strerror}）。") from error
    except UnicodeDecodeError as error:
        raise CaseError(f"题目文件不是 UTF-8 编码：{path}，请另存为 UTF-8。") from error
    cases: list[Case] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            cases += _line_cases(line, path.stem, _Place(path.name, number, ()))
    if not cases:
        raise CaseError(f"题目文件里一道题也没有：{path}。")
    return QuestionFile(path.stem, sha256(content).hexdigest(), tuple(cases))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a file we are, for messages: every reader below takes one and hands it down."""

    file: str
    line: int
    fields: tuple[str | int, ...]

    def at(self, field: str | int) -> "_Place":
        return _Place(self.file, self.line, (*self.fields, field))

    def error(self, problem: str) -> CaseError:
        named = ".".join(str(field) for field in self.fields) or "（整行）"
        return CaseError(f"{self.file} 第 {self.line} 行，字段 {named}：{problem}。")


def _line_cases(line: str, set_name: str, place: _Place) -> list[Case]:
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise place.error(f"不是合法的 JSON（第 {error.colno} 个字符处）") from error
    record = _mapping(fields, place)
    if "turns" not in record:
        return [_case(record, None, set_name, place)]
    family = _text(record, "id", place)
    turns_place = place.at("turns")
    turns = _list(record["turns"], turns_place)
    if not turns:
        raise turns_place.error("对话至少要有一轮")
    places = [turns_place.at(number) for number in range(len(turns))]
    return [
        _case(_mapping(turn, here), family, set_name, here) for turn, here in zip(turns, places, strict=True)
    ]


def _case(record: Mapping[str, object], family: str | None, set_name: str, place: _Place) -> Case:
    identity = _text(record, "id", place)
    answerable = _flag(record, "answerable", place)
    case = Case(
        id=identity,
        family=family or identity,
        set=set_name,
        question=_text(record, "question", place),
        language=_text(record, "lang", place),
        kind=_text(record, "kind", place),
        answerable=answerable,
        need=_text(record, "need", place),
        gold=tuple(
            _gold(_mapping(gold, place.at("gold").at(number)), place.at("gold").at(number))
            for number, gold in enumerate(_list(_value(record, "gold", place), place.at("gold")))
        ),
        forbidden=_texts(record.get("forbidden", []), place.at("forbidden")),
        polarity=str(record.get("polarity", "")),
        variant_of=str(record.get("variant_of", "")),
        variation=str(record.get("variation", "")),
    )
    if case.polarity not in POLARITIES:
        raise place.at("polarity").error(f"只能是 yes、no 或 unclear，不能是“{case.polarity}”")
    if bool(case.variant_of) != bool(case.variation):
        raise place.at("variation").error("variant_of（由哪题变来）和 variation（怎样变的）要一起写")
    if case.need not in (ANY, ALL, NONE):
        raise place.at("need").error(f"只能是 any、all 或 none，不能是“{case.need}”")
    # Without this check such a question could be answered wrongly by nothing at all.
    if answerable and (case.need == NONE or not case.required):
        raise place.at("gold").error("可以回答的题（answerable=true）要有必答的依据，need 不能是 none")
    return case


def _gold(record: Mapping[str, object], place: _Place) -> Gold:
    facts_place = place.at("facts")
    groups = _list(_value(record, "facts", place), facts_place)
    facts = tuple(_texts(group, facts_place.at(number)) for number, group in enumerate(groups))
    for number, group in enumerate(facts):
        if not group:
            raise facts_place.at(number).error("一个事实至少要有一种写法")
    return Gold(
        source=_text(record, "doc", place),
        path=_texts(_value(record, "path", place), place.at("path")),
        facts=facts,
        optional=_flag(record, "optional", place),
    )


def _value(record: Mapping[str, object], field: str, place: _Place) -> object:
    if field not in record:
        raise place.at(field).error("缺少这个字段")
    return record[field]


def _text(record: Mapping[str, object], field: str, place: _Place) -> str:
    return _words(_value(record, field, place), place.at(field))


def _words(value: object, place: _Place) -> str:
    if not isinstance(value, str) or not value.strip():
        raise place.error("应当是不为空的文字")
    return value


def _texts(value: object, place: _Place) -> tuple[str, ...]:
    return tuple(_words(item, place.at(number)) for number, item in enumerate(_list(value, place)))


def _flag(record: Mapping[str, object], field: str, place: _Place) -> bool:
    value = _value(record, field, place)
    if not isinstance(value, bool):
        raise place.at(field).error("应当是 true 或 false")
    return value


def _list(value: object, place: _Place) -> list[object]:
    if not isinstance(value, list):
        raise place.error("应当是列表 […]")
    return value


def _mapping(value: object, place: _Place) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise place.error("应当是对象 {…}")
    return value
