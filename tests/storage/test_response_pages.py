"""A page of a long list of responses is read by indexes: no statement scans the table or sorts it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from survey_server.domain.localities import Area
from survey_server.domain.people import Person, Role
from survey_server.domain.response_filters import ResponseFilter, undecided_responses, visible_responses
from survey_server.domain.responses import State
from survey_server.services.paging import Page, Turn, read_page
from survey_server.storage import assignment_counts, localities, people, response_pages, responses, rounds
from survey_server.storage.database import Connection, Database
from tests.storage.test_response_filters import add_every_kind
from tests.support.field import prepare_field
from tests.support.rows import prepare_once

PERSONS = [
    Person(2, "a", "A", role, area)
    for role in (Role.SURVEYOR, Role.LEADER, Role.COORDINATOR, Role.CENTRAL, Role.ANALYST, Role.ADMIN)
    for area in (None, Area("test", "VN/01"), Area("test", "VN"))
]


@contextmanager
def plans_of(connection: Connection) -> Iterator[list[str]]:
    """The steps of SQLite's plans of all statements that run meanwhile."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, _many: bool) -> None:
        statements.append((sql, parameters))

    steps: list[str] = []
    event.listen(connection.engine, "before_cursor_execute", note)
    try:
        yield steps
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)
    for sql, parameters in statements:
        steps += [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]


@pytest.fixture
def filled(sqlite_database: Database, tmp_path: Path) -> Database:
    def prepare() -> None:
        add_every_kind(sqlite_database, prepare_field(sqlite_database, tmp_path))

    prepare_once(sqlite_database, "every kind of response", prepare)
    return sqlite_database


def is_whole_scan(step: str) -> bool:
    return re.match(r"SCAN (response|person|assignment)\b", step) is not None or "TEMP B-TREE" in step


@pytest.mark.slow
@pytest.mark.parametrize("max_localities", [response_pages.MAX_LOCALITIES, 1], ids=["small areas", "large areas"])
def test_no_page_scans_or_sorts_the_responses(
    filled: Database, monkeypatch: pytest.MonkeyPatch, max_localities: int
) -> None:
    monkeypatch.setattr(response_pages, "MAX_LOCALITIES", max_localities)
    with filled.read() as connection:
        for person in PERSONS:
            visible = visible_responses(person)
            for wanted in (
                visible,
                dataclasses.replace(visible, states=frozenset({State.RETURNED})),
                dataclasses.replace(visible, states=frozenset({State.QUARANTINED})),
                undecided_responses(person),
            ):
                for turn in ({}, {"after": 50}, {"before": 50}):
                    with plans_of(connection) as steps:
                        response_pages.read_page(connection, wanted, 51, **turn)
                    found = [step for step in steps if is_whole_scan(step)]
                    assert not found, (person.role, person.area, wanted, found)


@pytest.mark.parametrize(
    "person", [each for each in PERSONS if each.area == Area("test", "VN/01")], ids=lambda p: p.role
)
@pytest.mark.parametrize("state", [None, State.RETURNED, State.QUARANTINED])
def test_of_an_area_or_a_team_nothing_else_is_read(filled: Database, person: Person, state: State | None) -> None:
    """Not all responses of a state, either."""
    wanted = visible_responses(person)
    if state is not None:
        wanted = dataclasses.replace(wanted, states=frozenset({state}))
    with filled.read() as connection, plans_of(connection) as steps:
        response_pages.read_page(connection, wanted, 51)
    used = {name for step in steps for name in re.findall(r"response USING (?:COVERING )?INDEX (\w+)", step)}
    assert used <= {"ix_response_locality_id", "ix_response_person_id", "ix_response_visit_id"}, steps


def test_the_own_returned_responses_are_found_without_a_scan(filled: Database) -> None:
    with filled.read() as connection, plans_of(connection) as steps:
        responses.returned_to(connection, 2)
    assert not [step for step in steps if re.match(r"SCAN response\b", step)]


def test_work_visits_and_progress_are_read_without_the_responses(filled: Database) -> None:
    with filled.read() as connection:
        (round_,) = rounds.all_rounds(connection)
        country = localities.by_path(connection, "test", "VN")
        assert country is not None
        with plans_of(connection) as steps:
            rounds.counted(connection, rounds.assignments_of(connection, 1))
            visits = rounds.page_of_visits(connection, 51)
            rounds.assignments_of_visits(connection, [each.id for each in visits])
            assignment_counts.work_at(connection, round_.id, country)
            assignment_counts.work_below(connection, round_.id, country)
    assert steps
    assert not [step for step in steps if re.search(r"\bresponse\b|^SCAN assignment\b", step)], steps


def test_accounts_are_read_in_the_order_of_their_index(filled: Database) -> None:
    with filled.read() as connection, plans_of(connection) as steps:
        people.search(connection, "", None, 51)
        people.search(connection, "", None, 51, after="b")
        people.search(connection, "", None, 51, before="b")
    assert not [step for step in steps if "TEMP B-TREE" in step]


def test_pages_neither_skip_nor_repeat_when_rows_are_added() -> None:
    stored = list(range(200, 0, -1))

    def read(limit: int, after: int | None, before: int | None) -> list[int]:
        if before is not None:
            return [each for each in stored if each > before][-limit:]
        return [each for each in stored if after is None or each < after][:limit]

    def turn_to(turn: Turn[int] | None) -> Page[int, int]:
        assert turn is not None
        return read_page(read, lambda each: each, turn)

    first = turn_to(Turn())
    stored.insert(0, 201)
    second = turn_to(first.next)
    assert (first.rows[-1], second.rows[0], len(second.rows)) == (151, 150, 50)
    back = turn_to(second.previous)
    assert back.rows == first.rows
    assert back.previous is not None  # 201
    assert turn_to(back.previous).rows[0] == 201
    assert turn_to(back.previous).previous is None


def test_numbers_beyond_what_databases_take_are_taken(filled: Database) -> None:
    with filled.read() as connection:
        everything = response_pages.read_page(connection, ResponseFilter(), 10, after=10**30)
        assert everything == response_pages.read_page(connection, ResponseFilter(), 10)
        assert response_pages.read_page(connection, ResponseFilter(), 10, before=10**30) == []
        assert response_pages.read_page(connection, ResponseFilter(), 10, after=-(10**30)) == []
