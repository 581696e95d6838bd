"""Where a problem of a page of /fill stands, what it is called, and what cannot be read in the inputs.

A problem's path joins names, instance numbers and cells with "-": "documents-0-number", "figures-classes-y2010".
"""

from __future__ import annotations

from typing import Any

from survey_server.questionnaire.model import Questionnaire
from survey_server.web.language import in_language
from survey_server.web.question_fields import PREFIX, AnswerField


def anchor_of(questionnaire: Questionnaire, path: str) -> str:
    """The id of the element that a problem's link goes to: the question, or the input of a number table's cell."""
    top, *rest = path.split("-")
    type_ = next((each.type for each in questionnaire.walk() if each.name == top), "")
    if type_ == "number_table" and rest:
        return f"q_{path}"
    return "field-" + "-".join([top, *rest[:2]] if type_ == "repeat" else [top])


def label_of(questionnaire: Questionnaire, path: str) -> str:
    """The question that a path belongs to; in a number table the row and the period too."""
    top, *rest = path.split("-")
    known = {each.name: each for each in questionnaire.walk()}
    if top not in known:
        return ""
    asked = known[top]
    if asked.type == "number_table":
        parts = {row.code: in_language(row.label) for row in asked.rows}
        parts |= {period.code: in_language(period.label) for period in asked.periods}
        return ", ".join([in_language(asked.label), *(parts[code] for code in rest if code in parts)])
    return in_language(known.get(rest[1], asked).label if asked.type == "repeat" and len(rest) > 1 else asked.label)


def unreadable_in(names: list[str], form: Any) -> dict[str, str]:
    """Path of the input → what cannot be read in it."""
    found: dict[str, str] = {}

    def look(fields: Any, parent: str) -> None:
        for field in fields:
            if isinstance(field, AnswerField):
                for suffix, message in field.unreadable.items():
                    found[f"{parent}{field.question.name}{suffix}"] = message
            elif hasattr(field, "entries"):
                for index, entry in enumerate(field.entries):
                    look(entry.form, f"{parent}{field.question.name}-{index}-")

    look([form[PREFIX + name] for name in names if PREFIX + name in form], "")
    return found
