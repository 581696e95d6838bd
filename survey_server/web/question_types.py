"""What the pages do with each question type: its form field, its answers in the inputs, its answers in words.

`questions/<type>.py` holds the record of a type as `WEB`, `templates/questions/<type>.html` its inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Literal

from wtforms import Field
from wtforms.validators import StopValidation

from survey_server.questionnaire.model import Question, Questionnaire
from survey_server.questionnaire.typed_text import clean, trim
from survey_server.web.language import current_language, gettext as _, in_language
from survey_server.web.number_problems import OfferedReading, explain, offer_readings
from survey_server.web.numbers import format_number, read_number

Answer = object
Pair = tuple[str, str]  # name and text of an input
NO_ANSWER = "–"


class AnswerField(Field):
    """A field of one question. `answer` is the value as a response's body holds it, None when empty; `typed` the text
    of each input by the suffix of its name, readable or not; `unreadable` a message by suffix ("": the question);
    `readings` what a number may mean, where that is to be chosen."""

    suffixes: tuple[str, ...] = ("",)
    is_whole = False  # whether a number with a fraction cannot be meant

    def __init__(self, question: Question, codes: frozenset[str] = frozenset(), **options: Any) -> None:
        self.question = question
        self.codes = codes
        self.typed: dict[str, str] = {}
        self.unreadable: dict[str, str] = {}
        self.readings: dict[str, list[OfferedReading]] = {}
        super().__init__(label=question.name, **options)

    def process(self, formdata: Any, data: object = None, extra_filters: object = None) -> None:
        self.errors = ()
        self.process_errors = []
        values = formdata or {}
        self.typed = {suffix: clean(values.get(self.name + suffix, "")) for suffix in self.suffixes}
        self.data = self.read(formdata)

    def read(self, formdata: Any) -> Answer | None:
        """The answer in the inputs; what cannot be read is noted in `unreadable`."""
        return trim(self.typed[""]) or None

    @property
    def answer(self) -> Answer | None:
        return self.data  # type: ignore[no-any-return]  # WTForms is untyped

    def figure(self, suffix: str) -> int | float | str | None:
        """A number, or the code of the reason that stands in its place. Of a text that can be read in two ways the
        reading that was chosen, by the input whose name ends with `-as`; the text is unreadable until one is."""
        text, missing = self.typed[suffix].strip(), self.typed[suffix + "-missing"]
        if missing and text:
            self.unreadable[suffix] = _("Ô này vừa có số vừa chọn lý do không có số. Chỉ giữ một trong hai.")
            return None
        if missing:
            return missing if missing in self.codes else None
        return self._number(suffix, text) if text else None

    def _number(self, suffix: str, text: str) -> int | float | None:
        reading = read_number(text).whole() if self.is_whole else read_number(text)
        self.readings[suffix] = offer_readings(reading)
        chosen = self.typed[suffix + "-as"]
        if any(chosen == each.typed for each in self.readings[suffix]):
            return read_number(chosen).number
        if reading.number is None or reading.other is not None:
            self.unreadable[suffix] = explain(reading, text)
        return reading.certain

    def pre_validate(self, form: object) -> None:
        if self.unreadable:
            raise StopValidation(next(iter(self.unreadable.values())))


@dataclass(frozen=True, slots=True)
class AnswerInWords:
    """A question and its answer; `rows` of a number table are (row, figures), `instances` those of a repeat."""

    label: str
    kind: Literal["short", "long", "table", "instances"] = "short"
    text: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, tuple[str, ...]], ...] = ()
    instances: tuple[tuple[AnswerInWords, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer of any JSON, to be put in words. `labels` are those of the codes that the question offers."""

    questionnaire: Questionnaire
    question: Question
    answer: Any
    label: str
    labels: Mapping[str, str]


def value_in_words(value: Any) -> str:
    """A value that no list of choices names; calculations may come to true or false."""
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    return format_number(value, current_language()) if isinstance(value, int | float) else str(value)


def figure_in_words(figure: Any, labels: Mapping[str, str]) -> str:
    """A code, a text, a number, or a number that is marked as estimated."""
    if figure is None:
        return NO_ANSWER
    if isinstance(figure, dict):
        return f"{figure_in_words(figure.get('value'), labels)} ({_('ước')})"
    return labels.get(figure, figure) if isinstance(figure, str) else value_in_words(figure)


def show_value(given: GivenAnswer) -> AnswerInWords:
    answer = given.answer
    if isinstance(answer, list):
        return AnswerInWords(given.label, text=", ".join(given.labels.get(str(each), str(each)) for each in answer))
    return AnswerInWords(given.label, text=figure_in_words(answer, given.labels))


def type_text(_question: Question, name: str, answer: Any) -> Iterator[Pair]:
    if isinstance(answer, str):
        yield name, answer


FieldMaker = Callable[[Question, Questionnaire], Any]  # WTForms' unbound field


@dataclass(frozen=True, slots=True, kw_only=True)
class WebType:
    """`make_field`: None where the question has no inputs. `type_answer` gives the inputs of an answer, and none where
    no input can hold it. `show` puts an answer in words."""

    make_field: FieldMaker | None = None
    type_answer: Callable[[Question, str, Any], Iterator[Pair]] = type_text
    show: Callable[[GivenAnswer], AnswerInWords] = show_value


@cache
def web_type(name: str) -> WebType:
    """The record of a question type; its module is found by the type's name."""
    found: WebType = import_module(f"survey_server.web.questions.{name}").WEB
    return found


def ungrouped(questions: Iterable[Question]) -> Iterator[Question]:
    """The questions; in place of a group those that it holds, as it adds no level to names and answers."""
    for question in questions:
        if question.role == "group":
            yield from ungrouped(question.questions)
        else:
            yield question


def field_of(field_class: type[AnswerField]) -> FieldMaker:
    return lambda question, questionnaire: field_class(question, codes_of(question, questionnaire))


def codes_of(question: Question, questionnaire: Questionnaire) -> frozenset[str]:
    """The codes that an answer may take, those for a missing answer included."""
    listed = questionnaire.choices.get(question.choices or "")
    return (listed.codes if listed else frozenset()) | {choice.code for choice in question.missing}


def labels_of(question: Question, questionnaire: Questionnaire) -> dict[str, str]:
    """Code → label of everything that may be chosen."""
    listed = questionnaire.choices.get(question.choices or "")
    choices = (*listed.options, *listed.missing) if listed is not None else ()
    return {each.code: in_language(each.label) for each in (*choices, *question.missing)}
