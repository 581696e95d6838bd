"""Two-step sign-in on the pages: who needs it, setting it up, codes that are good once, recovery codes, resets."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from survey_server.app import bind_runtime
from survey_server.domain.people import Role
from survey_server.runtime import open_runtime
from survey_server.services import second_factor, totp
from survey_server.services.doctor import diagnose
from survey_server.services.people import add_person
from survey_server.settings import Settings
from survey_server.storage.database import Database
from survey_server.storage.tables import audit, person, recovery_code, survey_round
from tests.support.field import prepare_field
from tests.web.test_sessions import log_in, session_of, token_of

PASSWORD = "con duong doc bo ho"
SET_UP = "/account/second-factor"
STAFF = (Role.CENTRAL, Role.ADMIN)


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(second_factor, "time", clock)
    return clock


@pytest.fixture
def wanted() -> str:
    """The value of SURVEY_SECOND_FACTOR."""
    return "auto"


@pytest.fixture
def app(
    built_app: Flask, settings: Settings, sqlite_database: Database, tmp_path: Path, wanted: str, clock: Clock
) -> Iterator[Flask]:
    config = dict(built_app.config)
    prepare_field(sqlite_database, tmp_path)
    for role in Role:
        area = "test:province:01" if role is Role.COORDINATOR else None
        add_person(sqlite_database, f"x-{role.value}", "Nguyễn Văn", role, area, PASSWORD)
    add_person(sqlite_database, "demo1", "Dùng thử", Role.ADMIN, None, PASSWORD, demo=True)
    bind_runtime(built_app, open_runtime(dataclasses.replace(settings, second_factor=wanted), sqlite_database))
    yield built_app
    built_app.config.clear()
    built_app.config.update(config)


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def key_of(page: str) -> bytes:
    import base64

    found = re.search(r'class="key">([A-Z2-7 ]+)<', page)
    assert found is not None
    return base64.b32decode(found[1].replace(" ", ""))


@dataclasses.dataclass
class Telephone:
    secret: bytes
    clock: Clock
    recovery_codes: list[str]

    def code(self, steps: int = 0) -> str:
        return totp.code_at(self.secret, int(self.clock.now) // totp.STEP + steps)

    def next_code(self) -> str:
        """Of the following half minute: each is good once."""
        self.clock.now += totp.STEP
        return self.code()


def post(client: FlaskClient, path: str, **sent: str) -> TestResponse:
    return client.post(path, data={"csrf_token": token_of(client, SET_UP), **sent})


def set_up(client: FlaskClient, clock: Clock, page: str | None = None) -> Telephone:
    page = page or client.get(SET_UP).get_data(as_text=True)
    secret = key_of(page)
    code = totp.code_at(secret, int(clock.now) // totp.STEP)
    done = post(client, SET_UP, setup=hidden(page, "setup"), code=code, confirm="1")
    assert done.status_code == 200
    codes = re.findall(r"<li>([A-Z2-9]{5}-[A-Z2-9]{5}-[A-Z2-9]{5})</li>", done.get_data(as_text=True))
    assert len(codes) == 10
    return Telephone(secret, clock, codes)


def begin(client: FlaskClient, account: str) -> str:
    """Type the password; returns the ticket of the page that asks for the code."""
    page = log_in(client, account, PASSWORD)
    assert page.status_code == 200
    assert session_of(client) is None
    return hidden(page.get_data(as_text=True), "ticket")


def finish(client: FlaskClient, ticket: str, code: str) -> int:
    sent = {"csrf_token": token_of(client), "ticket": ticket, "code": code}
    return client.post("/login/code", data=sent).status_code


def enrolled(app: Flask, clock: Clock, account: str = "x-central") -> tuple[FlaskClient, Telephone]:
    client = app.test_client()
    log_in(client, account, PASSWORD)
    return client, set_up(client, clock)


def statuses(app: Flask, account: str) -> str | None:
    client = app.test_client()
    log_in(client, account, PASSWORD)
    return client.get("/").headers.get("Location")


def is_asked(app: Flask, account: str) -> bool:
    return statuses(app, account) == SET_UP


@pytest.mark.parametrize("role", list(Role))
def test_central_staff_and_administrators_need_it_in_a_real_round(app: Flask, role: Role) -> None:
    assert is_asked(app, f"x-{role.value}") == (role in STAFF)
    assert not is_asked(app, "demo1")


def test_without_a_real_round_nobody_needs_it(app: Flask, sqlite_database: Database) -> None:
    sqlite_database.write(lambda c: c.execute(update(survey_round).values(simulated=True)))
    assert not any(is_asked(app, f"x-{role.value}") for role in STAFF)


@pytest.mark.parametrize("wanted", ["always"])
def test_the_setting_asks_for_it_without_a_round_but_never_of_the_demo(app: Flask, sqlite_database: Database) -> None:
    sqlite_database.write(lambda c: c.execute(update(survey_round).values(simulated=True)))
    assert all(is_asked(app, f"x-{role.value}") for role in STAFF)
    assert not is_asked(app, "demo1")


@pytest.mark.slow
@pytest.mark.parametrize("wanted", ["never"])
def test_the_setting_may_leave_it_to_each_person(app: Flask, clock: Clock) -> None:
    assert not any(is_asked(app, f"x-{role.value}") for role in STAFF)
    _, telephone = enrolled(app, clock, "x-analyst")
    client = app.test_client()
    assert finish(client, begin(client, "x-analyst"), telephone.next_code()) == 302
    turned_off = post(client, SET_UP, code=telephone.next_code(), turn_off="1")
    assert turned_off.status_code == 302
    assert log_in(app.test_client(), "x-analyst", PASSWORD).status_code == 302


@pytest.mark.slow
def test_until_it_is_set_up_no_other_page_opens(app: Flask, clock: Clock) -> None:
    client = app.test_client()
    log_in(client, "x-admin", PASSWORD)
    for path in ("/", "/people", "/account", "/account/password", "/quarantine", "/monitor"):
        assert client.get(path).headers["Location"] == SET_UP, path
    assert client.post("/people", data={"csrf_token": token_of(client, SET_UP)}).headers["Location"] == SET_UP
    set_up(client, clock)
    assert client.get("/people").status_code == 200


@pytest.mark.slow
def test_a_wrong_code_turns_nothing_on_and_the_key_stays(app: Flask, clock: Clock) -> None:
    client = app.test_client()
    log_in(client, "x-admin", PASSWORD)
    page = client.get(SET_UP).get_data(as_text=True)
    refused = post(client, SET_UP, setup=hidden(page, "setup"), code="000000", confirm="1")
    assert refused.status_code == 422
    assert key_of(refused.get_data(as_text=True)) == key_of(page)
    assert client.get("/people").headers["Location"] == SET_UP
    set_up(client, clock, refused.get_data(as_text=True))
    assert client.get("/people").status_code == 200


@pytest.mark.slow
def test_a_setup_of_somebody_else_or_of_yesterday_is_not_taken(app: Flask, clock: Clock) -> None:
    clients = [app.test_client(), app.test_client()]
    pages = []
    for client, account in zip(clients, ("x-admin", "x-central"), strict=True):
        log_in(client, account, PASSWORD)
        pages.append(client.get(SET_UP).get_data(as_text=True))

    def confirm(client: FlaskClient, page: str) -> int:
        code = totp.code_at(key_of(page), int(clock.now) // totp.STEP)
        return post(client, SET_UP, setup=hidden(page, "setup"), code=code, confirm="1").status_code

    assert confirm(clients[0], pages[1]) == 422
    clock.now += 3601
    assert confirm(clients[0], pages[0]) == 422
    assert clients[0].get("/people").headers["Location"] == SET_UP


@pytest.mark.slow
def test_signing_in_needs_the_code_and_each_code_is_good_once(app: Flask, clock: Clock) -> None:
    _, telephone = enrolled(app, clock)
    client = app.test_client()
    ticket = begin(client, "x-central")
    assert client.get("/questionnaires").status_code == 302
    assert finish(client, ticket, telephone.code()) == 403  # the one that turned it on
    code = telephone.next_code()
    assert finish(client, ticket, code) == 302
    assert client.get("/questionnaires").status_code == 200
    other = app.test_client()
    assert finish(other, begin(other, "x-central"), code) == 403
    assert finish(other, begin(other, "x-central"), telephone.next_code()) == 302


def test_a_recovery_code_is_good_once_and_may_be_typed_in_small_letters(app: Flask, clock: Clock) -> None:
    _, telephone = enrolled(app, clock)
    first, second, *_ = telephone.recovery_codes
    client, other = app.test_client(), app.test_client()
    assert finish(client, begin(client, "x-central"), first) == 302
    assert finish(other, begin(other, "x-central"), first) == 403
    assert finish(other, begin(other, "x-central"), second.lower().replace("-", " ")) == 302
    assert "Còn 8 mã" in client.get(SET_UP).get_data(as_text=True)


def test_new_recovery_codes_replace_the_former_ones(app: Flask, clock: Clock) -> None:
    client, telephone = enrolled(app, clock)
    page = post(client, SET_UP, code=telephone.next_code(), codes="1").get_data(as_text=True)
    fresh = re.findall(r"<li>([A-Z2-9]{5}-[A-Z2-9]{5}-[A-Z2-9]{5})</li>", page)
    assert len(set(fresh)) == 10
    assert not set(fresh) & set(telephone.recovery_codes)
    other = app.test_client()
    assert finish(other, begin(other, "x-central"), telephone.recovery_codes[0]) == 403
    assert finish(other, begin(other, "x-central"), fresh[0]) == 302


@pytest.mark.slow
def test_another_telephone_replaces_the_first_after_a_code_of_that(app: Flask, clock: Clock) -> None:
    client, first = enrolled(app, clock)
    assert post(client, SET_UP, code="000000", replace="1").status_code == 422
    second = set_up(client, clock, post(client, SET_UP, code=first.next_code(), replace="1").get_data(as_text=True))
    other = app.test_client()
    assert finish(other, begin(other, "x-central"), first.next_code()) == 403
    assert finish(other, begin(other, "x-central"), second.next_code()) == 302


def test_a_setup_without_a_code_of_the_present_telephone_replaces_nothing(
    app: Flask, clock: Clock, settings: Settings, sqlite_database: Database
) -> None:
    client, _ = enrolled(app, clock)
    from survey_server.storage import people

    with sqlite_database.read() as connection:
        central = people.by_account(connection, "x-central")
    assert central is not None
    setup = second_factor.start_setup(settings.secret_key, central)
    code = totp.code_at(key_of(f'class="key">{setup.secret}<'), int(clock.now) // totp.STEP)
    assert post(client, SET_UP, setup=setup.sealed, code=code, confirm="1").status_code == 422


def test_it_cannot_be_turned_off_where_it_is_required(app: Flask, clock: Clock) -> None:
    client, telephone = enrolled(app, clock)
    assert "turn_off" not in client.get(SET_UP).get_data(as_text=True)
    assert post(client, SET_UP, code=telephone.next_code(), turn_off="1").status_code == 422
    assert log_in(app.test_client(), "x-central", PASSWORD).status_code == 200


def test_guessing_codes_is_slowed_down(app: Flask, clock: Clock) -> None:
    _, telephone = enrolled(app, clock)
    client = app.test_client()
    ticket = begin(client, "x-central")
    tried = [finish(client, ticket, f"{number:06}") for number in range(6)]
    assert tried == [403] * 5 + [429]
    assert finish(client, ticket, telephone.next_code()) == 429


def test_a_ticket_is_good_for_a_few_minutes_and_for_its_password(
    app: Flask, clock: Clock, sqlite_database: Database
) -> None:
    _, telephone = enrolled(app, clock)
    client = app.test_client()
    late, early = begin(client, "x-central"), begin(client, "x-central")
    clock.now += second_factor.TICKET_TTL + 1
    assert finish(client, late, telephone.next_code()) == 403
    ticket = begin(client, "x-central")
    changed = update(person).where(person.c.account == "x-central").values(password_hash="another")
    sqlite_database.write(lambda connection: connection.execute(changed))
    assert finish(client, ticket, telephone.next_code()) == 403
    for forged in ("", "x", early[:-4] + "AAAA"):
        assert finish(client, forged, telephone.next_code()) == 403
    assert session_of(client) is None


def test_turning_it_on_ends_the_other_sessions(app: Flask, clock: Clock) -> None:
    other = app.test_client()
    log_in(other, "x-central", PASSWORD)
    client, _ = enrolled(app, clock)
    assert other.get("/").headers["Location"].startswith("/login")
    assert client.get("/questionnaires").status_code == 200


@pytest.mark.slow
def test_an_administrator_resets_it_for_who_lost_the_telephone(
    app: Flask, clock: Clock, sqlite_database: Database
) -> None:
    client, _ = enrolled(app, clock)
    admin, _ = enrolled(app, clock, "x-admin")
    with sqlite_database.read() as connection:
        number = connection.execute(select(person.c.id).where(person.c.account == "x-central")).scalar_one()
    assert 'name="reset_second_factor"' in admin.get(f"/people/{number}").get_data(as_text=True)
    assert post(admin, f"/people/{number}", reset_second_factor="1").status_code == 302
    assert client.get("/charts").headers["Location"].startswith("/login")
    again = app.test_client()
    assert log_in(again, "x-central", PASSWORD).status_code == 302
    assert again.get("/charts").headers["Location"] == SET_UP
    with sqlite_database.read() as connection:
        assert connection.execute(select(recovery_code).where(recovery_code.c.person_id == number)).all() == []
        done = set(connection.execute(select(audit.c.action)).scalars())
    assert {"turn_on_second_factor", "reset_second_factor"} <= done


def test_the_secret_and_the_codes_are_not_readable_in_the_database(
    app: Flask, clock: Clock, sqlite_database: Database
) -> None:
    _, telephone = enrolled(app, clock)
    raw = totp.secret_text(telephone.secret).replace(" ", "")
    with sqlite_database.read() as connection:
        rows: list[Any] = [*connection.execute(select(person)), *connection.execute(select(recovery_code)),
                           *connection.execute(select(audit))]  # fmt: skip
    stored = repr(rows)
    for secret in (raw, telephone.secret.hex(), *telephone.recovery_codes):
        assert secret not in stored
        assert secret.replace("-", "") not in stored


def test_with_another_secret_key_a_recovery_code_still_works_and_doctor_says_what_is_wrong(
    app: Flask, clock: Clock, settings: Settings, sqlite_database: Database
) -> None:
    _, telephone = enrolled(app, clock)
    changed = dataclasses.replace(settings, secret_key="f3" * 32, second_factor="auto")
    bind_runtime(app, open_runtime(changed, sqlite_database))
    client = app.test_client()
    ticket = begin(client, "x-central")
    assert finish(client, ticket, telephone.next_code()) == 403
    assert finish(client, ticket, telephone.recovery_codes[0]) == 302
    said = [each.message.text("en") for each in diagnose(sqlite_database, changed) if each.level == "error"]
    assert [each for each in said if "x-central" in each and "secret key has changed" in each]
    assert not [each for each in diagnose(sqlite_database, settings) if "x-central" in each.message.text("en")]


def test_an_account_of_the_demo_has_none(app: Flask) -> None:
    client = app.test_client()
    log_in(client, "demo1", PASSWORD)
    page = client.get(SET_UP).get_data(as_text=True)
    assert "otpauth" not in page
    assert 'name="setup"' not in page
    assert post(client, "/account/second-factor", setup="x", code="000000", confirm="1").status_code == 200
    assert log_in(app.test_client(), "demo1", PASSWORD).status_code == 302


def test_what_was_typed_before_the_session_ended_is_kept_over_both_steps(app: Flask, clock: Clock) -> None:
    import json

    _, telephone = enrolled(app, clock)
    client = app.test_client()
    kept = json.dumps([["", "/people"], ["name", "Lê Thị Hoa"]])
    sent = {"account": "x-central", "password": PASSWORD, "csrf_token": token_of(client), "kept": kept}
    page = client.post("/login", data=sent).get_data(as_text=True)
    sent = {
        "csrf_token": token_of(client),
        "ticket": hidden(page, "ticket"),
        "code": telephone.next_code(),
        "kept": kept,
    }
    assert "Lê Thị Hoa" in client.post("/login/code", data=sent).get_data(as_text=True)
