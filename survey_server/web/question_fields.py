"""Question type → WTForms field. A field's `answer` is the value as a response's body holds it, None when empty.

Names are prefixed with `q_`, so that a question called `data` or `errors` hides nothing of the form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, FieldList, Form, FormField
from wtforms.validators import StopValidation

from survey_server.questionnaire.model import Question, Questionnaire
from survey_server.questionnaire.route import MAX_INSTANCES
from survey_server.web.language import gettext as _
from survey_server.web.numbers import UnreadableNumber, parse_number

PREFIX = "q_"
Answer = object


class AnswerField(Field):
    """A field of one question. `typed` is what stands in the inputs, readable or not."""

    def __init__(self, question: Question, codes: frozenset[str] = frozenset(), **options: Any) -> None:
        self.question = question
        self.codes = codes
        self.typed: dict[str, str] = {}
        self.unreadable: dict[str, str] = {}  # suffix of a table's cell, "" for the question → message
        super().__init__(label=question.name, **options)

    suffixes: tuple[str, ...] = ("",)

    def process(self, formdata: Any, data: object = None, extra_filters: object = None) -> None:
        self.errors = ()
        self.process_errors = []
        values = formdata or {}
        self.typed = {suffix: _clean(values.get(self.name + suffix, "")) for suffix in self.suffixes}
        self.data = self.read(formdata)

    def read(self, formdata: Any) -> Answer | None:
        return self.typed[""] or None

    @property
    def answer(self) -> Answer | None:
        return self.data  # type: ignore[no-any-return]  # WTForms is untyped

    def number(self, suffix: str) -> int | float | None:
        text = self.typed[suffix].strip()
        if not text:
            return None
        try:
            return parse_number(text)
        except UnreadableNumber:
            self.unreadable[suffix] = _("Chưa đúng dạng số. Dấu chấm phân cách hàng nghìn, dấu phẩy là dấu thập phân.")
            return None

    def figure(self, suffix: str) -> int | float | str | None:
        """A number, or the code of the reason that stands in its place."""
        missing = self.typed[suffix + "-missing"]
        number = self.number(suffix)
        if missing and self.typed[suffix].strip():
            self.unreadable[suffix] = _("Ô này vừa có số vừa chọn lý do không có số. Chỉ giữ một trong hai.")
            return None
        if missing:
            return missing if missing in self.codes else None
        return number

    def pre_validate(self, form: object) -> None:
        if self.unreadable:
            raise StopValidation(next(iter(self.unreadable.values())))


class TextAnswer(AnswerField):
    def read(self, formdata: Any) -> Answer | None:
        return self.typed[""].strip() or None


class NumberAnswer(AnswerField):
    """A number or, where the question offers them, a reason for having none: none arose is another thing than 0."""

    suffixes = ("", "-missing")

    def read(self, formdata: Any) -> Answer | None:
        return self.figure("")


class OneAnswer(AnswerField):
    def read(self, formdata: Any) -> Answer | None:
        code = self.typed[""]
        if code and code not in self.codes:
            self.unreadable[""] = _("Phương án này không có trong danh sách.")
            return None
        return code or None


class SeveralAnswer(AnswerField):
    missing_codes: frozenset[str] = frozenset()

    def read(self, formdata: Any) -> Answer | None:
        chosen = list(dict.fromkeys(formdata.getlist(self.name))) if formdata else []
        self.chosen: list[str] = [code for code in chosen if code in self.codes]
        if len(self.chosen) != len(chosen):
            self.unreadable[""] = _("Phương án này không có trong danh sách.")
        if len(self.chosen) == 1 and self.chosen[0] in self.missing_codes:
            return self.chosen[0]
        return self.chosen or None


class DateAnswer(AnswerField):
    suffixes = ("-day", "-month", "-year")

    def read(self, formdata: Any) -> Answer | None:
        day, month, year = (self.typed[suffix].strip() for suffix in self.suffixes)
        if not (day or month or year):
            return None
        if not all(re.fullmatch(r"[0-9]+", part) for part in (day, month, year)) or len(year) != 4:
            self.unreadable[""] = _("Ngày chưa đủ. Ghi ngày, tháng và năm bằng số, năm có bốn chữ số.")
            return None
        # A day that no calendar has ("31/02") is for the checker to refuse, by the same rule as on the tablet.
        return f"{year}-{month:0>2}-{day:0>2}"


class TableAnswer(AnswerField):
    """A number table: the inputs of a cell are `-<row>-<period>`, with `-estimated` and `-missing` after it."""

    def __init__(self, question: Question, codes: frozenset[str] = frozenset(), **options: Any) -> None:
        self.cells = tuple(f"-{row.code}-{period.code}" for row in question.rows for period in question.periods)
        self.suffixes = tuple(cell + part for cell in self.cells for part in ("", "-estimated", "-missing"))
        super().__init__(question, codes, **options)

    def read(self, formdata: Any) -> Answer | None:
        table: dict[str, dict[str, Answer]] = {}
        for row in self.question.rows:
            for period in self.question.periods:
                value = self._cell(f"-{row.code}-{period.code}")
                if value is not None:
                    table.setdefault(row.code, {})[period.code] = value
        return table or None

    def _cell(self, cell: str) -> Answer | None:
        figure = self.figure(cell)
        if isinstance(figure, (int, float)) and self.typed[cell + "-estimated"]:
            return {"value": figure, "estimated": True}
        return figure


class RepeatAnswer(FieldList):  # type: ignore[type-arg]  # the stubs make it generic, the class is not
    """Open-ended instances of the same questions; empty instances are left out of the answer.

    `numbers` are those of the instances in the input names, as texts, in the order of the entries; `unreadable` is as
    an `AnswerField` has it.
    """

    question: Question
    most = MAX_INSTANCES

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.numbers: list[str] = []
        self.unreadable: dict[str, str] = {}

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> list[int]:
        """In place of WTForms' own, which takes "²" for a number and stumbles over it."""
        own = re.compile(re.escape(prefix) + r"-(0|[1-9][0-9]{0,8})-")
        found = sorted({int(named[1]) for name in formdata if (named := own.match(name))})
        self.numbers = [str(number) for number in found[:MAX_INSTANCES]]
        self.unreadable = {"": too_many_instances()} if len(found) > MAX_INSTANCES else {}
        return found

    @property
    def is_full(self) -> bool:
        return len(self.entries) >= self.most

    def take_out(self, number: str) -> None:
        """Take out an instance by its number on the page; one that is not there needs no taking out."""
        if number in self.numbers:
            self.pop_entry(self.numbers.index(number))  # type: ignore[call-arg]  # the stubs are older
            self.numbers.remove(number)

    @property
    def answer(self) -> Answer | None:
        instances = (answers_of(entry.form, self.question.questions) for entry in self.entries)
        return [instance for instance in instances if instance] or None


