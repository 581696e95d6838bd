"""Reads sections and questions. Expressions stay text here; `link_expressions` compiles them later."""

from __future__ import annotations

from dataclasses import dataclass, field

from survey_server.problems import language as problem_types
from survey_server.questionnaire.choice_lists import read_choices
from survey_server.questionnaire.mapping_reader import MappingReader
from survey_server.questionnaire.model import Options, Position, Question, QuestionType, Section
from survey_server.questionnaire.source import Scalar
from survey_server.questionnaire.types import TYPES

NO_TASK = "none"  # of a section: its questions belong to no task, on purpose
_EVERY_KEY = tuple(dict.fromkeys(key for each in TYPES.values() for key in each.keys))


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
    """`inside`: the role of what the question lies in; "repeat" also in a group inside a repeat."""
    index.add(reader)
    type_, is_known = _type(reader)
    _check_keys(reader, type_ if is_known else None)
    name = reader.read_name()
    if inside == "repeat" and type_.role == "repeat":
        reader.problems.add(reader.position_of("type"), problem_types.NESTED_REPEAT, owner=name)
    elif inside == "repeat" and not type_.may_repeat:
        reader.problems.add(reader.position_of("type"), problem_types.NOT_IN_REPEAT, owner=name, type=type_.name)
    deeper = "repeat" if "repeat" in (type_.role, inside) else type_.role
    own = type_.read_options(reader) if is_known else Options()
    has_choices = "choices" in type_.keys or not is_known
    _expression(reader, "constraint", index)
    if _expression(reader, "default", index) is not None and inside == "repeat":
        reader.problems.add(reader.position_of("default"), problem_types.DEFAULT_IN_REPEAT, owner=name)
    _expression(reader, "calculation", index, required=type_.role == "calculated" and is_known)
    return Question(
        name=name,
        type=type_,
        label=reader.read_text("label", required=type_.role != "group"),
        position=reader.position,
        hint=reader.read_text("hint"),
        choices=reader.read_word("choices", required=is_known) if has_choices else None,
        task=reader.read_word("task"),
        indicator=reader.read_word("indicator"),
        relevant_source=_expression(reader, "relevant", index),
        required=_required(reader, index),
        constraint_message=reader.read_text("constraint_message"),
        missing=read_choices(reader, "missing") if reader.has("missing") else type_.default_missing,
        unit=reader.read_text("unit"),
        consent=reader.read_boolean("consent"),
        questions=tuple(reader.read_list("questions", lambda each: _question(each, index, deeper), required=True))
        if type_.role in ("group", "repeat")
        else (),
        own=own,
    )


def _type(reader: MappingReader) -> tuple[QuestionType, bool]:
    """The type, and whether there is one of that name. In place of a wrong one stands a calculated question, which
    may have any value, so that nothing that refers to it is reported as well."""
    node = reader.node.entries.get("type")
    found = reader.read_one_of("type", tuple(TYPES))
    is_known = isinstance(node, Scalar) and node.text == found
    return TYPES[found if is_known else "calculate"], is_known


def _check_keys(reader: MappingReader, type_: QuestionType | None) -> None:
    reader.allow_keys(_EVERY_KEY)
    if type_ is None:
        return
    for key, position in reader.node.keys.items():
        if key in _EVERY_KEY and key not in type_.keys:
            reader.problems.add(position, problem_types.KEY_NOT_FOR_TYPE, owner=reader.owner, type=type_.name, key=key)


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
