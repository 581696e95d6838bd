"""Receiving decides whether a response is late and what it calculates; every reader takes that from the row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, update

from survey_server.domain.people import Person, Role
from survey_server.domain.responses import CollectedResponse
from survey_server.problems.receiving import FROM_REVOKED_DEVICE
from survey_server.services import receiving, stored_answers
from survey_server.services.receiving import ReceivingContext, UploadedRow
from survey_server.services.settle_quarantine import accept
from survey_server.services.stored_answers import answers_of, complete_calculated
from survey_server.storage import responses
from survey_server.storage.database import Database
from survey_server.storage.migrate import MIGRATIONS
from survey_server.storage.tables import assignment, response
from tests.support.field import Field, assign_also, body, row, surveyor_of, variant_of_example
from tests.support.receiving import context_of

FUTURE, PAST = "2099-12-31", "2012-06-30"
SENT = {"party_change": "clear", "documents": [{"number": "62"}], "documents_total": 7}


@pytest.fixture
def review(database: Database, field: Field, tmp_path: Path) -> str:
    """The assignment of a self-review that is due in the future."""
    id_ = assign_also(database, field, variant_of_example(tmp_path, "review", evidence="self_review"))
    set_due(database, id_, FUTURE)
    return id_


def set_due(database: Database, assignment_id: str, due: str) -> None:
    change = update(assignment).where(assignment.c.id == assignment_id).values(due_on=due)
    database.write(lambda connection: connection.execute(change))


def receive(database: Database, field: Field, *rows: UploadedRow, **sender: Any) -> list[str]:
    """As a server does whose caches are empty."""
    context = ReceivingContext.of(database)
    return [each.status.value for each in receiving.receive(context, surveyor_of(field, **sender), rows)]


def review_body(field: Field, review: str, **changed: Any) -> dict[str, Any]:
    return body(field, **{"questionnaire": "review", "assignment": review, "answers": {"agreed": "yes"}} | changed)


def late(database: Database) -> list[bool]:
    """Of each stored response, in the order of receipt."""
    with database.read() as connection:
        return list(connection.execute(select(response.c.late).order_by(response.c.seq)).scalars())


def collected(database: Database) -> list[CollectedResponse]:
    with database.read() as connection:
        return [each for _, each in responses.collected(connection, seqs(database))]


def decider(field: Field) -> Person:
    return Person(field.other, "central", "Central", Role.CENTRAL, None)


def seqs(database: Database) -> list[int]:
    with database.read() as connection:
        return list(connection.execute(select(response.c.seq).order_by(response.c.seq)).scalars())


def test_the_assignment_s_own_due_day_decides(database: Database, field: Field) -> None:
    """The round is due on 30 June; an extension of one assignment concerns that one alone."""
    completed = {"completed_at": "2012-07-05T08:00:00+07:00"}
    receive(database, field, row(body(field, **completed)))
    set_due(database, field.assignment, "2012-07-10")
    receive(database, field, row(body(field, **completed)), row(body(field, **completed, assignment=None)))
    assert late(database) == [True, False, False]


def test_a_self_review_is_late_by_its_receipt(database: Database, field: Field, review: str) -> None:
    receive(database, field, row(review_body(field, review)))
    set_due(database, review, PAST)
    receive(database, field, row(review_body(field, review)))  # its own clock says that it was completed before
    assert late(database) == [False, True]


def test_a_revision_of_a_self_review_is_as_late_as_its_first_sending(
    database: Database, field: Field, review: str
) -> None:
    first = review_body(field, review)
    receive(database, field, row(first))
    set_due(database, review, PAST)
    second = review_body(field, review, supersedes=first["id"])
    assert receive(database, field, row(second)) == ["stored"]
    third = review_body(field, review, supersedes=second["id"])
    fourth = review_body(field, review, supersedes=third["id"])
    assert receive(database, field, row(third), row(fourth)) == ["stored", "stored"]
    assert late(database) == [False] * 4


def test_a_revision_of_a_late_self_review_is_late(database: Database, field: Field, review: str) -> None:
    set_due(database, review, PAST)
    first = review_body(field, review)
    receive(database, field, row(first))
    receive(database, field, row(review_body(field, review, supersedes=first["id"])))
    assert late(database) == [True, True]


def test_a_revision_of_a_visit_s_response_is_late_by_its_own_completion(database: Database, field: Field) -> None:
    first = body(field)
    later = body(field, supersedes=first["id"], completed_at="2012-07-05T08:00:00+07:00")
    receive(database, field, row(first), row(later))
    assert late(database) == [False, True]


def test_lateness_is_decided_when_a_quarantined_response_is_accepted(database: Database, field: Field) -> None:
    sent = body(field, completed_at="2012-07-05T08:00:00+07:00", answers=SENT)
    assert receive(database, field, row(sent), quarantine=FROM_REVOKED_DEVICE) == ["quarantined"]
    assert late(database) == [False]
    accept(context_of(database), decider(field), seqs(database)[0])
    assert late(database) == [True]
    (stored,) = collected(database)
    assert json.loads(stored.calculated or "") == {"documents_total": 1}


def test_an_accepted_revision_of_a_self_review_is_in_time_where_the_first_was(
    database: Database, field: Field, review: str
) -> None:
    first = review_body(field, review)
    receive(database, field, row(first))
    set_due(database, review, PAST)
    revision = review_body(field, review, supersedes=first["id"])
    assert receive(database, field, row(revision), quarantine=FROM_REVOKED_DEVICE) == ["quarantined"]
    accept(ReceivingContext.of(database), decider(field), seqs(database)[1])
    assert late(database) == [False, False]


def test_what_receiving_calculated_is_read_and_not_calculated_again(
    database: Database, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(database, field, row(body(field, answers=SENT)), row(body(field)))
    monkeypatch.setattr("survey_server.questionnaire.answers.Checker.check", None)
    found = [answers_of(context_of(database).versions, each) for each in collected(database)]
    assert found == [SENT | {"documents_total": 1}] * 2


def test_an_earlier_release_s_responses_are_completed_in_batches(
    database: Database, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(database, field, *(row(body(field, answers=SENT)) for _ in range(5)))
    versions = context_of(database).versions
    decided = [each.calculated for each in collected(database)]
    database.write(lambda connection: connection.execute(update(response).values(calculated=None)))
    assert [answers_of(versions, each)["documents_total"] for each in collected(database)] == [1] * 5
    monkeypatch.setattr(stored_answers, "BATCH_SIZE", 2)
    sizes: list[int] = []
    complete = responses.complete

    def noted(connection: Connection, values: dict[int, tuple[str, str]]) -> None:
        sizes.append(len(values))
        complete(connection, values)

    monkeypatch.setattr(responses, "complete", noted)
    complete_calculated(database, versions)
    assert sizes == [2, 2, 1]
    assert [each.calculated for each in collected(database)] == decided


def test_the_migration_decides_about_stored_responses_as_receiving_does(
    database: Database, field: Field, review: str
) -> None:
    """Columns and decisions are removed and come back by the migration, in several batches."""
    first = review_body(field, review)
    receive(database, field, row(first))
    set_due(database, review, PAST)
    receive(
        database, field,
        row(review_body(field, review, supersedes=first["id"])),
        row(review_body(field, review)),
        row(review_body(field, review, assignment=None)),
        row(body(field, completed_at="2012-06-30T17:30:00Z")),
        row(body(field, completed_at="2012-06-30T17:30:00Z", clock_offset_ms=-3_600_000)),
        row(body(field)),
    )  # fmt: skip
    decided = late(database)
    assert decided == [False, False, True, True, True, False, False]
    set_due(database, review, FUTURE)  # the first was in time for the day that was due then
    receive(database, field, row(body(field)))
    database.write(_run_again)
    assert late(database) == [False, False, False, False, True, False, False, False]
    set_due(database, review, PAST)
    database.write(_run_again)
    assert late(database) == [True, True, True, True, True, False, False, False]


def _run_again(connection: Connection) -> None:
    """Run the migration on the rows as an earlier release left them."""
    for column in ("late", "calculated"):
        connection.exec_driver_sql(f"ALTER TABLE response DROP COLUMN {column}")
    script = ScriptDirectory(str(MIGRATIONS)).get_revision("0006")
    with Operations.context(MigrationContext.configure(connection)):
        script.module.upgrade()
