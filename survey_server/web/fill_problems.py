"""Where a problem of a page of /fill stands, what it is called, and what inputs and answers cannot take of each other.

A problem's path joins names, instance numbers and cells with "-": "documents-0-number", "figures-classes-y2010".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from survey_server.problems import answers as answer_problems
from survey_server.questionnaire.answers import AnswerProblem
from survey_server.questionnaire.model import Questionnaire, Section
from survey_server.web.language import in_language
from survey_server.web.question_fields import PREFIX, answers_of
from survey_server.web.question_types import AnswerField
from survey_server.web.questions.repeat import RepeatField

# Of the rules; every other problem is about what the answer itself is.
_OF_RULES = frozenset(
    type_.code
    for type_ in (
        answer_problems.REQUIRED,
        answer_problems.CONSTRAINT,
        answer_problems.UNKNOWN_QUESTION,
        answer_problems.NOT_RELEVANT,
        answer_problems.REASON_BESIDE_CHOICES,
        answer_problems.RECOMPUTED,
        answer_problems.NOT_AN_OBJECT,
    )
)


def anchor_of(questionnaire: Questionnaire, path: str) -> str:
    """The id of the element that a problem's link goes to: the question, or the input of a number table's cell."""
    top, *rest = path.split("-")
    question = next((each for each in questionnaire.walk() if each.name == top), None)
    if rest and question is not None and question.own.axes():
        return f"q_{path}"
    is_inside = question is not None and question.role == "repeat"
    return "field-" + "-".join([top, *rest[:2]] if is_inside else [top])


def label_of(questionnaire: Questionnaire, path: str) -> str:
    """The question that a path belongs to; in a number table the row and the period too."""
    top, *rest = path.split("-")
    known = {each.name: each for each in questionnaire.walk()}
    if top not in known:
        return ""
    question = known[top]
    if question.role == "repeat":
        return in_language(known.get(rest[1], question).label if len(rest) > 1 else question.label)
    parts = {part.code: in_language(part.label) for parts in question.own.axes().values() for part in parts}
    return ", ".join([in_language(question.label), *(parts[code] for code in rest if code in parts)])


def unreadable_in(names: list[str], form: Any) -> dict[str, str]:
    """Path of the input → what cannot be read in it."""
    found: dict[str, str] = {}

    def look(fields: Any, parent: str) -> None:
        for field in fields:
            if not isinstance(field, AnswerField | RepeatField):
                continue
            for suffix, message in field.unreadable.items():
                found[f"{parent}{field.question.name}{suffix}"] = message
            if isinstance(field, RepeatField):
                for index, entry in enumerate(field.entries):
                    look(entry.form, f"{parent}{field.question.name}-{index}-")

    look([form[PREFIX + name] for name in names if PREFIX + name in form], "")
    return found


def unusable_in(
    section: Section, form: Any, answers: Mapping[str, Any], problems: Iterable[AnswerProblem]
) -> list[AnswerProblem]:
    """Why an answer is none, of those that came from elsewhere and that the inputs do not hold as they are.

    Nobody typed them here: without a word about them they would vanish when the page is saved.
    """
    shown = answers_of(form, section.questions)
    lost = {name for name, answer in answers.items() if shown.get(name) != answer}
    return [each for each in problems if each.code not in _OF_RULES and each.path and each.path.split("-")[0] in lost]


def first_at_each(problems: Iterable[AnswerProblem], language: str) -> dict[str, str]:
    """Path → the first problem there in words: what an answer is comes before whether it obeys a rule."""
    found: dict[str, str] = {}
    for each in problems:
        if each.path:
            found.setdefault(each.path, each.text(language))
    return found
