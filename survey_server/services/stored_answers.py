"""The answers of stored responses with the calculated values of the server, which replace what a device calculated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from survey_server.domain import CollectedResponse, TalliedResponse
from survey_server.questionnaire.answers import Checked
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.storage import Connection, Database, responses
from survey_server.strict_json import read_stored

BATCH_SIZE = 500  # responses completed in one transaction

AnsweredResponse = CollectedResponse | TalliedResponse


def calculated_to_json(calculated: Mapping[str, Any]) -> str:
    """The column `calculated`: the values that differ from what was sent, None for those that do not exist."""
    return json.dumps(calculated, ensure_ascii=False, separators=(",", ":")) if calculated else "{}"


class UnreadableBodyError(ValueError):
    """The stored body of a response is damaged: it is not the JSON of a response."""


def answers_of(versions: QuestionnaireVersions, row: AnsweredResponse) -> dict[str, Any]:
    """The answers by question, typed as in the body: a number is a number, a code is text. What receiving calculated
    is used; it is calculated here only for a response that a release without that column stored.

    Raises UnreadableBodyError.
    """
    sent = _sent_answers(row)
    if row.calculated is None:
        checked = _check(versions, row, sent)
        return sent if checked is None else sent | checked.recomputed
    return sent if row.calculated == "{}" else sent | json.loads(row.calculated)


def complete_calculated(database: Database, versions: QuestionnaireVersions) -> None:
    """Fill the column `calculated` of the responses that a release without it stored, and add to `not_asked` the
    questions that no instance of their repeat was asked, in transactions of at most BATCH_SIZE responses; what was
    interrupted is completed by the next call."""
    for each in versions.all():
        if each.checker.has_derived_values:
            after: int | None = 0
            while after is not None:
                after = _complete_some(database, versions, each.published.id, each.published.version, after)


def _complete_some(
    database: Database, versions: QuestionnaireVersions, questionnaire: str, version: str, after: int
) -> int | None:
    """Complete one batch; returns the number of its last response, None after the last batch."""
    with database.read() as connection:
        rows = responses.without_calculated(connection, questionnaire, version, after, BATCH_SIZE)
    values: dict[int, tuple[str, str]] = {}
    for seq, row in rows:
        with suppress(UnreadableBodyError):  # doctor lists it
            if (checked := _check(versions, row, _sent_answers(row))) is not None:
                not_asked = dict.fromkeys([*json.loads(row.not_asked), *checked.not_asked])
                values[seq] = calculated_to_json(checked.recomputed), json.dumps([*not_asked])

    def store(connection: Connection) -> None:
        responses.complete(connection, values)

    if values:
        database.write(store)
    return rows[-1][0] if len(rows) == BATCH_SIZE else None


def _sent_answers(row: AnsweredResponse) -> dict[str, Any]:
    """The answers in the body. Raises UnreadableBodyError."""
    try:
        sent = read_stored(row.body)["answers"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise UnreadableBodyError(f"response {row.id}: {error!r}") from error
    if not isinstance(sent, dict):
        raise UnreadableBodyError(f"response {row.id}: its answers are not an object")
    return sent


def _check(versions: QuestionnaireVersions, row: AnsweredResponse, sent: dict[str, Any]) -> Checked | None:
    """None where the route adds nothing to what was sent, or the version is unknown."""
    version = versions.find(row.questionnaire, row.version)
    if version is None or not version.checker.has_derived_values:
        return None
    return version.checker.check(sent, row.completed_at)
