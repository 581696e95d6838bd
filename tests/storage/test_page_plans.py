"""Both databases read a page of a long list by indexes, with the statistics of a round of many responses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from survey_server.domain import Area, Person, ResponseFilter, Role, State, undecided_responses, visible_responses
from survey_server.storage import assignment_counts, localities, response_pages, rounds
from survey_server.storage.database import Database
from tests.support.field import Field, prepare_field

COMMUNES, RESPONSES, ASSIGNMENTS, PEOPLE, VISITS = 600, 30_000, 20_000, 200, 1_000
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {last}) "
FILL = (
    NUMBERS.format(last=COMMUNES)
    + "INSERT INTO locality (id, scheme, level, code, parent_id, path, name, search_key, sort_key, kind)"
    " SELECT 1000 + i, 'test', 'commune', 'x' || i, (SELECT id FROM locality WHERE path = 'VN/01'), 'VN/01/x' || i,"
    " 'Xã ' || i, 'xa', 'xa', 'xã' FROM n",
    NUMBERS.format(last=PEOPLE) + "INSERT INTO person (id, account, name, role, active, demo, created_at)"
    " SELECT 1000 + i, 'p' || i, 'P', 'surveyor', true, false, '' FROM n",
    NUMBERS.format(last=VISITS) + "INSERT INTO visit (id, round_id, locality_id, leader_id, starts_on, ends_on)"
    " SELECT 'v' || i, 1, 1001 + i % 600, 1001 + i % 200, '2012-06-04', '2012-06-08' FROM n",
    NUMBERS.format(last=ASSIGNMENTS)
    + "INSERT INTO assignment (id, round_id, questionnaire, version, locality_id, visit_id, person_id, quantity,"
    " due_on) SELECT 'a' || i, 1, 'first_steps', '1', 1001 + i % 600, 'v' || (1 + i % 1000), 1001 + i % 200, 10,"
    " '2012-06-30' FROM n",
    NUMBERS.format(last=RESPONSES)
    + "INSERT INTO response (id, sha256, questionnaire, version, round_id, locality_id, visit_id, evidence,"
    " respondent, state, state_at, stratum, cluster, weight, weights_version, received_at, person_id, mode, simulated,"
    " training, problems, not_asked) SELECT {id}, {digest}, CASE WHEN i % 5000 = 1 THEN 'rare' ELSE 'first_steps' END,"
    " '1', 1, 1001 + i % 600, 'v' || (1 + i % 1000), CASE WHEN i % 20 = 0 THEN 'self_review' ELSE 'visit' END,"
    " 'organisation', CASE WHEN i % 1000 = 3 THEN 'quarantined' WHEN i % 100 = 7 THEN 'returned' ELSE 'submitted' END,"
    " '', '', '', 1.0, 0, '', 1001 + i % 200, 'tablet', false, false, '[]', '[]' FROM n",
    "INSERT INTO response_body (response_seq, body) SELECT seq, {digest} FROM response",
)
PERSONS = [
    Person(1001, "a", "A", role, area)
    for role in (Role.SURVEYOR, Role.LEADER, Role.COORDINATOR, Role.CENTRAL, Role.ANALYST, Role.ADMIN)
    for area in (None, Area("test", "VN/01"), Area("test", "VN/01/x7"))
]
LARGE = {"response", "response_body", "assignment"}  # tables that no page reads whole


@pytest.fixture
def filled(database: Database, tmp_path: Path) -> tuple[Database, Field]:
    field = prepare_field(database, tmp_path)
    is_sqlite = database.is_sqlite
    id_ = "randomblob(16)" if is_sqlite else "gen_random_uuid()"
    digest = "randomblob(32)" if is_sqlite else "sha256(random()::text::bytea)"
    analyse = "SELECT 1" if is_sqlite else "ANALYZE"  # SQLite has no statistics in use either

    def fill(connection: Connection) -> None:
        for statement in FILL:
            sql = statement.format(id=id_, digest=digest)
            connection.exec_driver_sql(sql if is_sqlite else sql.replace("%", "%%"))
        connection.execute(text(analyse))

    database.write(fill)
    return database, field


def tables_read_whole(connection: Connection, statements: list[tuple[str, Any]]) -> set[str]:
    """The tables of which a plan of these statements reads every row."""
    found: set[str] = set()
    for sql, parameters in statements:
        if connection.dialect.name == "sqlite":
            steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)]
            found |= {step.split()[1] for step in steps if step.startswith("SCAN ") and "USING INDEX" not in step}
        else:
            (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", parameters).scalars()
            tree = json.loads(plan) if isinstance(plan, str) else plan
            found |= {each["Relation Name"] for each in nodes(tree[0]["Plan"]) if each["Node Type"] == "Seq Scan"}
    return found & LARGE


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


class Statements(list[tuple[str, Any]]):
    """Those that run within the `with` block."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._engine = connection.engine

    def __enter__(self) -> Statements:
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, sql: str, parameters: Any, *_rest: Any) -> None:
        self.append((sql, parameters))


