"""Reads sections and questions. Expressions stay text here; `link_expressions` compiles them later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from survey_server.problems import language as problem_types
from survey_server.questionnaire.choice_lists import read_choices
from survey_server.questionnaire.mapping_reader import CODE, MappingReader
from survey_server.questionnaire.model import Choice, Position, Question, QuestionType, Row, Section
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
class SourceIndex:
    """Where the values of sections and questions stand, by the owner's position and the key: names may be missing or
    duplicated. `expressions` holds the expressions' sources too, which `link_expressions` compiles."""

    expressions: dict[tuple[Position, str], tuple[str, Scalar]] = field(default_factory=dict)
    positions: dict[tuple[Position, str], Position] = field(default_factory=dict)

    def add(self, reader: MappingReader) -> None:
        for key, node in reader.node.entries.items():
            self.positions[reader.position, key] = node.position

    def position_of(self, owner: Position, key: str) -> Position:
        """The position of a key's value, or the owner's where there is no such key."""
        return self.positions.get((owner, key), owner)


def read_sections(reader: MappingReader, index: SourceIndex) -> tuple[Section, ...]:
    return tuple(reader.read_list("sections", lambda each: _section(each, index), required=True))


def _section(reader: MappingReader, index: SourceIndex) -> Section:
    reader.allow_keys(("name", "title", "task", "relevant", "consent", "questions"))
    index.add(reader)
    name = reader.read_name()
    source = _expression(reader, "relevant", index)
    task = reader.read_word("task")
    return Section(
        name=name,
        title=reader.read_text("title", required=True),
        position=reader.position,
        questions=tuple(reader.read_list("questions", lambda each: _question(each, index, None), required=True)),
        task=None if task == NO_TASK else task,
        outside_tasks=task == NO_TASK,
        relevant_source=source,
        consent=reader.read_boolean("consent"),
    )


def _question(reader: MappingReader, index: SourceIndex, inside: str | None) -> Question:
    index.add(reader)
    type_, known = _type(reader)
    _check_keys(reader, type_ if known else None)
    name = reader.read_name()
    if type_ == "repeat" and inside == "repeat":
        reader.problems.add(reader.position_of("type"), problem_types.NESTED_REPEAT, owner=name)
    if inside == "repeat" and type_ in ("number_table", "group"):
        reader.problems.add(reader.position_of("type"), problem_types.NOT_IN_REPEAT, owner=name, type=type_)
    deeper = "repeat" if "repeat" in (type_, inside) else type_
    rows, periods = _rows(reader, type_, index), _columns(reader, type_)
    missing = read_choices(reader, "missing")
    return Question(
        name=name,
        type=type_,
        label=reader.read_text("label", required=type_ != "group"),
        position=reader.position,
        hint=reader.read_text("hint"),
        choices=reader.read_word("choices", required=known) if type_.startswith("select") or not known else None,
        task=reader.read_word("task"),
        indicator=reader.read_word("indicator"),
        relevant_source=_expression(reader, "relevant", index),
        required=_required(reader, index),
        constraint_source=_expression(reader, "constraint", index),
        constraint_message=reader.read_text("constraint_message"),
        calculation=_expression(reader, "calculation", index, required=type_ == "calculate" and known),
        rows=rows,
        periods=periods,
        missing=_NO_FIGURE if type_ == "number_table" and not reader.has("missing") else missing,
        unit=reader.read_text("unit"),
        appearance=reader.read_word("appearance"),
        consent=reader.read_boolean("consent"),
        questions=tuple(reader.read_list("questions", lambda each: _question(each, index, deeper), required=True))
        if type_ in ("group", "repeat")
        else (),
    )


def _type(reader: MappingReader) -> tuple[QuestionType, bool]:
    """The type, and whether it is one. What is said of a wrong type is enough: its question then counts as one that
    may have any value, so that nothing that refers to it is blamed."""
    node = reader.node.entries.get("type")
    found = reader.read_one_of("type", TYPES)
    known = isinstance(node, Scalar) and node.text == found
    return cast(QuestionType, found if known else "calculate"), known


def _check_keys(reader: MappingReader, type_: str | None) -> None:
    reader.allow_keys(_EVERY_KEY)
    if type_ is None:
        return
    for key, place in reader.node.keys.items():
        if key in _EVERY_KEY and key not in KEYS[type_]:
            reader.problems.add(place, problem_types.KEY_NOT_FOR_TYPE, owner=reader.owner, type=type_, key=key)


def _expression(reader: MappingReader, key: str, index: SourceIndex, *, required: bool = False) -> str | None:
    source = reader.read_word(key, required=required, longest=None)  # checked by `link_expressions`
    if source is None:
        return None
    node = reader.node.entries[key]
    assert isinstance(node, Scalar)  # else it would not be a word
    compiled = f"{source}()" if node.is_plain and source in ("true", "false") else source
    index.expressions[reader.position, key] = (compiled, node)
    return compiled


def _required(reader: MappingReader, index: SourceIndex) -> bool:
    """True where always required; a condition is compiled by `link_expressions`."""
    node = reader.node.entries.get("required")
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    _expression(reader, "required", index)
    return False


def _rows(reader: MappingReader, type_: str, index: SourceIndex) -> tuple[Row, ...]:
    if type_ != "number_table":
        return ()
    coded = _coded(reader, "rows")
    for code, inner, _ in coded:
        if inner is not None:
            index.positions[reader.position, f"{code}.indicator"] = inner.position_of("indicator")
    return tuple(_row(*each) for each in coded)


def _row(code: str, reader: MappingReader | None, label: dict[str, str]) -> Row:
    if reader is None:
        return Row(code, label)
    return Row(code, reader.read_text("label", required=True), reader.read_text("unit"), reader.read_word("indicator"))


def _columns(reader: MappingReader, type_: str) -> tuple[Choice, ...]:
    if type_ != "number_table":
        return ()
    return tuple(
        Choice(code, inner.read_text("label", required=True) if inner is not None else label)
        for code, inner, label in _coded(reader, "periods")
    )


def _coded(reader: MappingReader, key: str) -> list[tuple[str, MappingReader | None, dict[str, str]]]:
    """Codes with a label each: `{code: text}`, `{code: {label, …}}` or `[{name: code, label, …}]`."""
    node = reader.node.entries.get(key)
    if not isinstance(node, Mapping):
        named = reader.read_list(key, lambda each: each, required=True)
        for inner in named:
            inner.allow_keys(("name", "label", "unit", "indicator"))
        _check_twice(named)
        return [(inner.read_code(), inner, {}) for inner in named]
    found: list[tuple[str, MappingReader | None, dict[str, str]]] = []
    for code, each in node.entries.items():
        if not CODE.fullmatch(code):
            reader.problems.add(node.keys[code], problem_types.BAD_CODE, name=code)
        if isinstance(each, Mapping) and "label" in each.entries:
            inside = reader.reader_for(each, reader.owner + f".{code}")
            inside.allow_keys(("label", "unit", "indicator"))
            found.append((code, inside, {}))
        else:
            found.append((code, None, dict(reader.read_text_node(each, code))))
    if not found:
        reader.problems.add(node.position, problem_types.NOTHING_INSIDE, owner=reader.owner, key=key)
    return found


def _check_twice(named: list[MappingReader]) -> None:
    taken: dict[str, Position] = {}
    for inner in named:
        code = inner.node.entries.get("name")
        if isinstance(code, Scalar) and code.text in taken:
            inner.problems.add(code.position, problem_types.DUPLICATE_NAME, name=code.text, line=taken[code.text].line)
        elif isinstance(code, Scalar):
            taken[code.text] = code.position
