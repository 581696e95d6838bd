"""The columns of each question in a wide table, and the functions that make their cells, compiled once a version.

Of the question `q`: `q` holds the answer, `q.label` the words of a choice, `q/code` 1 or 0 for each option of a
multiple choice, `q/row/period` a figure of a number table with `q/row/period.estimated`. `q.missing` says why there is
no answer: a code of the questionnaire, or one of the two signs below, which are no codes because they hold a space.
Where all are empty, the question was asked and not answered. A question that is named like a column of the envelope,
such as `state`, has the columns of `state.answer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from survey_server.pipeline.export.columns import CellFormat, Column, ColumnKind
from survey_server.pipeline.export.envelope import ENVELOPE, PLACES
from survey_server.questionnaire.language import values
from survey_server.questionnaire.model import MAX_NUMBER, DataKind, Question, Questionnaire, Text, walk_questions

INSTANCE = (Column("response", ColumnKind.TEXT), Column("instance", ColumnKind.INTEGER))
"""The first columns of a repeat's table: the response's id, and the instance's number, from 1."""
_TAKEN = frozenset(column.name for column in (*ENVELOPE, *PLACES, *INSTANCE))
NOT_ASKED: Any = object()
"""Stands in the answers for a question that was off the route."""
NOT_ASKED_SIGN = "not asked"
NOT_VALID_SIGN = "not valid"  # the answer is none of its type; answers.csv holds it
MAX_CACHED = 5_000  # answers of a question whose cells are made once

