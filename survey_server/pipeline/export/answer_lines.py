"""The lines of the long tables, a line an answer, compiled once a questionnaire version.

answers.csv: response, question, row, value, missing, flag. labelled.csv: the same with Vietnamese labels. Which lines
an answer has, its type says (`QuestionType.flatten`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
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

MakeLines = Callable[[Any], list[Any]]
"""The lines of an answer, or of NOT_ASKED, without their response."""


class _Lines:
    """What is common to the lines of a version's questions: `cells_around` a value, of a part and its missing code."""

    def __init__(self, questionnaire: Questionnaire, cells: CellFormat) -> None:
        self.cells = cells
        self.named = {each.name: each for each in questionnaire.walk()}
        self.missing = {name: _missing_codes(questionnaire, each) for name, each in self.named.items()}

    def cells_around(self, part: FlatRow, missing: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Those before and those after the value."""
        return (part.question, self.row(part)), (missing, part.flag)

    def row(self, part: FlatRow) -> Any:
        return self.cells.code(part.row) if part.row else ""

    def make(self, part: FlatRow) -> Any:
        missing = _missing_code(part, self.missing.get(part.question, frozenset()))
        before, after = self.cells_around(part, missing)
        value = part.value
        if missing or value is None or value == "":
            return self.cells.line((*before, "", *after))
        return self.cells.line(
            (*before, self.cells.text(value) if type(value) is str else self.cells.number(value), *after)
        )


class _LabelledLines(_Lines):
    def __init__(self, questionnaire: Questionnaire, cells: CellFormat) -> None:
        super().__init__(questionnaire, cells)
        self._questionnaire = cells.code(questionnaire.id)
        self._labels = {name: _Labels(questionnaire, each) for name, each in self.named.items()}

    def cells_around(self, part: FlatRow, missing: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        text, question = self.cells.text, self.named.get(part.question)
        label = question.label.get("vi", "") if question is not None else ""
        row, value = self._labels[part.question].of(part, missing) if question is not None else ("", "")
        before = (self._questionnaire, part.question, text(label), self.row(part), text(row))
        return before, (text(value), missing, part.flag)


def compile_answers(questionnaire: Questionnaire, cells: CellFormat) -> list[tuple[str, MakeLines]]:
    """By question, in the order of the page: makes its lines of answers.csv."""
    return _compile(questionnaire, _Lines(questionnaire, cells))


def compile_labelled(questionnaire: Questionnaire, cells: CellFormat) -> list[tuple[str, MakeLines]]:
    """By question, in the order of the page: makes its lines of labelled.csv."""
    return _compile(questionnaire, _LabelledLines(questionnaire, cells))


def _compile(questionnaire: Questionnaire, lines: _Lines) -> list[tuple[str, MakeLines]]:
    """Of the questions outside repeats: a repeat writes the lines of what it holds."""
    found = []
    for section in questionnaire.sections:
        for question, repeat in walk_questions(section.questions):
            if question.type.data is not None and repeat is None:
                is_free = question.type.flatten is one_row and question.type.data in ("text", "number")
                found.append(
                    (question.name, _free_lines(question, lines) if is_free else _coded_lines(question, lines))
                )
    return found


def _free_lines(question: Question, lines: _Lines) -> MakeLines:
    """Of texts and numbers: lines that differ in the value alone."""
    around = lines.cells.line_around(*lines.cells_around(FlatRow(question.name, "", "?"), ""))
    text, number, missing = lines.cells.text, lines.cells.number, lines.missing[question.name]
    not_asked = [lines.make(FlatRow(question.name, "", "", NOT_ASKED_FLAG))]

    def make(given: Any) -> list[Any]:
        kind = type(given)
        if kind is str and given and given not in missing:
            return [around(text(given))]
        if kind is int or kind is float:
            return [around(number(given))]
        return not_asked if given is NOT_ASKED else [lines.make(part) for part in one_row(question, given)]

    return make


def _coded_lines(question: Question, lines: _Lines) -> MakeLines:
    """Of codes, days and lists of codes: the lines of an answer are made once, for it comes again and again."""
    flatten = question.type.flatten
    made: dict[Any, list[Any]] = {NOT_ASKED: [lines.make(FlatRow(question.name, "", "", NOT_ASKED_FLAG))]}

    def make(given: Any) -> list[Any]:
        if type(given) is not str and type(given) is not list and given is not NOT_ASKED:
            return [lines.make(part) for part in flatten(question, given)]
        try:
            key = tuple(given) if type(given) is list else given
            found = made.get(key)
        except TypeError:  # a list of lists or objects
            return [lines.make(part) for part in flatten(question, given)]
        if found is None:
            found = [lines.make(part) for part in flatten(question, given)]
            if len(made) < MAX_CACHED and (type(given) is str or all(type(each) is str for each in given)):
                made[key] = found
        return found

    return make


def _missing_codes(questionnaire: Questionnaire, question: Question) -> frozenset[str]:
    listed = questionnaire.choices.get(question.choices or "")
    own = (*question.missing, *(listed.missing if listed is not None else ()))
    return frozenset(each.code for each in own)


def _missing_code(part: FlatRow, codes: frozenset[str]) -> str:
    """The code in place of a value; of a multiple choice it stands as its row."""
    if isinstance(part.value, str) and part.value in codes:
        return part.value
    return part.row if part.row in codes and part.value == "1" else ""


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
