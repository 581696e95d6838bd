"""The compiled questionnaire for the tablet: JSON, the same bytes for the same version."""

from __future__ import annotations

import json
from typing import Any

from survey_server.questionnaire import dependencies
from survey_server.questionnaire.codebook import coded
from survey_server.questionnaire.model import Question, Questionnaire, Row

FORMAT = 1


def client_json(questionnaire: Questionnaire) -> str:
    """The questionnaire in format 1; `order` is the order of evaluation, each question after those it reads."""
    compiled = {
        "format": FORMAT,
        "id": questionnaire.id,
        "version": questionnaire.version,
        "title": dict(questionnaire.title),
        "respondent": questionnaire.respondent,
        "evidence": questionnaire.evidence,
        "locality_level": questionnaire.locality_level,
        "languages": list(questionnaire.languages),
        "choices": {
            name: {"scale": each.scale, "options": coded(each.options), "missing": coded(each.missing)}
            for name, each in questionnaire.choices.items()
        },
        "sections": [
            {
                "name": section.name,
                "title": dict(section.title),
                "task": section.task,
                "relevant": section.relevant,
                "questions": [_question(question) for question in section.questions],
            }
            for section in questionnaire.sections
        ],
        "order": dependencies.evaluation_order(questionnaire.sections),
    }
    return json.dumps(compiled, ensure_ascii=False, separators=(",", ":"))


def _question(question: Question) -> dict[str, Any]:
    """Keys without a content are left out: the tablet downloads this over thin lines."""
    axes = question.own.axes()
    compiled: dict[str, Any] = {
        "name": question.name,
        "type": question.type.name,
        "label": dict(question.label),
        "hint": dict(question.hint),
        "required": question.required,
        "relevant": question.relevant,
        "constraint": question.constraint,
        "constraint_message": dict(question.constraint_message),
        "calculation": question.calculation,
        "default": question.default,
        "choices": question.choices,
        "unit": dict(question.unit),
        "rows": [
            {"code": row.code, "label": dict(row.label), "unit": dict(row.unit)}
            for row in axes.get("rows", ())
            if isinstance(row, Row)
        ],
        "periods": coded(axes.get("periods", ())),
        "missing": coded(question.missing),
        "questions": [_question(inner) for inner in question.questions],
    }
    return {key: value for key, value in compiled.items() if not _is_nothing(value)}


def _is_nothing(value: object) -> bool:
    """The number 0 is an expression like any other."""
    return value is None or value is False or value in ({}, [])