Extract = Callable[[Any], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class AnswerColumns:
    """A question's columns. `extract` makes their cells of an answer or of NOT_ASKED; `gaps`: without an answer."""

    name: str
    columns: tuple[Column, ...]
    gaps: tuple[Any, ...]
    extract: Extract


def compile_questions(
    questionnaire: Questionnaire, cells: CellFormat, repeat: str | None = None
) -> tuple[AnswerColumns, ...]:
    """Of the questions outside repeats, or of those in one repeat, in the order of the page."""
    return tuple(
        _COMPILERS[question.type.data](question, questionnaire, cells)
        for section in questionnaire.sections
        for question, around in walk_questions(section.questions)
        if question.type.data is not None and around == repeat
    )


def repeats_of(questionnaire: Questionnaire) -> Iterator[Question]:
    return (question for question in questionnaire.walk() if question.role == "repeat")


class _Builder:
    """What the compilers have in common: names of columns, and the cells of an answer that is none."""

    def __init__(self, question: Question, questionnaire: Questionnaire, cells: CellFormat) -> None:
        self.question, self.cells = question, cells
        listed = questionnaire.choices.get(question.choices or "")
        self.options = {each.code: each.label for each in (listed.options if listed is not None else ())}
        own = (*(listed.missing if listed is not None else ()), *question.missing)
        self.missing: dict[str, Text] = {each.code: each.label for each in own}

    def column(self, ending: str, kind: ColumnKind, label: Text | None = None) -> Column:
        question = self.question
        name = f"{question.name}.answer" if question.name in _TAKEN else question.name
        return Column(name + ending, kind, question.name, question.label if label is None else label)

    def reasons(self) -> dict[Any, Any]:
        """By what stands in place of an answer, the cell that says why there is none."""
        found: dict[Any, Any] = {code: self.cells.code(code) for code in self.missing}
        return found | {NOT_ASKED: self.cells.text(NOT_ASKED_SIGN)}

    def finish(self, columns: Sequence[Column], extract: Extract) -> AnswerColumns:
        gaps = (self.cells.gap,) * len(columns)
        return AnswerColumns(self.question.name, tuple(columns), gaps, extract)


def _compile_text(question: Question, questionnaire: Questionnaire, cells: CellFormat) -> AnswerColumns:
    builder = _Builder(question, questionnaire, cells)
    gap, text = cells.gap, cells.text
    not_asked, not_valid = (gap, text(NOT_ASKED_SIGN)), (gap, text(NOT_VALID_SIGN))

    def extract(given: Any) -> Sequence[Any]:
        if type(given) is str:
            return text(given), gap
        return not_asked if given is NOT_ASKED else not_valid

    return builder.finish([builder.column("", ColumnKind.TEXT), builder.column(".missing", ColumnKind.CODE)], extract)


def _compile_number(question: Question, questionnaire: Questionnaire, cells: CellFormat) -> AnswerColumns:
    """Of a calculated value, `q.text` holds one that is no number."""
    builder = _Builder(question, questionnaire, cells)
    is_calculated, is_whole = question.role == "calculated", question.type.name == "integer"
    gap, number, reasons = cells.gap, cells.number, builder.reasons()
    last = (gap,) if is_calculated else ()
    rest = (gap, *last)
    not_valid = (gap, cells.text(NOT_VALID_SIGN), *last)

    def extract(given: Any) -> Sequence[Any]:
        kind = type(given)
        is_number = kind is int or (kind is float and (not is_whole or given.is_integer()))
        if is_number and -MAX_NUMBER <= given <= MAX_NUMBER:
            return number(given), *rest
        if given is NOT_ASKED or type(given) is str:
            if given in reasons:
                return gap, reasons[given], *last
            return (gap, gap, cells.text(given)) if is_calculated else not_valid
        if is_calculated and isinstance(given, bool):
            return number(int(given)), gap, *last
        return not_valid

    of_answer = ColumnKind.INTEGER if is_whole else ColumnKind.NUMBER
    columns = [builder.column("", of_answer), builder.column(".missing", ColumnKind.CODE)]
    if is_calculated:
        columns.append(builder.column(".text", ColumnKind.TEXT))
    return builder.finish(columns, extract)


def _compile_moment(question: Question, questionnaire: Questionnaire, cells: CellFormat) -> AnswerColumns:
    builder = _Builder(question, questionnaire, cells)
    parse, kind = {
        "date": (values.to_date, ColumnKind.DATE),
        "datetime": (values.to_datetime, ColumnKind.LOCAL),
    }.get(question.type.value_kind or "", (values.to_time, ColumnKind.CODE))
    gap, not_valid = cells.gap, (cells.gap, cells.text(NOT_VALID_SIGN))

    def make(given: Any) -> Sequence[Any]:
        if given is NOT_ASKED:
            return gap, cells.text(NOT_ASKED_SIGN)
        parsed = parse(given) if type(given) is str else None
        return not_valid if parsed is None else (cells.code(parsed), gap)

    columns = [builder.column("", kind), builder.column(".missing", ColumnKind.CODE)]
    return builder.finish(columns, _cached(make, lambda given: given))


def _compile_choice(question: Question, questionnaire: Questionnaire, cells: CellFormat) -> AnswerColumns:
    builder = _Builder(question, questionnaire, cells)
    gap, text, code = cells.gap, cells.text, cells.code
    known: dict[Any, Sequence[Any]] = {NOT_ASKED: (gap, gap, text(NOT_ASKED_SIGN))}
    known |= {each: (gap, text(_vietnamese(label)), code(each)) for each, label in builder.missing.items()}
    known |= {each: (code(each), text(_vietnamese(label)), gap) for each, label in builder.options.items()}
    not_valid = (gap, gap, text(NOT_VALID_SIGN))

    def extract(given: Any) -> Sequence[Any]:
        if type(given) is str or given is NOT_ASKED:
            return known.get(given) or (code(given), gap, gap)
        return not_valid

    endings = (("", ColumnKind.CODE), (".label", ColumnKind.CODE), (".missing", ColumnKind.CODE))
    return builder.finish([builder.column(*each) for each in endings], extract)


def _compile_choices(question: Question, questionnaire: Questionnaire, cells: CellFormat) -> AnswerColumns:
    """None ticked is 0 for every option; without an answer they are empty."""
    builder = _Builder(question, questionnaire, cells)
    gap, text, options, missing = cells.gap, cells.text, builder.options, builder.missing
    off, on = cells.flags[False], cells.flags[True]

    def without(reason: Any, words: str = "") -> Sequence[Any]:
        return gap, text(words) if words else gap, *(gap for _ in options), reason

    def make(given: Any) -> Sequence[Any]:
        if given is NOT_ASKED:
            return without(text(NOT_ASKED_SIGN))
        codes = [given] if type(given) is str else given
        if not isinstance(codes, list) or not all(type(each) is str for each in codes):
            return without(text(NOT_VALID_SIGN))
        chosen = [each for each in codes if each not in missing]
        reasons = [each for each in missing if each in codes]  # the first of the questionnaire stands for all
        if reasons and not chosen:
            return without(cells.code(reasons[0]), _vietnamese(missing[reasons[0]]))
        ticks = (on if each in chosen else off for each in options)
        words = "; ".join(_vietnamese(options[each]) if each in options else each for each in chosen)
        return cells.codes(chosen), text(words), *ticks, cells.code(reasons[0]) if reasons else gap

    columns = [builder.column("", ColumnKind.CODES), builder.column(".label", ColumnKind.CODE)]
    columns += [builder.column(f"/{each}", ColumnKind.FLAG, label) for each, label in options.items()]
    columns.append(builder.column(".missing", ColumnKind.CODE))
    return builder.finish(columns, _cached(make, lambda given: tuple(given) if type(given) is list else given))


def _compile_table(question: Question, questionnaire: Questionnaire, cells: CellFormat) -> AnswerColumns:
    """The first of its axes are the rows, the second the periods."""
    builder = _Builder(question, questionnaire, cells)
    rows, periods = (*question.own.axes().values(), (), ())[:2]
    reasons, number = builder.reasons(), cells.number
    gaps = (cells.gap, cells.gap, cells.gap)
    not_valid = (cells.gap, cells.text(NOT_VALID_SIGN), cells.gap)

    def figure(cell: Any) -> Sequence[Any]:
        if cell is None:
            return gaps
        is_estimated = isinstance(cell, dict) and cell.get("estimated") is True
        value = cell.get("value") if isinstance(cell, dict) else cell
        if _is_figure(value):
            return number(value), cells.gap, cells.flags[is_estimated]
        if type(value) is str and value in reasons:
            return cells.gap, reasons[value], cells.gap
        return gaps if value is None else not_valid

    def extract(given: Any) -> Sequence[Any]:
        if not isinstance(given, dict):
            sign = (cells.gap, reasons[NOT_ASKED], cells.gap) if given is NOT_ASKED else not_valid
            return sign * len(rows) * len(periods)
        found: list[Any] = []
        for row in rows:
            line = given.get(row.code)
            if isinstance(line, dict):
                for period in periods:
                    found += figure(line.get(period.code))
            else:
                found += (gaps if line is None else not_valid) * len(periods)
        return found

    columns = []
    for row in rows:
        for period in periods:
            name, label = f"/{row.code}/{period.code}", _joined(row.label, period.label)
            columns.append(builder.column(name, ColumnKind.NUMBER, label))
            columns.append(builder.column(f"{name}.missing", ColumnKind.CODE, label))
            columns.append(builder.column(f"{name}.estimated", ColumnKind.FLAG, label))
    return builder.finish(columns, extract)


def _compile_instances(question: Question, questionnaire: Questionnaire, cells: CellFormat) -> AnswerColumns:
    """The number of instances; what they hold is in the repeat's own table."""
    builder = _Builder(question, questionnaire, cells)

    def extract(given: Any) -> Sequence[Any]:
        if isinstance(given, list):
            instances = instances_of(given)
            is_valid = len(instances) == len(given)
            return cells.number(len(instances)), cells.gap if is_valid else cells.text(NOT_VALID_SIGN)
        return cells.gap, cells.text(NOT_ASKED_SIGN if given is NOT_ASKED else NOT_VALID_SIGN)

    columns = [builder.column("", ColumnKind.INTEGER), builder.column(".missing", ColumnKind.CODE)]
    return builder.finish(columns, extract)


_COMPILERS: dict[DataKind | None, Callable[[Question, Questionnaire, CellFormat], AnswerColumns]] = {
    "text": _compile_text,
    "number": _compile_number,
    "choice": _compile_choice,
    "choices": _compile_choices,
    "moment": _compile_moment,
    "table": _compile_table,
    "instances": _compile_instances,
}


def instances_of(given: Any) -> list[Mapping[str, Any]]:
    """The instances of a repeat that are shaped as such."""
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def _is_figure(value: Any) -> TypeGuard[int | float]:
    """A number that an answer may be."""
    return (type(value) is int or type(value) is float) and -MAX_NUMBER <= value <= MAX_NUMBER


def _cached(make: Extract, key_of: Callable[[Any], Any]) -> Extract:
    """`make`, called once for each of at most MAX_CACHED answers."""
    known: dict[Any, Sequence[Any]] = {}

    def extract(given: Any) -> Sequence[Any]:
        try:
            key = key_of(given)
            found = known.get(key)
        except TypeError:  # it holds lists or objects
            return make(given)
        if found is None:
            found = make(given)
            if len(known) < MAX_CACHED:
                known[key] = found
        return found

    return extract


def _vietnamese(label: Text) -> str:
    return label.get("vi", "")


def _joined(first: Text, second: Text) -> Text:
    return {language: f"{text} / {second.get(language, '')}" for language, text in first.items()}