def too_many_instances() -> str:
    return _("Tối đa {count} mục. Những mục vượt quá số này không được lưu.", count=MAX_INSTANCES)


FieldMaker = Callable[[Question, Questionnaire], Any]  # WTForms' unbound field


def _plain(field_class: type[AnswerField]) -> FieldMaker:
    return lambda question, questionnaire: field_class(question, codes_of(question, questionnaire))


def _several(question: Question, questionnaire: Questionnaire) -> Any:
    choices = questionnaire.choices[question.choices or ""]
    missing = frozenset(choice.code for choice in (*choices.missing, *question.missing))
    field_class = type("SeveralAnswer", (SeveralAnswer,), {"missing_codes": missing})
    return field_class(question, codes_of(question, questionnaire))


def _repeat(question: Question, questionnaire: Questionnaire) -> Any:
    inner = type("InstanceForm", (Form,), fields_of(question.questions, questionnaire))
    field_class = type("RepeatAnswer", (RepeatAnswer,), {"question": question})
    return field_class(FormField(inner), max_entries=MAX_INSTANCES)


FIELDS: Mapping[str, FieldMaker] = {
    "text": _plain(TextAnswer),
    "integer": _plain(NumberAnswer),
    "decimal": _plain(NumberAnswer),
    "select_one": _plain(OneAnswer),
    "select_multiple": _several,
    "date": _plain(DateAnswer),
    "number_table": _plain(TableAnswer),
    "repeat": _repeat,
}
WITHOUT_FIELD = frozenset({"note", "calculate", "group"})


def codes_of(question: Question, questionnaire: Questionnaire) -> frozenset[str]:
    """The codes that an answer may take, those for a missing answer included."""
    listed = questionnaire.choices.get(question.choices or "")
    choices = (*listed.options, *listed.missing, *question.missing) if listed else question.missing
    return frozenset(choice.code for choice in choices)


def fields_of(questions: tuple[Question, ...], questionnaire: Questionnaire) -> dict[str, Any]:
    """The fields of these questions by input name; a group adds no level."""
    return {
        PREFIX + question.name: FIELDS[question.type](question, questionnaire) for question in _with_fields(questions)
    }


def answers_of(form: Any, questions: tuple[Question, ...]) -> dict[str, Answer]:
    """The answers typed into a form by question name, empty ones left out."""
    answers = {question.name: form[PREFIX + question.name].answer for question in _with_fields(questions)}
    return {name: answer for name, answer in answers.items() if answer is not None}


def form_class(questionnaire: Questionnaire) -> type[FlaskForm]:
    """The form of a questionnaire; `WebState.form_class` makes it once for each version."""
    questions = tuple(question for section in questionnaire.sections for question in section.questions)
    return type("QuestionnaireForm", (FlaskForm,), fields_of(questions, questionnaire))


def _with_fields(questions: tuple[Question, ...]) -> Iterator[Question]:
    for question in questions:
        if question.type == "group":
            yield from _with_fields(question.questions)
        elif question.type not in WITHOUT_FIELD:
            yield question


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
