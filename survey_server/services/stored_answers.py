"""The answers of stored responses with the calculated values of the server, which replace what a device calculated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from survey_server.domain import CollectedResponse
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.storage import Connection, Database, responses

BATCH_SIZE = 500  # responses completed in one transaction


def calculated_to_json(calculated: Mapping[str, Any]) -> str:
    """The column `calculated`: the values that differ from what was sent, None for those that do not exist."""
    return json.dumps(calculated, ensure_ascii=False, separators=(",", ":")) if calculated else "{}"


class UnreadableBodyError(ValueError):
    """The stored body of a response is damaged: it is not the JSON of a response."""


def answers_of(versions: QuestionnaireVersions, row: CollectedResponse) -> dict[str, Any]:
    """The answers by question, typed as in the body: a number is a number, a code is text. What receiving calculated
    is used; it is calculated here only for a response that a release without that column stored.

    Raises UnreadableBodyError.
    """
    sent = _sent_answers(row)
    calculated = row.calculated if row.calculated is not None else _calculate(versions, row, sent)
    return sent if calculated in (None, "{}") else sent | json.loads(calculated)


def complete_calculated(database: Database, versions: QuestionnaireVersions) -> None:
    """Fill the column `calculated` of the responses that a release without it stored, in transactions of at most
    BATCH_SIZE responses; what was interrupted is completed by the next call."""
    for each in versions.all():
        if each.checker.calculates:
            after: int | None = 0
            while after is not None:
                after = _complete_some(database, versions, each.published.id, each.published.version, after)


def _complete_some(
    database: Database, versions: QuestionnaireVersions, questionnaire: str, version: str, after: int
) -> int | None:
    """Complete one batch; returns the number of its last response, None after the last batch."""
    with database.read() as connection:
        rows = responses.without_calculated(connection, questionnaire, version, after, BATCH_SIZE)
    values: dict[int, str | None] = {}
    for seq, row in rows:
        with suppress(UnreadableBodyError):  # doctor lists it
            values[seq] = _calculate(versions, row, _sent_answers(row))

    def store(connection: Connection) -> None:
        responses.set_calculated(connection, values)

    if values:
        database.write(store)
    return rows[-1][0] if len(rows) == BATCH_SIZE else None


def _sent_answers(row: CollectedResponse) -> dict[str, Any]:
    """The answers in the body. Raises UnreadableBodyError."""
    try:
        sent = json.loads(row.body)["answers"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise UnreadableBodyError(f"response {row.id}: {error!r}") from error
    if not isinstance(sent, dict):
        raise UnreadableBodyError(f"response {row.id}: its answers are not an object")
    return sent


def _calculate(versions: QuestionnaireVersions, row: CollectedResponse, sent: dict[str, Any]) -> str | None:
    version = versions.find(row.questionnaire, row.version)
    if version is None or not version.checker.calculates:
        return None
    return calculated_to_json(version.checker.check(sent, row.completed_at).recomputed)
