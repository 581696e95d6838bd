"""Reads choice lists: options, reasons for not answering (`missing`), scores."""

from __future__ import annotations

from typing import Literal, cast

from survey_server.i18n import Message
from survey_server.problems import language as problem_types
from survey_server.questionnaire import habits
from survey_server.questionnaire.mapping_reader import CODE, MappingReader, report_decimal_comma
from survey_server.questionnaire.model import Choice, ChoiceList
from survey_server.questionnaire.source import Mapping, Scalar

CHOICE_LIST_KEYS = ("scale", "options", "scores", "missing")
_LISTS = Message("danh sách phương án")


def read_choice_lists(reader: MappingReader) -> dict[str, ChoiceList]:
    """The choice lists of a questionnaire by name."""
    return {name: _list(name, each) for name, each in reader.read_named("choices", owner=_LISTS)}


def read_choices(reader: MappingReader, key: str, *, required: bool = False) -> tuple[Choice, ...]:
    """A mapping `{code: text}` as choices, in the author's order."""
    node = reader.read_mapping(key, required=required)
    if node is None:
        return ()
    found = []
    for code, label in node.entries.items():
        if not CODE.fullmatch(code):
            reader.problems.add(node.keys[code], problem_types.BAD_CODE, name=code)
        found.append(Choice(code, reader.read_text_node(label, code)))
    if not found:
        reader.problems.add(node.position, problem_types.NOTHING_INSIDE, owner=reader.owner, key=key)
    return tuple(found)


def _list(name: str, reader: MappingReader) -> ChoiceList:
    reader.allow_keys(CHOICE_LIST_KEYS, habits.CHOICE_LIST_KEYS)
    scale = cast(Literal["ordinal", "nominal"], reader.read_one_of("scale", ("ordinal", "nominal"), "nominal"))
    options = read_choices(reader, "options", required=True)
    missing = read_choices(reader, "missing")
    _check_disjoint(reader)
    return ChoiceList(name, scale, options, missing, _scores(reader, scale, options))


def _check_disjoint(reader: MappingReader) -> None:
    """A code may not be both an answer and a reason for not answering."""
    options, missing = reader.node.entries.get("options"), reader.node.entries.get("missing")
    if isinstance(options, Mapping) and isinstance(missing, Mapping):
        for code in options.keys.keys() & missing.keys.keys():
            line = options.keys[code].line
            reader.problems.add(missing.keys[code], problem_types.DUPLICATE_NAME, name=code, line=line)


def _scores(reader: MappingReader, scale: str, options: tuple[Choice, ...]) -> dict[str, float]:
    """Scores (0 to 100) by code; an ordinal list without any is scored in even steps from 100 down to 0."""
    node = reader.read_mapping("scores")
    if node is None:
        if scale == "nominal" or len(options) < 2:
            return {}
        return {choice.code: 100 * (1 - rank / (len(options) - 1)) for rank, choice in enumerate(options)}
    codes = [choice.code for choice in options]
    scores: dict[str, float] = {}
    for code, each in node.entries.items():
        value = each.value if isinstance(each, Scalar) else None
        if value is None and code.isdigit() and code not in codes:  # {some: 67,5} is two entries to YAML
            reader.problems.add(node.keys[code], problem_types.DECIMAL_COMMA, near=f"…,{code}", instead=f"….{code}")
        elif code not in codes:
            reader.problems.add(
                node.keys[code], problem_types.NO_SUCH_CHOICE,
                owner=reader.owner, name=reader.owner, code=code, meant=(code, codes),
            )  # fmt: skip
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
            if not report_decimal_comma(each, reader.problems):
                reader.problems.add(each.position, problem_types.BAD_SCORE, name=reader.owner, code=code)
        else:
            scores[code] = float(value)
    unscored = [code for code in codes if code not in node.entries]
    if unscored:
        reader.problems.add(node.position, problem_types.SCORE_INCOMPLETE, name=reader.owner, codes=", ".join(unscored))
    return scores
