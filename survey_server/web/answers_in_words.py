"""The answers of a response as they are read: labels for codes, numbers and days as the language writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from survey_server.questionnaire.model import Question, Questionnaire
from survey_server.web.language import in_language
from survey_server.web.question_types import AnswerInWords, GivenAnswer, labels_of, ungrouped, web_type


def sections_in_words(
    questionnaire: Questionnaire, answers: Mapping[str, Any]
) -> list[tuple[str, list[AnswerInWords]]]:
    """Section title → answers; what was not answered is left out."""
    found = (
        (in_language(section.title), list(questions_in_words(questionnaire, section.questions, answers)))
        for section in questionnaire.sections
    )
    return [(title, rows) for title, rows in found if rows]


def questions_in_words(
    questionnaire: Questionnaire, questions: tuple[Question, ...], answers: Mapping[str, Any]
) -> Iterator[AnswerInWords]:
    """The questions that are answered."""
    for question in ungrouped(questions):
        if question.name in answers:
            label, labels = in_language(question.label) or question.name, labels_of(question, questionnaire)
            given = GivenAnswer(questionnaire, question, answers[question.name], label, labels)
            yield web_type(question.type.name).show(given)


def raw_answers(answers: Mapping[str, Any]) -> list[tuple[str, list[AnswerInWords]]]:
    """The answers of a questionnaire that is not known here."""
    rows = [AnswerInWords(name, text=json.dumps(value, ensure_ascii=False)) for name, value in answers.items()]
    return [("", rows)]
