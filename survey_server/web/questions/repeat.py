"""Instances of the same questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from wtforms import FieldList, Form, FormField

from survey_server.questionnaire.model import MAX_INSTANCES, Question, Questionnaire
from survey_server.web.answers_in_words import questions_in_words
from survey_server.web.language import gettext as _
from survey_server.web.question_fields import answers_of, fields_of, type_answers
from survey_server.web.question_types import Answer, AnswerInWords, GivenAnswer, Pair, WebType, show_value


class RepeatField(FieldList):  # type: ignore[type-arg]  # the stubs make it generic, the class is not
    """Empty instances are left out of the answer.

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
        self.unreadable = {"": self.too_many} if len(found) > MAX_INSTANCES else {}
        return found

    @property
    def too_many(self) -> str:
        return _("Tối đa {count} mục. Những mục vượt quá số này không được lưu.", count=MAX_INSTANCES)

    @property
    def is_full(self) -> bool:
        return len(self.entries) >= self.most

    def remove_instance(self, number: str) -> None:
        """Remove an instance by its number on the page, if it is there."""
        if number in self.numbers:
            self.pop_entry(self.numbers.index(number))  # type: ignore[call-arg]  # the stubs are older
            self.numbers.remove(number)

    @property
    def answer(self) -> Answer | None:
        instances = (answers_of(entry.form, self.question.questions) for entry in self.entries)
        return [instance for instance in instances if instance] or None


def _make_field(question: Question, questionnaire: Questionnaire) -> Any:
    inner = type("InstanceForm", (Form,), fields_of(question.questions, questionnaire))
    field_class = type("RepeatField", (RepeatField,), {"question": question})
    return field_class(FormField(inner), max_entries=MAX_INSTANCES)


def _type_answer(question: Question, name: str, answer: Any) -> Iterator[Pair]:
    for index, instance in enumerate(instances_shown(answer)):
        # Names no input: it keeps an instance in which nothing is answered yet.
        yield f"{name}-{index}-kept", ""
        yield from type_answers(question.questions, instance, f"{name}-{index}-")


def instances_shown(answer: Any) -> list[dict[str, Any]]:
    """The instances that stand on a page: no more than there may be, and nothing but objects."""
    given = answer if isinstance(answer, list) else []
    return [instance for instance in given if isinstance(instance, dict)][:MAX_INSTANCES]


def _show(given: GivenAnswer) -> AnswerInWords:
    if not isinstance(given.answer, list):
        return show_value(given)
    answers = (each if isinstance(each, dict) else {} for each in given.answer)
    questions = given.question.questions
    instances = tuple(tuple(questions_in_words(given.questionnaire, questions, each)) for each in answers)
    return AnswerInWords(given.label, "instances", instances=instances)


WEB = WebType(make_field=_make_field, type_answer=_type_answer, show=_show)