def filters(person: Person) -> Iterator[ResponseFilter]:
    """What the pages of a person ask for."""
    visible = visible_responses(person)
    yield visible
    yield undecided_responses(person)
    for state in (State.RETURNED, State.WITHDRAWN):
        yield replace(visible, states=frozenset({state}))
    for questionnaire in ("first_steps", "rare", "unknown"):
        yield replace(visible, questionnaire=questionnaire)
        yield replace(visible, questionnaire=questionnaire, states=frozenset({State.RETURNED}))
    for place in ("VN/01", "VN/01/x5", "VN/79"):
        yield visible.within(Area("test", place))
        yield replace(visible.within(Area("test", place)), questionnaire="rare")
    yield replace(visible, sent_by=1002)
    yield replace(visible.within(Area("test", "VN/01")), sent_by=1002)


@pytest.mark.slow
@pytest.mark.parametrize("max_localities", [response_pages.MAX_LOCALITIES, 100], ids=["small areas", "large areas"])
def test_no_page_of_responses_reads_a_table_whole(
    filled: tuple[Database, Field], monkeypatch: pytest.MonkeyPatch, max_localities: int
) -> None:
    monkeypatch.setattr(response_pages, "MAX_LOCALITIES", max_localities)
    with filled[0].read() as connection:
        for person in PERSONS:
            for wanted in filters(person):
                for turn in ({}, {"after": 20_000}, {"before": 100}):
                    with Statements(connection) as statements:
                        response_pages.read_page(connection, wanted, 51, **turn)
                    assert not tables_read_whole(connection, statements), (person.role, person.area, wanted, turn)


@pytest.mark.slow
def test_other_lists_read_no_table_whole(filled: tuple[Database, Field]) -> None:
    """But the progress of the country, which adds up all assignments of the round, without the responses."""
    database, field = filled
    with database.read() as connection:
        province = localities.by_path(connection, "test", "VN/01")
        country = localities.by_path(connection, "test", "VN")
        assert province is not None
        assert country is not None
        with Statements(connection) as statements:
            rounds.counted(connection, rounds.assignments_of(connection, 1001))
            visits = rounds.page_of_visits(connection, 21)
            rounds.assignments_of_visits(connection, [each.id for each in visits])
            assignment_counts.work_at(connection, field.round_id, province)
        assert not tables_read_whole(connection, statements)
        with Statements(connection) as statements:
            assignment_counts.work_below(connection, field.round_id, country)
            assignment_counts.work_below(connection, field.round_id, province)
        assert tables_read_whole(connection, statements) <= {"assignment"}


@pytest.mark.slow
def test_the_progress_of_the_country_adds_up_what_its_provinces_do(filled: tuple[Database, Field]) -> None:
    database, field = filled
    with database.read() as connection:
        country, province = (localities.by_path(connection, "test", path) for path in ("VN", "VN/01"))
        assert country is not None
        assert province is not None
        above = assignment_counts.work_below(connection, field.round_id, country)
        below = assignment_counts.work_below(connection, field.round_id, province)
    of_province = [each for each in above if each.path == "VN/01"]
    for name in ("quantity", "done"):
        assert sum(getattr(each, name) for each in of_province) == sum(getattr(each, name) for each in below)
    assert sum(each.quantity for each in of_province) >= 10 * ASSIGNMENTS
