"""The lines of the long tables, a line an answer, compiled once a questionnaire version.

answers.csv: response, question, row, value, missing, flag. labelled.csv: the same with Vietnamese labels. Which lines
an answer has, its type says (`QuestionType.flatten`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from survey_server.pipeline.export.answer_columns import MAX_CACHED, NOT_ASKED
from survey_server.pipeline.export.columns import CellFormat, Column, ColumnKind
from survey_server.questionnaire.elements import Choice
from survey_server.questionnaire.model import FlatRow, Question, Questionnaire, one_row, walk_questions

ANSWER_COLUMNS = (
    Column("response", ColumnKind.TEXT),
    Column("question", ColumnKind.CODE),
    Column("row", ColumnKind.CODE),
    Column("value", ColumnKind.TEXT),
    Column("missing", ColumnKind.CODE),
    Column("flag", ColumnKind.CODE),
)
LABELLED_COLUMNS = (
    Column("response", ColumnKind.TEXT),
    Column("questionnaire", ColumnKind.CODE),
    Column("question", ColumnKind.CODE),
    Column("question_label", ColumnKind.CODE),
    Column("row", ColumnKind.CODE),
    Column("row_label", ColumnKind.CODE),
    Column("value", ColumnKind.TEXT),
    Column("value_label", ColumnKind.CODE),
    Column("missing", ColumnKind.CODE),
    Column("flag", ColumnKind.CODE),
)
NOT_ASKED_FLAG = "not_asked"

MakeLine = Callable[[FlatRow, str], Any]
"""A line of a part of an answer, without its response; the text is the missing code in place of a value, or empty."""
MakeLines = Callable[[Any], list[Any]]
"""The lines of an answer, or of NOT_ASKED."""


def compile_answers(questionnaire: Questionnaire, cells: CellFormat) -> list[tuple[str, MakeLines]]:
    """By question, in the order of the page: makes its lines of answers.csv."""
    named = {each.name: each for each in questionnaire.walk()}
    known = {name: _missing_codes(questionnaire, each) for name, each in named.items()}

    def make(part: FlatRow, missing: str) -> Any:
        return cells.line((part.question, _code(cells, part.row), _value(cells, part, missing), missing, part.flag))

    return [(each.name, _lines(each, known, make, cells)) for each in _questions(questionnaire)]


def compile_labelled(questionnaire: Questionnaire, cells: CellFormat) -> list[tuple[str, MakeLines]]:
    """By question, in the order of the page: makes its lines of labelled.csv."""
    named = {each.name: each for each in questionnaire.walk()}
    known = {name: _missing_codes(questionnaire, each) for name, each in named.items()}
    labels = {name: _Labels(questionnaire, each) for name, each in named.items()}
    heads = {
        name: (cells.code(questionnaire.id), name, cells.text(each.label.get("vi", ""))) for name, each in named.items()
    }
    nobody = (cells.code(questionnaire.id), "", cells.text(""))

    def make(part: FlatRow, missing: str) -> Any:
        found = labels.get(part.question)
        row_label, value_label = found.of(part, missing) if found is not None else ("", "")
        return cells.line(
            (
                *heads.get(part.question, nobody), _code(cells, part.row), cells.text(row_label),
                _value(cells, part, missing), cells.text(value_label), missing, part.flag,
            )
        )  # fmt: skip

    return [(each.name, _lines(each, known, make, cells)) for each in _questions(questionnaire)]


def _questions(questionnaire: Questionnaire) -> Iterable[Question]:
    """Those outside repeats: a repeat writes the lines of what it holds."""
    for section in questionnaire.sections:
        for question, repeat in walk_questions(section.questions):
            if question.type.data is not None and repeat is None:
                yield question


def _lines(question: Question, known: Mapping[str, frozenset[str]], make: MakeLine, cells: CellFormat) -> MakeLines:
    """Lines of codes and of short lists of codes are made once, for they come again and again."""
    name, codes = question.name, known[question.name]
    flatten = question.type.flatten
    is_one_row, is_list = flatten is one_row, question.type.data == "choices"
    is_coded = question.type.data in ("choice", "choices", "moment")
    made: dict[Any, list[Any]] = {NOT_ASKED: [make(FlatRow(name, "", "", NOT_ASKED_FLAG), "")]}

    def all_parts(given: Any) -> list[Any]:
        return [make(part, _missing_code(part, known)) for part in flatten(question, given)]

    def lines(given: Any) -> list[Any]:
        kind = type(given)
        if is_one_row and not is_coded and kind in (str, int, float) and given not in codes:
            return [make(FlatRow(name, "", given), "")]
        if given is not NOT_ASKED and not (is_coded and (kind is str or (is_list and kind is list))):
            return all_parts(given)
        try:
            key = tuple(given) if kind is list else given
            found = made.get(key)
        except TypeError:  # a list of lists or objects
            return all_parts(given)
        if found is None:
            found = all_parts(given)
            if len(made) < MAX_CACHED:
                made[key] = found
        return found

    return lines


def _missing_codes(questionnaire: Questionnaire, question: Question) -> frozenset[str]:
    listed = questionnaire.choices.get(question.choices or "")
    own = (*question.missing, *(listed.missing if listed is not None else ()))
    return frozenset(each.code for each in own)


def _missing_code(part: FlatRow, known: Mapping[str, frozenset[str]]) -> str:
    """The code in place of a value; of a multiple choice it stands as its row."""
    codes = known.get(part.question, frozenset())
    if isinstance(part.value, str) and part.value in codes:
        return part.value
    return part.row if part.row in codes and part.value == "1" else ""


def _code(cells: CellFormat, row: str) -> Any:
    return cells.code(row) if row else ""


def _value(cells: CellFormat, part: FlatRow, missing: str) -> Any:
    value = part.value
    if missing or value is None or value == "":
        return ""
    return cells.text(value) if type(value) is str else cells.number(value)


class _Labels:
    """Vietnamese labels of a question's codes: those of its rows, of its periods and of its choices are apart."""

    def __init__(self, questionnaire: Questionnaire, question: Question) -> None:
        listed = questionnaire.choices.get(question.choices or "")
        given = (*(listed.options if listed is not None else ()), *_all_missing(questionnaire, question))
        self._choices = _by_code(given)
        rows, periods = (*question.own.axes().values(), (), ())[:2]
        self._rows, self._periods = _by_code(rows), _by_code(periods)
        self._is_list = question.type.data == "choices"

    def of(self, part: FlatRow, missing: str) -> tuple[str, str]:
        """Of the row and of the value."""
        if self._is_list and part.row in self._choices:
            return self._choices[part.row], ""
        row, _, period = part.row.partition("/")
        words = [each for each in (self._rows.get(row, ""), self._periods.get(period, "")) if each]
        code = missing or part.value
        return " / ".join(words), self._choices.get(code, "") if isinstance(code, str) else ""


def _all_missing(questionnaire: Questionnaire, question: Question) -> tuple[Choice, ...]:
    listed = questionnaire.choices.get(question.choices or "")
    return (*(listed.missing if listed is not None else ()), *question.missing)


def _by_code(choices: Iterable[Choice]) -> dict[str, str]:
    return {each.code: each.label.get("vi", "") for each in choices}
