"""Reading sections and questions. Expressions stay text here; `link` compiles them once every name is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from survey_server.problems import language as problems
from survey_server.questionnaire.choice_lists import choices_in
from survey_server.questionnaire.model import Choice, Position, Question, QuestionType, Row, Section
from survey_server.questionnaire.reading import CODE, Reading
from survey_server.questionnaire.source import Mapping, Scalar

_ALWAYS = ("name", "type", "label", "hint", "relevant", "task", "indicator")
_ANSWERED = (*_ALWAYS, "required", "constraint", "constraint_message")
KEYS: dict[str, tuple[str, ...]] = {
    "text": (*_ANSWERED, "appearance"),
    "integer": (*_ANSWERED, "unit", "missing"),
    "decimal": (*_ANSWERED, "unit", "missing"),
    "select_one": (*_ANSWERED, "choices", "appearance", "consent"),
    "select_multiple": (*_ANSWERED, "choices", "appearance"),
    "date": _ANSWERED,
    "note": _ALWAYS,
    "calculate": (*_ALWAYS, "calculation", "unit"),
    "number_table": (*_ANSWERED, "rows", "periods", "missing"),
    "group": (*_ALWAYS, "questions"),
    "repeat": (*_ANSWERED, "questions"),
}
TYPES = tuple(KEYS)
NO_TASK = "none"  # of a section: its questions belong to no task, on purpose
_EVERY_KEY = tuple(dict.fromkeys(key for keys in KEYS.values() for key in keys))
_NO_FIGURE = (
    Choice("none_arose", {"vi": "Không phát sinh", "en": "None arose"}),
    Choice("not_tracked", {"vi": "Không theo dõi", "en": "Not tracked"}),
)


@dataclass(slots=True)
class Written:
    """What the author wrote and where, by the place of its section or question (names may be missing or given twice)
    and the key: the expressions, which `link` compiles, and the places of values, which the rules point at."""

    expressions: dict[tuple[Position, str], tuple[str, Scalar]] = field(default_factory=dict)
    places: dict[tuple[Position, str], Position] = field(default_factory=dict)

    def note(self, reading: Reading) -> None:
        for key, node in reading.node.entries.items():
            self.places[reading.position, key] = node.position

    def place(self, owner: Position, key: str) -> Position:
        """Where the value of a key stands, or its owner where there is no such key."""
        return self.places.get((owner, key), owner)


def read_sections(reading: Reading, written: Written) -> tuple[Section, ...]:
    return tuple(reading.listed("sections", lambda each: _section(each, written), required=True))


def _section(reading: Reading, written: Written) -> Section:
    reading.allow(("name", "title", "task", "relevant", "consent", "questions"))
    written.note(reading)
    name = reading.name()
    source = _expression(reading, "relevant", written)
    task = reading.word("task")
    return Section(
        name=name,
        title=reading.text("title", required=True),
        position=reading.position,
        questions=tuple(reading.listed("questions", lambda each: _question(each, written, None), required=True)),
        task=None if task == NO_TASK else task,
        outside_tasks=task == NO_TASK,
        relevant_source=source,
        consent=reading.truth("consent"),
    )


def _question(reading: Reading, written: Written, inside: str | None) -> Question:
    written.note(reading)
    type_, known = _type(reading)
    _check_keys(reading, type_ if known else None)
    name = reading.name()
    if type_ == "repeat" and inside == "repeat":
        reading.findings.add(reading.place("type"), problems.NESTED_REPEAT, owner=name)
    if inside == "repeat" and type_ in ("number_table", "group"):
        reading.findings.add(reading.place("type"), problems.NOT_IN_REPEAT, owner=name, type=type_)
    deeper = "repeat" if "repeat" in (type_, inside) else type_
    rows, periods = _rows(reading, type_, written), _columns(reading, type_)
    missing = choices_in(reading, "missing")
    return Question(
        name=name,
        type=type_,
        label=reading.text("label", required=type_ != "group"),
        position=reading.position,
        hint=reading.text("hint"),
        choices=reading.word("choices", required=known) if type_.startswith("select") or not known else None,
        task=reading.word("task"),
        indicator=reading.word("indicator"),
        relevant_source=_expression(reading, "relevant", written),
        required=_required(reading, written),
        constraint_source=_expression(reading, "constraint", written),
        constraint_message=reading.text("constraint_message"),
        calculation=_expression(reading, "calculation", written, required=type_ == "calculate" and known),
        rows=rows,
        periods=periods,
        missing=_NO_FIGURE if type_ == "number_table" and not reading.has("missing") else missing,
        unit=reading.text("unit"),
        appearance=reading.word("appearance"),
        consent=reading.truth("consent"),
        questions=tuple(reading.listed("questions", lambda each: _question(each, written, deeper), required=True))
        if type_ in ("group", "repeat")
        else (),
    )


def _type(reading: Reading) -> tuple[QuestionType, bool]:
    """The type, and whether it is one. What is said of a wrong type is enough: its question then counts as one that
    may have any value, so that nothing that refers to it is blamed."""
    node = reading.node.entries.get("type")
    found = reading.one_of("type", TYPES)
    known = isinstance(node, Scalar) and node.text == found
    return cast(QuestionType, found if known else "calculate"), known


def _check_keys(reading: Reading, type_: str | None) -> None:
    reading.allow(_EVERY_KEY)
    if type_ is None:
        return
    for key, place in reading.node.keys.items():
        if key in _EVERY_KEY and key not in KEYS[type_]:
            reading.findings.add(place, problems.KEY_NOT_FOR_TYPE, owner=reading.owner, type=type_, key=key)


def _expression(reading: Reading, key: str, written: Written, *, required: bool = False) -> str | None:
    source = reading.word(key, required=required, longest=None)  # `link` says where an expression is too long
    if source is None:
        return None
    node = reading.node.entries[key]
    assert isinstance(node, Scalar)  # else it would not be a word
    compiled = f"{source}()" if node.plain and source in ("true", "false") else source
    written.expressions[reading.position, key] = (compiled, node)
    return compiled


def _required(reading: Reading, written: Written) -> bool:
    """True where always required; a condition is compiled by `link`."""
    node = reading.node.entries.get("required")
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    _expression(reading, "required", written)
    return False


def _rows(reading: Reading, type_: str, written: Written) -> tuple[Row, ...]:
    if type_ != "number_table":
        return ()
    coded = _coded(reading, "rows")
    for code, inner, _ in coded:
        if inner is not None:
            written.places[reading.position, f"{code}.indicator"] = inner.place("indicator")
    return tuple(_row(*each) for each in coded)


def _row(code: str, reading: Reading | None, label: dict[str, str]) -> Row:
    if reading is None:
        return Row(code, label)
    return Row(code, reading.text("label", required=True), reading.text("unit"), reading.word("indicator"))


def _columns(reading: Reading, type_: str) -> tuple[Choice, ...]:
    if type_ != "number_table":
        return ()
    return tuple(
        Choice(code, inner.text("label", required=True) if inner is not None else label)
        for code, inner, label in _coded(reading, "periods")
    )


def _coded(reading: Reading, key: str) -> list[tuple[str, Reading | None, dict[str, str]]]:
    """Codes with a label each: `{code: text}`, `{code: {label, …}}` or `[{name: code, label, …}]`."""
    node = reading.node.entries.get(key)
    if not isinstance(node, Mapping):
        named = reading.listed(key, lambda each: each, required=True)
        for inner in named:
            inner.allow(("name", "label", "unit", "indicator"))
        _check_twice(named)
        return [(inner.code(), inner, {}) for inner in named]
    found: list[tuple[str, Reading | None, dict[str, str]]] = []
    for code, each in node.entries.items():
        if not CODE.fullmatch(code):
            reading.findings.add(node.keys[code], problems.BAD_CODE, name=code)
        if isinstance(each, Mapping) and "label" in each.entries:
            inside = reading.of(each, reading.owner + f".{code}")
            inside.allow(("label", "unit", "indicator"))
            found.append((code, inside, {}))
        else:
            found.append((code, None, dict(reading.text_of(each, code))))
    if not found:
        reading.findings.add(node.position, problems.NOTHING_INSIDE, owner=reading.owner, key=key)
    return found


def _check_twice(named: list[Reading]) -> None:
    taken: dict[str, Position] = {}
    for inner in named:
        code = inner.node.entries.get("name")
        if isinstance(code, Scalar) and code.text in taken:
            inner.findings.add(code.position, problems.DUPLICATE_NAME, name=code.text, line=taken[code.text].line)
        elif isinstance(code, Scalar):
            taken[code.text] = code.position
