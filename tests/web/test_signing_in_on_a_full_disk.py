"""While the database takes no writes, people sign in for a quarter of an hour, and read."""

from __future__ import annotations

import re
import time

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_server.domain.people import Person, Role
from survey_server.services import outage_sessions
from survey_server.services.people import add_person
from survey_server.services.sign_in import end_sessions, person_of_session
from survey_server.settings import Settings
from survey_server.storage import people
from survey_server.storage.database import Database
from tests.api.test_unavailable import fill_up

PASSWORD = "mot mat khau du dai"


@pytest.fixture
def lan(sqlite_database: Database, client: FlaskClient) -> FlaskClient:
    """Nobody is signed in, and nothing can be written."""
    add_person(sqlite_database, "lan", "Trần Thị Lan", Role.ANALYST, password=PASSWORD)
    set_read_only(sqlite_database, True)
    return client


def set_read_only(database: Database, is_read_only: bool) -> None:
    with database.writing_engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA query_only={int(is_read_only)}")


def sign_in(client: FlaskClient, password: str = PASSWORD) -> TestResponse:
    page = client.get("/login").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    return client.post("/login", data={"csrf_token": token[1], "account": "lan", "password": password})


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("survey_session")
    return found.value if found is not None else ""


def test_somebody_signs_in_reads_and_is_told_that_nothing_is_written(
    lan: FlaskClient, sqlite_database: Database
) -> None:
    assert sign_in(lan).status_code == 302
    assert lan.get("/charts").status_code == 200
    assert lan.get("/responses").status_code == 200
    lan.delete_cookie("survey_session")
    assert sign_in(lan, "another password").status_code == 403
    assert lan.get("/responses").status_code == 302
    assert sign_in(lan).status_code == 302
    set_read_only(sqlite_database, False)
    assert lan.get("/responses").status_code == 200
    assert person_of_session(sqlite_database, cookie(lan)) is None  # nothing was stored
    lan.delete_cookie("survey_session")
    assert sign_in(lan).status_code == 302
    assert person_of_session(sqlite_database, cookie(lan)) is not None


def test_it_ends_after_a_quarter_of_an_hour(lan: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(lan)
    later = time.time() + outage_sessions.OUTAGE_SESSION_TTL + 1
    monkeypatch.setattr(outage_sessions.time, "time", lambda: later)
    assert lan.get("/responses").status_code == 302


def test_it_ends_with_the_password_and_with_the_account(lan: FlaskClient, sqlite_database: Database) -> None:
    sign_in(lan)
    set_read_only(sqlite_database, False)
    with sqlite_database.read() as connection:
        person = people.by_account(connection, "lan")
        assert person is not None
        hashed = people.password_hash(connection, person.id)
    change = people.person.update().where(people.person.c.id == person.id)
    sqlite_database.write(lambda c: c.execute(change.values(password_hash="another")))
    assert lan.get("/responses").status_code == 302
    sqlite_database.write(lambda c: c.execute(change.values(password_hash=hashed)))
    assert lan.get("/responses").status_code == 200
    sqlite_database.write(lambda c: c.execute(change.values(totp_secret="sealed")))
    assert lan.get("/responses").status_code == 302
    sqlite_database.write(lambda c: c.execute(change.values(totp_secret=None)))
    assert lan.get("/responses").status_code == 200
    sqlite_database.write(lambda c: c.execute(change.values(active=False)))
    assert lan.get("/responses").status_code == 302


def test_it_ends_with_the_sessions_of_the_account(lan: FlaskClient, sqlite_database: Database) -> None:
    sign_in(lan)
    set_read_only(sqlite_database, False)
    with sqlite_database.read() as connection:
        person = people.by_account(connection, "lan")
        assert person is not None
        administrator = Person(0, "admin", "Quản trị", Role.ADMIN, None)
    assert lan.get("/responses").status_code == 200
    end_sessions(sqlite_database, person.id, administrator)
    assert lan.get("/responses").status_code == 302


def test_it_ends_at_signing_out(lan: FlaskClient) -> None:
    sign_in(lan)
    page = lan.get("/charts").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    assert lan.post("/logout", data={"csrf_token": token[1]}).status_code == 302
    assert cookie(lan) == ""


@pytest.mark.parametrize("change", ["person", "expiry", "signature", "short", "long ago"])
def test_an_altered_token_opens_nothing(lan: FlaskClient, settings: Settings, change: str) -> None:
    sign_in(lan)
    word, person, expiry, signature = cookie(lan).split(".")
    altered = {
        "person": f"{word}.{int(person) + 1}.{expiry}.{signature}",
        "expiry": f"{word}.{person}.{int(expiry) + 60}.{signature}",
        "signature": f"{word}.{person}.{expiry}.{signature[::-1]}",
        "short": f"{word}.{person}",
        "long ago": f"{word}.{person}.{'9' * 15}.{signature}",
    }[change]
    lan.set_cookie("survey_session", altered)
    assert lan.get("/responses").status_code == 302


def test_a_disk_that_is_really_full(sqlite_database: Database, client: FlaskClient) -> None:
    add_person(sqlite_database, "lan", "Trần Thị Lan", Role.ANALYST, password=PASSWORD)
    fill_up(sqlite_database, full=True)
    assert sign_in(client).status_code == 302
    assert client.get("/responses").status_code == 200
