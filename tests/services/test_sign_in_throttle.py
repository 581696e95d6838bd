"""Guessing is slowed down; an office behind one address, and an account that others guess at, are not locked out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import closing
from threading import Barrier, Thread

import pytest

from survey_server.clock import now_text, shift_instant
from survey_server.domain.errors import DatabaseUnavailableError
from survey_server.domain.people import Role
from survey_server.problems import ProblemError
from survey_server.services import sign_in, throttle
from survey_server.services.people import add_person
from survey_server.services.sign_in import network_of
from survey_server.settings import Settings
from survey_server.storage import Connection
from survey_server.storage.database import Database, open_database

PASSWORD = "con duong doc bo ho"
OFFICE, HOME, STRANGER = "192.0.2.1", "192.0.2.2", "198.51.100.7"
Attempt = Callable[..., str]


class Clock:
    def __init__(self) -> None:
        self.now = now_text()

    def pass_seconds(self, seconds: float) -> None:
        self.now = shift_instant(self.now, seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (sign_in, throttle):
        monkeypatch.setattr(module, "now_text", lambda: clock.now)
    return clock


@pytest.fixture
def attempt(database: Database, clock: Clock) -> Attempt:
    for account in ("lan", "hoa"):
        add_person(database, account, account.title(), Role.ADMIN, None, PASSWORD)

    def attempt(account: str, address: str, password: str = "wrong password") -> str:
        try:
            sign_in.sign_in(database, account, password, address)
        except ProblemError as error:
            return error.problem.code
        return "in"

    return attempt


def test_a_few_failures_delay_nothing_and_then_the_delay_grows(attempt: Attempt, clock: Clock) -> None:
    assert [attempt("lan", HOME) for _ in range(5)] == ["wrong_password"] * 5
    for delay in (5, 10, 20, 40, 80, 160, 320, 640, 900, 900):
        assert attempt("lan", HOME, PASSWORD) == "too_many_tries"
        clock.pass_seconds(delay - 1)
        assert attempt("lan", HOME, PASSWORD) == "too_many_tries", delay
        clock.pass_seconds(1)
        assert attempt("lan", HOME) == "wrong_password", delay
    clock.pass_seconds(900)
    assert attempt("lan", HOME, PASSWORD) == "in"
    assert attempt("lan", HOME, PASSWORD) == "in"


def test_the_refusal_says_how_long_to_wait(database: Database, attempt: Attempt) -> None:
    for _ in range(5):
        attempt("lan", HOME)
    with pytest.raises(ProblemError) as refused:
        sign_in.sign_in(database, "lan", PASSWORD, HOME)
    assert refused.value.problem.parts["seconds"] == 5
    assert "wait 5 seconds" in refused.value.problem.text("en")


@pytest.mark.slow
def test_guesses_of_strangers_do_not_lock_out_who_signed_in_from_here_before(attempt: Attempt, clock: Clock) -> None:
    assert attempt("lan", OFFICE, PASSWORD) == "in"
    for number in range(40):
        attempt("lan", f"198.51.100.{number}")
    assert attempt("lan", "198.51.100.99", PASSWORD) == "too_many_tries"
    assert attempt("lan", OFFICE, PASSWORD) == "in"
    clock.pass_seconds(31 * 24 * 3600)
    for number in range(40):
        attempt("lan", f"198.51.100.{number}")
    assert attempt("lan", OFFICE, PASSWORD) == "too_many_tries"


def test_an_account_is_slowed_down_whatever_the_address(attempt: Attempt) -> None:
    tried = [attempt("lan", f"198.51.100.{number}") for number in range(11)]
    assert tried == ["wrong_password"] * 10 + ["too_many_tries"]
    assert attempt("LAN ", "203.0.113.1", PASSWORD) == "too_many_tries"
    assert attempt("hoa", "203.0.113.1", PASSWORD) == "in"


@pytest.mark.slow
def test_an_address_is_slowed_down_whatever_the_account(attempt: Attempt) -> None:
    tried = [attempt(f"guess{number}", STRANGER) for number in range(31)]
    assert tried == ["wrong_password"] * 30 + ["too_many_tries"]
    assert attempt("hoa", STRANGER, PASSWORD) == "too_many_tries"
    assert attempt("hoa", HOME, PASSWORD) == "in"


@pytest.mark.slow
def test_an_office_is_not_locked_out_by_one_who_guesses_in_it(attempt: Attempt) -> None:
    assert attempt("lan", OFFICE, PASSWORD) == "in"
    for number in range(60):
        attempt(f"guess{number}", OFFICE)
    assert attempt("hoa", OFFICE, PASSWORD) == "too_many_tries"  # never signed in here
    assert attempt("lan", OFFICE, PASSWORD) == "in"


@pytest.mark.slow
def test_an_office_that_many_sign_in_from_has_a_larger_share(attempt: Attempt) -> None:
    for account in ("lan", "hoa"):
        assert attempt(account, OFFICE, PASSWORD) == "in"
    tried = [attempt(f"guess{number}", OFFICE) for number in range(51)]
    assert tried == ["wrong_password"] * 50 + ["too_many_tries"]


@pytest.mark.slow
def test_mistypes_of_those_who_then_sign_in_leave_nothing_behind(attempt: Attempt) -> None:
    for _ in range(30):
        assert [attempt("lan", OFFICE), attempt("lan", OFFICE)] == ["wrong_password"] * 2
        assert attempt("lan", OFFICE, PASSWORD) == "in"
    assert attempt("hoa", OFFICE, PASSWORD) == "in"


def test_failures_are_forgotten_after_a_day(attempt: Attempt, clock: Clock) -> None:
    for _ in range(5):
        attempt("lan", HOME)
    clock.pass_seconds(24 * 3600 + 1)
    assert [attempt("lan", HOME) for _ in range(5)] == ["wrong_password"] * 5
    assert attempt("lan", HOME) == "too_many_tries"


def test_attempts_at_the_same_time_on_two_nodes_all_count(
    database: Database, settings: Settings, attempt: Attempt
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    results: list[str] = []
    start = Barrier(12)

    def guess(node: Database) -> None:
        start.wait()
        try:
            sign_in.sign_in(node, "lan", "wrong password", HOME)
        except ProblemError as error:
            results.append(error.problem.code)

    with closing(open_database(dataclasses.replace(settings, database_url=url))) as other:
        threads = [Thread(target=guess, args=((database, other)[number % 2],)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(results) == ["too_many_tries"] * 7 + ["wrong_password"] * 5


def test_while_nothing_can_be_written_passwords_are_checked_and_known_delays_kept(
    database: Database, attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        attempt("hoa", HOME)

    def refuse(*_: object) -> None:
        raise DatabaseUnavailableError("full")

    real = Database.write
    monkeypatch.setattr(Database, "write", refuse)
    assert attempt("lan", HOME) == "wrong_password"
    assert attempt("hoa", HOME, PASSWORD) == "too_many_tries"

    def refuse_but_sessions(self: Database, work: Callable[[Connection], object]) -> object:
        return real(self, work) if "open_session" in work.__code__.co_names else refuse()  # type: ignore[attr-defined]

    monkeypatch.setattr(Database, "write", refuse_but_sessions)
    assert attempt("lan", HOME, PASSWORD) == "in"


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
     ("", ""), ("unix", "unix")],
)  # fmt: skip
def test_failures_are_counted_for_what_one_connection_has(address: str, network: str) -> None:
    assert network_of(address) == network
