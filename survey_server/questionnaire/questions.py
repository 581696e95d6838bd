"""Reads sections and questions. Expressions stay text here; `link_expressions` compiles them later."""

from __future__ import annotations

from dataclasses import dataclass, field

from survey_server.problems import language as problem_types
from survey_server.questionnaire import habits
from survey_server.questionnaire.choice_lists import read_choices
from survey_server.questionnaire.habits import without_odd_characters
from survey_server.questionnaire.mapping_reader import MappingReader
from survey_server.questionnaire.model import Options, Position, Question, QuestionType, Section
from survey_server.questionnaire.recognised import YES_NO_WORDS
from survey_server.questionnaire.source import Mapping, Node, Scalar
from survey_server.questionnaire.types import TYPES

NO_TASK = "none"  # of a section: its questions belong to no task, on purpose
SECTION_KEYS = ("name", "title", "task", "relevant", "consent", "questions")
_EVERY_KEY = tuple(dict.fromkeys(key for each in TYPES.values() for key in each.keys))


_CONDITIONS = ("relevant", "required", "constraint")


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
    reader.allow_keys(SECTION_KEYS, habits.SECTION_KEYS)
    index.add(reader)
    name = reader.read_name()
    source = _expression(reader, "relevant", index)
    task = reader.read_reference("task")
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
    written = reader.node.entries.get("type")
    shown = TYPES[written.text].keys if isinstance(written, Scalar) and written.text in TYPES else _EVERY_KEY
    reader.allow_keys(_EVERY_KEY, habits.QUESTION_KEYS, shown)
    type_, is_known = _type(reader)
    index.add(reader)
    if is_known:
        _check_keys_of_type(reader, type_)
    name = reader.read_name()
    if inside == "repeat" and type_.role == "repeat":
        reader.problems.add(reader.position_of("type"), problem_types.NESTED_REPEAT, owner=name)
    elif inside == "repeat" and not type_.may_repeat:
        reader.problems.add(reader.position_of("type"), problem_types.NOT_IN_REPEAT, owner=name, type=type_.name)
    deeper = "repeat" if "repeat" in (type_.role, inside) else type_.role
    own = type_.read_options(reader) if is_known else Options()
    has_choices = "choices" in type_.keys or not is_known
    _expression(reader, "constraint", index)
    if reader.has("constraint_message") and not reader.has_or_replaced("constraint"):
        reader.problems.add(reader.node.keys["constraint_message"], problem_types.MESSAGE_ALONE, owner=name)
    if _expression(reader, "default", index) is not None and inside == "repeat":
        reader.problems.add(reader.position_of("default"), problem_types.DEFAULT_IN_REPEAT, owner=name)
    _expression(reader, "calculation", index, required=type_.role == "calculated" and is_known)
    return Question(
        name=name,
        type=type_,
        label=reader.read_text("label", required=is_known and type_.role not in ("group", "calculated")),
        position=reader.position,
        hint=reader.read_text("hint"),
        choices=reader.read_reference("choices", required=is_known) if has_choices else None,
        task=reader.read_reference("task"),
        indicator=reader.read_reference("indicator"),
        relevant_source=_expression(reader, "relevant", index),
        required=_required(reader, index),
        constraint_message=reader.read_text("constraint_message"),
        missing=read_choices(reader, "missing") if reader.has("missing") else type_.default_missing,
        unit=reader.read_text("unit"),
        questions=tuple(reader.read_list("questions", lambda each: _question(each, index, deeper), required=True))
        if type_.role in ("group", "repeat")
        else (),
        own=own,
    )


def _type(reader: MappingReader) -> tuple[QuestionType, bool]:
    """The type, and whether there is one of that name. In place of a wrong one stands a calculated question, which
    may have any value, so that nothing that refers to it is reported as well."""
    node = reader.node.entries.get("type")
    word = node.text if isinstance(node, Scalar) and node.value is not None else ""
    if node is not None and word not in TYPES:
        found = _type_of_habit(reader, node, word)
        if found is not None:
            return found
    name = reader.read_one_of("type", tuple(TYPES))
    is_known = without_odd_characters(word) == name
    return TYPES[name if is_known else "calculate"], is_known


def _type_of_habit(reader: MappingReader, node: Node, word: str) -> tuple[QuestionType, bool] | None:
    """The same of a type that another format has; None where it is not one."""
    problems, owner, listed = reader.problems, reader.owner, habits.listed_type(word)
    if listed is not None:
        type_, choices = listed
        problems.add(node.position, problem_types.CHOICES_IN_TYPE, owner=owner, value=word, type=type_, choices=choices)
        if not reader.has("choices"):
            reader.node.entries["choices"] = Scalar(node.position, choices, is_plain=True)
            reader.node.keys["choices"] = node.position
        return TYPES[type_], True
    habit = habits.TYPE_NAMES.get(habits.as_key(word))
    if isinstance(habit, str):
        problems.add(
            node.position, problem_types.NOT_ALLOWED, owner=owner, key="type", value=word, meant=(habit, TYPES)
        )
        return TYPES[habit], True
    if habit is not None:
        problems.add(node.position, problem_types.TYPE_NOT_OFFERED, owner=owner, value=word, advice=habit)
        return TYPES["calculate"], False
    return None


def _check_keys_of_type(reader: MappingReader, type_: QuestionType) -> None:
    for key, position in reader.node.keys.items():
        is_excused = (reader.position, key) in reader.problems.excused
        if key in _EVERY_KEY and key not in type_.keys and not is_excused:
            reader.problems.add(position, problem_types.KEY_NOT_FOR_TYPE, owner=reader.owner, type=type_.name, key=key)


def _expression(reader: MappingReader, key: str, index: SourceIndex, *, required: bool = False) -> str | None:
    node = reader.node.entries.get(key)
    if isinstance(node, Mapping) and len(node.entries) == 1:  # relevant: {a}
        (name,) = node.entries
        reader.problems.add(
            node.position, problem_types.REFERENCE_BRACES, owner=f"{reader.owner}.{key}",
            near=f"{{{name}}}", instead=f"${{{name}}}",
        )  # fmt: skip
        return None
    source = reader.read_word(key, required=required, longest=None)  # checked by `link_expressions`
    if source is None:
        return None
    node = reader.node.entries[key]
    assert isinstance(node, Scalar)  # else it would not be a word
    is_boolean = isinstance(node.value, bool)
    if key in _CONDITIONS and not is_boolean and source.strip().lower() in YES_NO_WORDS:
        reader.problems.add(
            node.position, problem_types.NOT_TRUE_FALSE, owner=reader.owner, key=key, value=source
        )  # fmt: skip
        return None
    compiled = f"{source.lower()}()" if is_boolean else source
    index.expressions[reader.position, key] = (compiled, node)
    return compiled


def _required(reader: MappingReader, index: SourceIndex) -> bool:
    """True where always required; a condition is compiled by `link_expressions`."""
    node = reader.node.entries.get("required")
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    _expression(reader, "required", index)
    return False
