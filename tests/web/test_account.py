"""Passwords on the pages: changed by their people, reset by an administrator, chosen at the first sign-in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_server.domain.people import Role
from survey_server.services.passwords import hash_password
from survey_server.services.people import add_person
from survey_server.services.verify_audit import verify_audit
from survey_server.storage import people
from survey_server.storage.database import Database
from survey_server.storage.tables import audit, person
from tests.support.field import prepare_field
from tests.web.test_sessions import log_in, token_of

PASSWORD = "con duong doc bo ho"
NEW = "nhà sàn bên suối"
ONE_TIME = re.compile(r"<strong>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</strong>")


@pytest.fixture
def app(app: Flask, sqlite_database: Database, tmp_path: Path) -> Flask:
    prepare_field(sqlite_database, tmp_path)
    add_person(sqlite_database, "tuan", "Bùi Anh Tuấn", Role.ADMIN, None, PASSWORD)
    add_person(sqlite_database, "hanoi", "Thành", Role.ADMIN, "test:province:01", PASSWORD)
    add_person(sqlite_database, "lan", "Trần Thị Lan", Role.CENTRAL, None, PASSWORD)
    add_person(sqlite_database, "demo1", "Dùng thử", Role.CENTRAL, None, PASSWORD, demo=True)
    return app


def number_of(database: Database, account: str) -> int:
    with database.read() as connection:
        return int(connection.execute(select(person.c.id).where(person.c.account == account)).scalar_one())


def change(client: FlaskClient, current: str = PASSWORD, new: str = NEW, again: str = "") -> TestResponse:
    sent = {
        "csrf_token": token_of(client, "/account/password"),
        "current_password": current, "new_password": new, "new_password_again": again or new,
    }  # fmt: skip
    return client.post("/account/password", data=sent)


def manage(client: FlaskClient, person_id: int, **pressed: str) -> TestResponse:
    return client.post(f"/people/{person_id}", data={"csrf_token": token_of(client, "/people"), **pressed})


def actions(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(audit.c.action).order_by(audit.c.id)).scalars())


def test_a_changed_password_replaces_the_former_one_and_ends_other_sessions(
    app: Flask, sqlite_database: Database
) -> None:
    here, elsewhere = app.test_client(), app.test_client()
    for client in (here, elsewhere):
        log_in(client, "lan", PASSWORD)
    assert change(here).status_code == 302
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert log_in(app.test_client(), "lan", PASSWORD).status_code == 403
    assert log_in(app.test_client(), "lan", NEW).status_code == 302
    assert "change_password" in actions(sqlite_database)
    assert verify_audit(sqlite_database).is_sound


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"current": "wrong password"}, "Mật khẩu đang dùng không đúng"),
        ({"new": "mttq2012"}, "“mttq”"),
        ({"new": "matkhau1"}, "“matkhau”"),
        ({"new": "tranthilan12"}, "“tranthilan”"),
        ({"new": "12345678"}, "chỉ gồm chữ số"),
        ({"new": "ngắn"}, "ít nhất 8"),
        ({"new": PASSWORD}, "phải khác"),
        ({"again": "nhà sàn bên sông"}, "không giống nhau"),
    ],
)
def test_a_password_that_is_not_taken_is_named_with_its_reason(app: Flask, typed: dict[str, str], said: str) -> None:
    client = app.test_client()
    log_in(client, "lan", PASSWORD)
    refused = change(client, **typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert said in page.split('role="alert"')[1].split("</div>")[0]
    assert not {value for value in typed.values() if f'value="{value}"' in page}
    assert log_in(app.test_client(), "lan", PASSWORD).status_code == 302


@pytest.mark.parametrize(("account", "must_change"), [("lan", True), ("demo1", False)])
def test_a_password_of_before_the_rules_is_changed_at_the_next_sign_in(
    app: Flask, sqlite_database: Database, account: str, must_change: bool
) -> None:
    """Not of a demo account, whose password everybody knows."""
    weak, client = "matkhau1", app.test_client()
    hashed, id_ = hash_password(weak), number_of(sqlite_database, account)
    sqlite_database.write(lambda connection: people.set_password(connection, id_, hashed, must_change=False))
    assert log_in(client, account, weak).status_code == 302
    assert (client.get("/").headers["Location"] == "/account/password") is must_change
    assert ("require_new_password" in actions(sqlite_database)) is must_change
    if must_change:
        assert change(client, current=weak).headers["Location"] == "/"
        assert log_in(app.test_client(), account, NEW).status_code == 302
        assert actions(sqlite_database).count("require_new_password") == 1
        assert client.get("/questionnaires").status_code == 200


def test_guessing_the_current_password_is_slowed_down(app: Flask) -> None:
    client = app.test_client()
    log_in(client, "lan", PASSWORD)
    assert [change(client, current=f"guess {number}").status_code for number in range(6)] == [422] * 5 + [429]
    assert change(client).status_code == 429


def test_a_reset_gives_a_password_for_one_sign_in_and_ends_all_sessions(app: Flask, sqlite_database: Database) -> None:
    admin, person_client = app.test_client(), app.test_client()
    log_in(person_client, "lan", PASSWORD)
    log_in(admin, "tuan", PASSWORD)
    shown = manage(admin, number_of(sqlite_database, "lan"), reset_password="1")
    one_time = ONE_TIME.search(shown.get_data(as_text=True))
    assert one_time is not None
    assert ONE_TIME.search(admin.get(f"/people/{number_of(sqlite_database, 'lan')}").get_data(as_text=True)) is None
    assert person_client.get("/account").status_code == 302
    assert log_in(app.test_client(), "lan", PASSWORD).status_code == 403

    assert log_in(person_client, "lan", one_time[1]).status_code == 302
    for path in ("/", "/charts", "/questionnaires", "/account", "/account/second-factor", "/quarantine"):
        assert person_client.get(path).headers["Location"] == "/account/password", path
    form = {"csrf_token": token_of(person_client, "/account/password")}
    assert person_client.post("/quarantine/1", data=form).headers["Location"] == "/account/password"
    assert "/charts" not in person_client.get("/account/password").get_data(as_text=True)
    assert change(person_client, current=one_time[1], new=one_time[1]).status_code == 422
    assert change(person_client, current=one_time[1]).headers["Location"] == "/"
    assert person_client.get("/questionnaires").status_code == 200
    assert log_in(app.test_client(), "lan", one_time[1]).status_code == 403
    assert {"reset_password", "change_password"} <= set(actions(sqlite_database))


def test_an_account_that_is_delayed_can_sign_in_with_its_reset_password(app: Flask, sqlite_database: Database) -> None:
    admin = app.test_client()
    log_in(admin, "tuan", PASSWORD)
    for _ in range(6):
        log_in(app.test_client(), "lan", "wrong password")
    assert log_in(app.test_client(), "lan", PASSWORD).status_code == 429
    shown = manage(admin, number_of(sqlite_database, "lan"), reset_password="1").get_data(as_text=True)
    one_time = ONE_TIME.search(shown)
    assert one_time is not None
    assert log_in(app.test_client(), "lan", one_time[1]).status_code == 302


@pytest.mark.slow
def test_nobody_resets_accounts_outside_their_area_their_own_or_the_demos(
    app: Flask, sqlite_database: Database
) -> None:
    client, district = app.test_client(), app.test_client()
    log_in(client, "tuan", PASSWORD)
    log_in(district, "hanoi", PASSWORD)
    for name in ("reset_password", "reset_second_factor"):
        assert manage(district, number_of(sqlite_database, "lan"), **{name: "1"}).status_code == 404
        own = manage(client, number_of(sqlite_database, "tuan"), **{name: "1"})
        assert own.status_code == 302
    demo = manage(client, number_of(sqlite_database, "demo1"), reset_password="1")
    assert ONE_TIME.search(demo.get_data(as_text=True)) is None
    for account in ("lan", "tuan", "demo1"):
        assert log_in(app.test_client(), account, PASSWORD).status_code == 302
    assert not {"reset_password", "reset_second_factor"} & set(actions(sqlite_database))


def test_an_account_of_the_demo_keeps_its_password(app: Flask) -> None:
    client = app.test_client()
    log_in(client, "demo1", PASSWORD)
    assert "dùng thử" in client.get("/account/password").get_data(as_text=True)
    sent = {"csrf_token": token_of(client, "/account"), "current_password": PASSWORD, "new_password": NEW}
    assert client.post("/account/password", data=sent | {"new_password_again": NEW}).status_code == 422
    assert log_in(app.test_client(), "demo1", PASSWORD).status_code == 302


@pytest.mark.parametrize("typed", ["", "một câu tạm cho Hoa"])
def test_a_new_account_begins_with_choosing_a_password(app: Flask, sqlite_database: Database, typed: str) -> None:
    admin = app.test_client()
    log_in(admin, "tuan", PASSWORD)
    sent = {"csrf_token": token_of(admin, "/people"), "account": "hoa", "name": "Lê Thị Hoa", "role": "central"}
    added = admin.post("/people", data=sent | {"password": typed})
    shown = ONE_TIME.search(added.get_data(as_text=True))
    assert (shown is None) == bool(typed)
    client = app.test_client()
    assert log_in(client, "hoa", typed or (shown[1] if shown else "")).status_code == 302
    assert client.get("/charts").headers["Location"] == "/account/password"


def test_a_weak_first_password_is_refused_and_what_was_typed_stays(app: Flask) -> None:
    admin = app.test_client()
    log_in(admin, "tuan", PASSWORD)
    sent = {"csrf_token": token_of(admin, "/people"), "account": "hoa", "name": "Lê Thị Hoa", "role": "central"}
    refused = admin.post("/people", data=sent | {"password": "mttq2012"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "“mttq”" in page
    assert 'value="Lê Thị Hoa"' in page
    assert "mttq2012" not in page
