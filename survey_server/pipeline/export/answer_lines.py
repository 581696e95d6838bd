"""The lines of the long tables, a line an answer, compiled once a questionnaire version.

answers.csv: response, question, row, value, missing, flag. labelled.csv: the same with Vietnamese labels. Which lines
an answer has, its type says (`QuestionType.flatten`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from survey_server.pipeline.export.columns import CellFormat, Column, ColumnKind
from survey_server.pipeline.export.question_columns import MAX_CACHED, NOT_ASKED
from survey_server.questionnaire.elements import Choice
from survey_server.questionnaire.model import (
    NOT_ASKED as NOT_ASKED_FLAG,
    FlatRow,
    Question,
    Questionnaire,
    walk_questions,
)

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

MakeLines = Callable[[Any], list[Any]]
"""The lines of an answer, or of NOT_ASKED, without their response."""


class _Lines:
    """What is common to the lines of a version's questions."""

    def __init__(self, questionnaire: Questionnaire, cells: CellFormat) -> None:
        self.cells, self.choices = cells, questionnaire.choices
        self.named = {each.name: each for each in questionnaire.walk()}

    def cells_around(self, part: FlatRow) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The cells before and after the value."""
        return (part.question, self.row(part)), (part.missing, part.flag)

    def row(self, part: FlatRow) -> Any:
        return self.cells.code(part.row) if part.row else ""

    def make(self, part: FlatRow) -> Any:
        before, after = self.cells_around(part)
        value = part.value
        if value is None or value == "":
            return self.cells.line((*before, "", *after))
        cell = self.cells.text(value) if type(value) is str else self.cells.number(value)
        return self.cells.line((*before, cell, *after))

    def flatten(self, question: Question, given: Any) -> list[Any]:
        return [self.make(part) for part in question.type.flatten(question, given, self.choices)]


class _LabelledLines(_Lines):
    def __init__(self, questionnaire: Questionnaire, cells: CellFormat) -> None:
        super().__init__(questionnaire, cells)
        self._questionnaire = cells.code(questionnaire.id)
        self._labels = {name: _Labels(questionnaire, each) for name, each in self.named.items()}

    def cells_around(self, part: FlatRow) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        text, question = self.cells.text, self.named.get(part.question)
        label = question.label.get("vi", "") if question is not None else ""
        row, value = self._labels[part.question].of(part) if question is not None else ("", "")
        before = (self._questionnaire, part.question, text(label), self.row(part), text(row))
        return before, (text(value), part.missing, part.flag)


def compile_answers(questionnaire: Questionnaire, cells: CellFormat) -> list[tuple[str, MakeLines]]:
    """By question, in the order of the page: makes its lines of answers.csv."""
    return _compile(questionnaire, _Lines(questionnaire, cells))


def compile_labelled(questionnaire: Questionnaire, cells: CellFormat) -> list[tuple[str, MakeLines]]:
    """By question, in the order of the page: makes its lines of labelled.csv."""
    return _compile(questionnaire, _LabelledLines(questionnaire, cells))


def _compile(questionnaire: Questionnaire, lines: _Lines) -> list[tuple[str, MakeLines]]:
    """A repeat makes the lines of what it holds; a question in it only the line that no instance was asked."""
    found = []
    for section in questionnaire.sections:
        for question, repeat in walk_questions(section.questions):
            if question.type.data is not None and repeat is not None:
                found.append((question.name, _not_asked_lines(question, lines)))
            elif question.type.data is not None:
                is_free = question.type.data in ("text", "number")
                found.append(
                    (question.name, _free_lines(question, lines) if is_free else _coded_lines(question, lines))
                )
    return found


def _not_asked_lines(question: Question, lines: _Lines) -> MakeLines:
    not_asked = [lines.make(FlatRow(question.name, "", "", NOT_ASKED_FLAG))]
    return lambda given: not_asked if given is NOT_ASKED else []


def _free_lines(question: Question, lines: _Lines) -> MakeLines:
    """Of texts and numbers: lines that differ in the value alone."""
    around = lines.cells.line_around(*lines.cells_around(FlatRow(question.name, "", "?")))
    text, number, is_text = lines.cells.text, lines.cells.number, question.type.data == "text"
    make_not_asked = _not_asked_lines(question, lines)

    def make(given: Any) -> list[Any]:
        kind = type(given)
        if kind is str and is_text:
            return [around(text(given))] if given else []
        if (kind is int or kind is float) and not is_text:
            return [around(number(given))]
        if given is NOT_ASKED:
            return make_not_asked(given)
        return lines.flatten(question, given) if given != "" else []

    return make


def _coded_lines(question: Question, lines: _Lines) -> MakeLines:
    """Of codes, days and lists of codes: the lines of an answer are made once, for it comes again and again."""
    made: dict[Any, list[Any]] = {NOT_ASKED: _not_asked_lines(question, lines)(NOT_ASKED), "": []}

    def make(given: Any) -> list[Any]:
        is_list = type(given) is list
        if type(given) is not str and not is_list and given is not NOT_ASKED:
            return lines.flatten(question, given)
        try:
            key = tuple(given) if is_list else given
            found = made.get(key)
        except TypeError:  # a list of lists or objects
            return lines.flatten(question, given)
        if found is None:
            found = lines.flatten(question, given)
            if len(made) < MAX_CACHED and (not is_list or all(type(each) is str for each in given)):
                made[key] = found
        return found

    return make


class _Labels:
    """Vietnamese labels of a question's codes: those of its rows, of its periods and of its choices are apart."""

    def __init__(self, questionnaire: Questionnaire, question: Question) -> None:
        listed = questionnaire.choices.get(question.choices or "")
        coded = (*listed.options, *listed.missing) if listed is not None else ()
        self._choices = _by_code((*coded, *question.missing))
        self._axes = [_by_code(axis) for axis in question.own.axes().values()]
        self._kind = question.type.data

    def of(self, part: FlatRow) -> tuple[str, str]:
        """Of the row and of the value."""
        code, row = part.missing, ""
        if self._kind == "choices":
            row = self._choices.get(part.row.rpartition("/")[2], "")
        elif self._kind == "table":
            row = " / ".join(axis.get(code, "") for axis, code in zip(self._axes, part.row.split("/"), strict=False))
        elif self._kind == "choice" and not part.flag:
            code = code or part.value
        return row, self._choices.get(code, "")


def _by_code(choices: Iterable[Choice]) -> dict[str, str]:
    return {each.code: each.label.get("vi", "") for each in choices}
