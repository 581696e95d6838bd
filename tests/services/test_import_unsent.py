"""Files of unsent responses: who signed them, and whether that tablet may send."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from survey_server.domain.people import NewPerson, Role
from survey_server.problems import ProblemError
from survey_server.services.devices import Enrolled, enrol, make_code, revoke_device
from survey_server.services.import_unsent import import_unsent
from survey_server.storage import people
from survey_server.storage.database import Database
from survey_server.storage.tables import person, response
from tests.support.field import Field, body
from tests.support.receiving import context_of, sign_unsent, stored_rows


@pytest.fixture
def tablet(database: Database, field: Field) -> Enrolled:
    return enrol(database, make_code(database, "surveyor"), "Máy 01")


def file_of(tablet: Enrolled, *bodies: dict[str, Any], signed_with: str | None) -> dict[str, Any]:
    """The file as the tablet saves it; `signed_with`: the upload token, None for a file without a signature."""
    texts = [json.dumps(each) for each in bodies]
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    rows = [
        {"id": each["id"], "sha256": digest, "body": text}
        for each, text, digest in zip(bodies, texts, digests, strict=True)
    ]
    return sign_unsent(replace(tablet, upload_token=signed_with or ""), rows)


def imported(database: Database, file: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Status and problems of each row."""
    receipts = import_unsent(context_of(database), json.dumps(file).encode())
    return [(each.status.value, [problem.code for problem in each.problems]) for each in receipts]


def test_a_file_signed_by_its_tablet_counts(database: Database, field: Field, tablet: Enrolled) -> None:
    file = file_of(tablet, body(field), body(field), signed_with=tablet.upload_token)
    assert imported(database, file) == [("stored", []), ("stored", [])]


def test_a_simulated_response_in_the_file_is_quarantined_in_a_real_round(
    database: Database, field: Field, tablet: Enrolled
) -> None:
    file = file_of(tablet, body(field, simulated=True), body(field), signed_with=tablet.upload_token)
    assert imported(database, file) == [("quarantined", ["simulated_in_real_round"]), ("stored", [])]


@pytest.mark.parametrize("signature", ["none", "of another tablet", "of other rows", "no text", "not ASCII"])
def test_a_file_that_its_tablet_did_not_sign_is_quarantined(
    database: Database, field: Field, tablet: Enrolled, signature: str
) -> None:
    other = enrol(database, make_code(database, "other"), "Máy 02")
    file = file_of(tablet, body(field), signed_with=None)
    if signature == "of another tablet":
        file = file_of(tablet, body(field), signed_with=other.upload_token)
    elif signature == "of other rows":
        file |= {"hmac": file_of(tablet, body(field), signed_with=tablet.upload_token)["hmac"]}
    elif signature != "none":
        file |= {"hmac": 5 if signature == "no text" else "á" * 64}
    assert imported(database, file) == [("quarantined", ["unsigned_file"])]


def test_a_file_from_before_the_tablet_was_enrolled_again_is_of_its_former_person(
    database: Database, field: Field, tablet: Enrolled
) -> None:
    file = file_of(tablet, body(field), signed_with=tablet.upload_token)
    code = make_code(database, "other")
    again = enrol(database, code, "Máy 01", tablet.device_id, tablet.upload_token)
    assert again.device_id == tablet.device_id
    assert imported(database, file) == [("stored", [])]
    with database.read() as connection:
        assert [each["person_id"] for each in stored_rows(connection)] == [field.surveyor]


def close_account(database: Database, field: Field) -> None:
    database.write(lambda connection: people.set_active(connection, field.surveyor, False))


def take_the_right_away(database: Database, field: Field) -> None:
    change = person.update().where(person.c.id == field.surveyor).values(role=Role.NONE.value)
    database.write(lambda connection: connection.execute(change))


def revoke(database: Database, tablet: Enrolled) -> None:
    revoke_device(database, tablet.device_id)


@pytest.mark.parametrize("reason", ["closed account", "changed role", "revoked tablet"])
def test_a_file_of_a_tablet_that_may_not_send_is_quarantined(
    database: Database, field: Field, tablet: Enrolled, reason: str
) -> None:
    file = file_of(tablet, body(field), signed_with=tablet.upload_token)
    if reason == "closed account":
        close_account(database, field)
    elif reason == "changed role":
        take_the_right_away(database, field)
    else:
        revoke(database, tablet)
    assert imported(database, file) == [("quarantined", ["from_revoked_device"])]
    with database.read() as connection:
        (stored,) = stored_rows(connection, response.c.state == "quarantined")
    assert (stored["person_id"], stored["device_id"]) == (field.surveyor, tablet.device_id)


def test_a_code_is_of_no_use_to_an_account_that_may_no_longer_upload(database: Database, field: Field) -> None:
    code = make_code(database, "surveyor")
    take_the_right_away(database, field)
    with pytest.raises(ProblemError) as refused:
        enrol(database, code, "Máy 01")
    assert refused.value.problem.code == "code_refused"


def test_rows_of_an_unknown_tablet_are_quarantined_under_the_importer(database: Database, field: Field) -> None:
    new = NewPerson("admin", "Admin", Role.ADMIN, None, None, False, "2012-06-01T00:00:00Z")
    admin = database.write(lambda connection: people.add(connection, new))
    unknown = Enrolled("00000000-0000-4000-8000-000000000000", "", "", "x", "", {})
    file = file_of(unknown, body(field), signed_with="x")
    (receipt,) = import_unsent(context_of(database), json.dumps(file).encode(), fallback_person=admin)
    assert receipt.status.value == "quarantined"
