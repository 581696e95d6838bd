"""Codes are good once, whatever the database and however many nodes take them at the same time."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from contextlib import closing
from threading import Barrier, Thread

import pytest
from argon2 import PasswordHasher

from survey_server.domain.people import Person, Role
from survey_server.problems import ProblemError
from survey_server.services import passwords, second_factor, sign_in, totp
from survey_server.services.people import add_person
from survey_server.services.verify_audit import verify_audit
from survey_server.settings import Settings
from survey_server.storage import people
from survey_server.storage.database import Database, open_database

PASSWORD, ADDRESS = "con duong doc bo ho", "192.0.2.1"


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._dummy_hash.cache_clear()


def read_person(database: Database) -> Person:
    with database.read() as connection:
        found = people.by_account(connection, "lan")
    assert found is not None
    return found


@pytest.fixture
def enrolled(database: Database, settings: Settings) -> tuple[bytes, list[str]]:
    """The secret and the recovery codes of `lan`, whose first code was taken two steps ago."""
    add_person(database, "lan", "Trần Thị Lan", Role.CENTRAL, None, PASSWORD)
    person = read_person(database)
    secret = totp.make_secret()
    setup = second_factor._setup(settings.secret_key, person, secret, False)
    earlier = totp.code_at(secret, int(time.time()) // totp.STEP - 1)
    return secret, second_factor.confirm_setup(database, settings.secret_key, person, setup.sealed, earlier, "")


def ticket_of(database: Database, secret_key: str) -> str:
    with pytest.raises(sign_in.CodeNeededError) as needed:
        sign_in.sign_in(database, "lan", PASSWORD, ADDRESS)
    return second_factor.make_ticket(secret_key, needed.value.checked)


@pytest.mark.parametrize("kind", ["telephone", "recovery"])
def test_a_code_that_is_sent_to_two_nodes_at_once_opens_one_session(
    database: Database, settings: Settings, enrolled: tuple[bytes, list[str]], kind: str
) -> None:
    secret, recovery = enrolled
    ticket = ticket_of(database, settings.secret_key)
    code = recovery[0] if kind == "recovery" else totp.code_at(secret, int(time.time()) // totp.STEP + 1)
    url = database.engine.url.render_as_string(hide_password=False)
    start, outcomes = Barrier(4), list[str]()

    def finish(node: Database) -> None:
        start.wait()
        try:
            token = second_factor.sign_in_with_code(node, settings.secret_key, ticket, code, ADDRESS)
            outcomes.append("in" if token else "late")
        except ProblemError as error:
            outcomes.append(error.problem.code)

    with closing(open_database(dataclasses.replace(settings, database_url=url))) as other:
        threads = [Thread(target=finish, args=(node,)) for node in (database, other, database, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(outcomes) == ["code_wrong"] * 3 + ["in"]
    assert verify_audit(database).is_sound


def test_a_code_is_not_used_up_by_an_act_that_fails(
    database: Database, settings: Settings, enrolled: tuple[bytes, list[str]]
) -> None:
    person, (_, recovery) = read_person(database), enrolled
    required = dataclasses.replace(settings, second_factor="always")
    with pytest.raises(ProblemError) as refused:
        second_factor.turn_off(database, required, person, recovery[0])
    assert refused.value.problem.code == "second_factor_required"
    second_factor.turn_off(database, settings, person, recovery[0])
    assert not read_person(database).has_second_factor


@pytest.mark.parametrize("act", [second_factor.check_code, second_factor.replace_recovery_codes])
def test_an_account_without_a_factor_has_no_good_code(
    database: Database, settings: Settings, act: Callable[..., object]
) -> None:
    add_person(database, "lan", "Trần Thị Lan", Role.CENTRAL, None, PASSWORD)
    for code in ("000000", "ABCDE-FGHJK-MNPQR", ""):
        with pytest.raises(ProblemError) as refused:
            act(database, settings.secret_key, read_person(database), code)
        assert refused.value.problem.code == "code_wrong"
