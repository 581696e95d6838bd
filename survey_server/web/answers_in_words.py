"""The answers of a response as they are read: labels for codes, numbers and days as the language writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from survey_server.questionnaire.model import Question, Questionnaire
from survey_server.web.language import current_language, in_language, shown_day
from survey_server.web.language import gettext as _
from survey_server.web.numbers import format_number

Kind = Literal["short", "long", "table", "instances"]
NONE = "–"


@dataclass(frozen=True, slots=True)
class Shown:
    """A question and its answer; `rows` of a number table are (row, figures), `instances` those of a repeat."""

    label: str
    kind: Kind = "short"
    text: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, tuple[str, ...]], ...] = ()
    instances: tuple[tuple[Shown, ...], ...] = ()


def sections_in_words(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> list[tuple[str, list[Shown]]]:
    """Section title → answers; what was not answered is left out."""
    found = []
    for section in questionnaire.sections:
        asked = [each for each in _flat(section.questions) if each.name in answers]
        if asked:
            rows = [_in_words(questionnaire, each, answers[each.name]) for each in asked]
            found.append((in_language(section.title), rows))
    return found


def raw_answers(answers: Mapping[str, Any]) -> list[tuple[str, list[Shown]]]:
    """The answers of a questionnaire that is not known here."""
    rows = [Shown(name, text=json.dumps(value, ensure_ascii=False)) for name, value in answers.items()]
    return [("", rows)]


def _flat(questions: tuple[Question, ...]) -> list[Question]:
    found: list[Question] = []
    for question in questions:
        found += _flat(question.questions) if question.type == "group" else [question]
    return found


def _in_words(questionnaire: Questionnaire, question: Question, answer: Any) -> Shown:
    label = in_language(question.label) or question.name
    words = _words(questionnaire, question)
    if question.type == "number_table" and isinstance(answer, dict):
        return _table(question, label, answer, words)
    if question.type == "repeat" and isinstance(answer, list):
        return Shown(label, "instances", instances=tuple(_instance(questionnaire, question, each) for each in answer))
    if isinstance(answer, list):
        return Shown(label, text=", ".join(words.get(str(each), str(each)) for each in answer))
    if question.type == "date" and isinstance(answer, str):
        return Shown(label, text=words.get(answer) or _day(answer))
    kind: Kind = "long" if question.appearance == "multiline" else "short"
    return Shown(label, kind, text=_figure(answer, words))


def _words(questionnaire: Questionnaire, question: Question) -> dict[str, str]:
    """Code → label of everything that may be chosen."""
    listed = questionnaire.choices.get(question.choices or "")
    choices = (*listed.options, *listed.missing) if listed is not None else ()
    return {each.code: in_language(each.label) for each in (*choices, *question.missing)}


def _table(question: Question, label: str, answer: Mapping[str, Any], words: dict[str, str]) -> Shown:
    heads = (_("Chỉ tiêu"), *(in_language(period.label) for period in question.periods))
    rows = []
    for row in question.rows:
        cells = answer.get(row.code)
        known = cells if isinstance(cells, dict) else {}
        unit = f" ({in_language(row.unit)})" if row.unit else ""
        figures = (_figure(known.get(period.code), words) for period in question.periods)
        rows.append((in_language(row.label) + unit, tuple(figures)))
    return Shown(label, "table", heads=heads, rows=tuple(rows))


def _instance(questionnaire: Questionnaire, question: Question, answers: Any) -> tuple[Shown, ...]:
    known = answers if isinstance(answers, dict) else {}
    asked = [each for each in _flat(question.questions) if each.name in known]
    return tuple(_in_words(questionnaire, each, known[each.name]) for each in asked)


def _figure(cell: Any, words: dict[str, str]) -> str:
    if cell is None:
        return NONE
    if isinstance(cell, dict):
        return f"{_figure(cell.get('value'), words)} ({_('ước')})"
    return words.get(cell, cell) if isinstance(cell, str) else value_in_words(cell)


def value_in_words(value: Any) -> str:
    """A value that no list of choices names; calculations may come to true or false."""
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    return format_number(value, current_language()) if isinstance(value, int | float) else str(value)


def _day(day: str) -> str:
    try:
        return shown_day(day)
    except ValueError:
        return day
