"""codebook.json: what each column of the data means, and how the versions of a questionnaire compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from survey_server.questionnaire.differences import compare_versions, name_series
from survey_server.questionnaire.model import Choice, Framework, Question, Questionnaire, Row


def codebooks(questionnaires: Sequence[Questionnaire]) -> dict[str, Any]:
    """The content of codebook.json. Of each questionnaire the oldest version comes first; an older one says how its
    answers are read in the newest, and in the later ones of its own series."""
    versions: dict[str, list[Questionnaire]] = {}
    for each in questionnaires:
        versions.setdefault(each.id, []).append(each)
    series = {id_: name_series(found) for id_, found in versions.items()}
    entries = []
    for each in questionnaires:
        entry = codebook(each) | {"series": series[each.id][each.version]}
        newest = versions[each.id][-1]
        if newest is not each:
            entry["comparison"] = {"newest": newest.version, "questions": _compared(each, newest)}
        later = versions[each.id][versions[each.id].index(each) + 1 :]
        own = [other for other in later if series[each.id][other.version] == series[each.id][each.version]]
        if own:
            entry["comparisons"] = {other.version: _compared(each, other) for other in own}
        entries.append(entry)
    return {"questionnaires": entries}


def _compared(older: Questionnaire, newer: Questionnaire) -> dict[str, Any]:
    return {name: found.to_json() for name, found in compare_versions(older, newer).items()}


def codebook(questionnaire: Questionnaire) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": questionnaire.id,
        "version": questionnaire.version,
        "title": dict(questionnaire.title),
        "respondent": questionnaire.respondent,
        "evidence": questionnaire.evidence,
        "locality_level": questionnaire.locality_level,
        "framework": questionnaire.framework.id,
        "languages": list(questionnaire.languages),
        "questions": [],
        "choices": {
            name: {
                "scale": listed.scale,
                "options": coded(listed.options),
                "missing": coded(listed.missing),
                "scores": dict(listed.scores),
            }
            for name, listed in questionnaire.choices.items()
        },
    }
    for section in questionnaire.sections:
        for question in section.questions:
            _add(entry["questions"], question, section.name, section.task, None, section.relevant_source)
    return entry


def framework_json(framework: Framework) -> dict[str, Any]:
    """framework.json of the dataset."""
    return {
        "id": framework.id,
        "title": dict(framework.title),
        "tasks": [
            {
                "code": task.code,
                "title": dict(task.title),
                "short": dict(task.short),
                "weight": task.weight,
                "indicators": [
                    {
                        "code": indicator.code,
                        "title": dict(indicator.title),
                        "kind": indicator.kind,
                        "aspect": indicator.aspect,
                        "weight": indicator.weight,
                        "unit": dict(indicator.unit),
                        "period": indicator.period,
                        "aggregate": indicator.aggregate,
                        "direction": indicator.direction,
                    }
                    for indicator in task.indicators
                ],
            }
            for task in framework.tasks
        ],
    }


def _add(
    entries: list[dict[str, Any]],
    question: Question,
    section: str,
    task: str | None,
    repeat: str | None,
    universe: str | None,
) -> None:
    own_task = question.task or task
    asked_when = " and ".join(f"({each})" for each in (universe, question.relevant_source) if each) or None
    axes = question.own.axes()
    if question.type.data is not None:
        entries.append(
            {
                "name": question.name,
                "section": section,
                "repeat": repeat,
                "type": question.type.name,
                "kind": question.type.data,
                "label": dict(question.label),
                "task": own_task,
                "indicator": question.indicator,
                "choices": question.choices,
                "universe": asked_when,
                "rows": [_row(row) for row in axes.get("rows", ())],
                "periods": coded(axes.get("periods", ())),
                "missing": coded(question.missing),
            }
        )
    inside = question.name if question.role == "repeat" else repeat
    for inner in question.questions:
        _add(entries, inner, section, own_task, inside, asked_when)


def _row(row: Choice) -> dict[str, Any]:
    unit, indicator = (row.unit, row.indicator) if isinstance(row, Row) else ({}, None)
    return {"code": row.code, "label": dict(row.label), "unit": dict(unit), "indicator": indicator}


def coded(choices: tuple[Choice, ...]) -> list[dict[str, Any]]:
    return [{"code": choice.code, "label": dict(choice.label)} for choice in choices]
