"""Reports keys that there are not, and reads them as what they mean, so that one mistake has one message."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping, Sequence

from survey_server.i18n import Message
from survey_server.problems import language as problem_types
from survey_server.questionnaire.elements import Position
from survey_server.questionnaire.habits import STAND_FOR, Habits, as_key, language_column, without_odd_characters
from survey_server.questionnaire.source import Mapping, Node, Scalar, Sequence as SequenceNode
from survey_server.questionnaire.source_problems import SourceProblems

_TEXTS = ("label", "title", "hint", "constraint_message", "unit", "short")
_SHAPES: AnyMapping[str, type[Node]] = {
    **dict.fromkeys((*_TEXTS, "missing", "rows", "periods", "options", "scores"), Mapping),
    **dict.fromkeys(("questions", "sections", "languages"), SequenceNode),
}


def report_unknown_keys(
    node: Mapping, owner: str | Message, allowed: Sequence[str], habits: Habits, shown: Sequence[str],
    problems: SourceProblems,
) -> None:  # fmt: skip
    """Add a problem for each key that is not allowed. What the author meant is put in its place where that is clear,
    else it is not missed. `shown`: the keys that the message lists."""
    columns: dict[str, Mapping] = {}
    for key, position in list(node.keys.items()):
        if key in allowed:
            continue
        column = language_column(key)
        if without_odd_characters(key) in allowed:
            report_odd_character(position, key, problems)
            _replace(node, key, without_odd_characters(key), problems)
        elif column is not None and column[0] in _TEXTS and column[0] in allowed:
            _add_column(node, owner, key, column, columns, problems)
        else:
            _report(node, owner, key, (allowed, shown, habits), problems)
    for name, texts in columns.items():
        if name not in node.entries:
            node.entries[name], node.keys[name] = texts, texts.position
            problems.excused.add((node.position, name))


def report_odd_character(position: Position, text: str, problems: SourceProblems) -> None:
    """Add the problem of a text that differs from its plain form."""
    odd = next((each for each in text if without_odd_characters(f"a{each}a") != f"a{each}a"), text[:1])
    code = f"{ord(odd):04X}" if odd else ""
    problems.add(position, problem_types.ODD_CHARACTER, code=code, near=without_odd_characters(text) or text)


def _report(
    node: Mapping, owner: str | Message, key: str, known: tuple[Sequence[str], Sequence[str], Habits],
    problems: SourceProblems,
) -> None:  # fmt: skip
    allowed, shown, habits = known
    position = node.keys[key]
    habit = habits.get(as_key(key))
    if isinstance(habit, Message):
        problems.add(position, problem_types.KEY_NOT_OFFERED, owner=owner, key=key, advice=habit)
        problems.excused.update((node.position, each) for each in STAND_FOR.get(as_key(key), ()))
        return
    meant = habit if habit in allowed else problems.closest(key, shown) or problems.closest(key, allowed)
    listed = shown if meant is None or meant in shown else allowed
    problems.add(position, problem_types.UNKNOWN_KEY, owner=owner, key=key, meant=(meant or key, listed))
    if meant is not None:
        _replace(node, key, meant, problems)


def _replace(node: Mapping, key: str, meant: str, problems: SourceProblems) -> None:
    """Read a key's value under the key that is meant, if that is not there and the value has its shape."""
    problems.excused.add((node.position, meant))
    if meant not in node.entries and isinstance(node.entries[key], _SHAPES.get(meant, Scalar)):
        node.entries[meant], node.keys[meant] = node.entries.pop(key), node.keys.pop(key)


def _add_column(
    node: Mapping, owner: str | Message, key: str, column: tuple[str, str], columns: dict[str, Mapping],
    problems: SourceProblems,
) -> None:  # fmt: skip
    """Of XLSForm's `label::vi` and `label::en` one text, which is reported once."""
    name, language = column
    if name not in columns:
        columns[name] = Mapping(node.keys[key], {}, {})
        instead = f"{name}: {{vi: …, en: …}}"
        problems.add(node.keys[key], problem_types.LANGUAGE_COLUMN, owner=owner, key=key, instead=instead)
    columns[name].entries[language], columns[name].keys[language] = node.entries.pop(key), node.keys.pop(key)
