"""Keeps the table of waiting responses in step with the responses that change."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from functools import partial

from analysis.codebook import JOINED_BY, QuestionnaireBook
from survey_server.domain import CohortSeries, NewWaitingResponse, ancestor_paths
from survey_server.pipeline.context import RoundContext
from survey_server.storage import Connection, Database, waiting_responses
from survey_server.storage.waiting_responses import CountingResponse

MAX_CHANGES = 2_000  # looked at in one step
LOWEST_FOR_OFFICIALS = frozenset({"country", "province"})  # levels at which they may be published


def update_waiting(database: Database, context: RoundContext) -> bool:
    """Note of some of the responses that changed whether and where they wait for a cohort; returns whether any had."""
    with database.read() as connection:
        changes = waiting_responses.changed_responses(connection, context.round.id, MAX_CHANGES)
        moving = _find_continued(connection, context)
    if moving:
        database.write(partial(_move, moving=moving))
    if changes:
        database.write(partial(_store, context=context, changes=changes))
    return bool(changes or moving)


def _find_continued(connection: Connection, context: RoundContext) -> list[tuple[CohortSeries, str]]:
    """Series in which responses wait although later versions have joined them, with the name that they have now."""
    found = []
    for each in waiting_responses.series_of(connection, context.round.id).values():
        now = _series_name(context, each.questionnaire, each.version.rpartition(JOINED_BY)[2])
        if now != each.version and waiting_responses.is_waiting(connection, each.id):
            found.append((each, now))
    return found


def _move(connection: Connection, moving: Iterable[tuple[CohortSeries, str]]) -> None:
    for series, name in moving:
        to = waiting_responses.find_or_add_series(
            connection, series.round_id, series.questionnaire, name, series.evidence, series.respondent
        )
        waiting_responses.move(connection, series.id, to)


def _series_name(context: RoundContext, questionnaire: str, version: str) -> str:
    """The versions that form cohorts together with this one; the version itself where it cannot be read."""
    if (questionnaire, version) not in context.codebook.questionnaires:
        return version
    return context.codebook.joined_series(questionnaire, version)


def _store(connection: Connection, context: RoundContext, changes: Mapping[int, int]) -> None:
    """The responses are read as they are now: looking at one twice does no harm."""
    changed = sorted({*changes.values()})
    waiting_responses.remove_changes(connection, changes)
    series: dict[tuple[str, str, str, str], int] = {}
    waiting: list[NewWaitingResponse] = []
    own = [each for each in waiting_responses.counting_of(connection, changed) if each.round_id == context.round.id]
    for each in own:
        place_id = _place_of(context, each)
        if place_id is None:
            continue  # outside the localities of the round: it is in no figure
        name = _series_name(context, each.questionnaire, each.version)
        key = (each.questionnaire, name, each.evidence, each.respondent)
        if key not in series:
            series[key] = waiting_responses.find_or_add_series(connection, context.round.id, *key)
        book = context.codebook.questionnaires.get((each.questionnaire, each.version))
        waiting.append(
            NewWaitingResponse(
                each.seq, series[key], place_id, each.state == "approved",
                book is not None and is_declined(book, json.loads(each.not_asked)), False, each.weight,
            )
        )  # fmt: skip
    waiting_responses.put(connection, changed, waiting)


def _place_of(context: RoundContext, response: CountingResponse) -> int | None:
    path = context.paths.get(response.locality_id)
    if path is None or response.respondent != "official":
        return response.locality_id if path is not None else None
    above = [each for each in ancestor_paths(path) if context.localities[each].level in LOWEST_FOR_OFFICIALS]
    return context.ids[above[-1]] if above else None


def is_declined(book: QuestionnaireBook, not_asked: Collection[str]) -> bool:
    """Whether nothing was asked but the first section, which asks people for their consent."""
    questions = [each for each in book.questions.values() if each.repeat is None]
    later = [each.name for each in questions if each.section != questions[0].section]
    return bool(later) and all(name in not_asked for name in later)
