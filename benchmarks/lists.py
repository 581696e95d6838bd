"""How long a page of each long list takes with many responses stored.

    python benchmarks/lists.py [--responses 1000000] [--folder FOLDER] [--postgres]

With `--postgres` in a PostgreSQL that is started for it and filled anew. The rows are made by SQL, in SQLite once in
the folder: spread over all communes, 2,000 surveyors and 1,000 visits, one in twenty
a self-review, one in a hundred returned, one in a thousand quarantined; 100,000 assignments, of which
20 belong to each visit and the others to committees. Measured is what the pages
ask of the services, without the rendering: the median of five calls, of the first page and of one far down.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import Connection

from survey_server.domain import Area, Person, Role, State
from survey_server.services.list_visits import visits_for
from survey_server.services.list_work import work_of
from survey_server.services.paging import Turn
from survey_server.services.people import find_people
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.services.review_response import list_responses
from survey_server.services.settle_quarantine import list_undecided
from survey_server.services.track_progress import list_progress
from survey_server.settings import read_settings
from survey_server.storage.database import Database, open_database
from tests.support.postgres import running_cluster

MAX_MS = 50.0
SCHEME = "gso-2019-10"
PEOPLE, VISITS, ASSIGNMENTS = 2_000, 1_000, 100_000
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last})"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--responses", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "lists-benchmark"))
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    data = options.folder / f"data-{options.responses}{'-postgres' if options.postgres else ''}"
    os.environ["SURVEY_DATA_DIR"] = str(data)
    with contextlib.ExitStack() as stack:
        if options.postgres:
            cluster = stack.enter_context(running_cluster())
            os.environ["SURVEY_DATABASE_URL"] = cluster.create_database()
        if options.postgres or not (data / "complete").exists():
            shutil.rmtree(data, ignore_errors=True)
            data.mkdir(parents=True)
            prepare(data, options.responses)
        database = stack.enter_context(contextlib.closing(open_database(read_settings())))
        slowest = measure(database, options.responses)
    return 0 if slowest <= MAX_MS else 1


def measure(database: Database, count: int) -> float:
    """Print the time of each page; returns the longest in milliseconds."""
    slowest = 0.0
    for name, call in calls(database, count).items():
        call()
        taken = statistics.median(timed(call) for _ in range(5)) * 1e3
        slowest = max(slowest, taken)
        print(f"{name:<58} {taken:7.1f} ms", flush=True)
    return slowest


def timed(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def calls(database: Database, count: int) -> dict[str, Callable[[], Any]]:
    def person(role: Role, area: str | None = None) -> Person:
        return Person(11, "x", "X", role, Area(SCHEME, area) if area is not None else None)

    people = {
        "centre": person(Role.CENTRAL),
        "analyst": person(Role.ANALYST),
        "analyst of Hà Nội": person(Role.ANALYST, "VN/01"),
        "coordinator of Hà Nội": person(Role.COORDINATOR, "VN/01"),
        "coordinator of a district": person(Role.COORDINATOR, "VN/01/001"),
        "coordinator of the country": person(Role.COORDINATOR, "VN"),
        "leader": person(Role.LEADER),
        "surveyor": person(Role.SURVEYOR),
    }
    found: dict[str, Callable[[], Any]] = {}
    for name, who in people.items():
        for state in (None, State.RETURNED, State.WITHDRAWN):
            about = f"responses, {name}" + (f", {state}" if state else "")
            found[about] = lambda who=who, state=state: list_responses(database, who, state)
        deep: Turn[int] = Turn(after=count // 3)
        found[f"responses, {name}, far down"] = lambda who=who, deep=deep: list_responses(database, who, None, deep)
    versions = QuestionnaireVersions(database)
    now = datetime.now(UTC)
    admin = person(Role.ADMIN, "VN/01")
    return found | {
        "awaiting a decision": lambda: list_undecided(database, person(Role.ADMIN)),
        "awaiting a decision, of Hà Nội": lambda: list_undecided(database, admin),
        "accounts": lambda: find_people(database, person(Role.ADMIN), ""),
        "accounts, search": lambda: find_people(database, person(Role.ADMIN), "p19"),
        "visits, centre": lambda: visits_for(database, people["centre"]),
        "visits, leader": lambda: visits_for(database, people["leader"]),
        "progress of the country": lambda: list_progress(database, versions, people["centre"], "r1", "VN", now),
        "progress of a province": lambda: list_progress(database, versions, people["centre"], "r1", "VN/01", now),
        "work of a surveyor (API)": lambda: work_of(database, people["surveyor"]),
    }


def prepare(data: Path, count: int) -> None:
    from survey_server.services.import_localities import import_localities
    from survey_server.storage.column_types import compress
    from survey_server.storage.migrate import migrate
    from tests.support.field import prepare_field

    database = open_database(read_settings())
    migrate(database)
    prepare_field(database, data)
    source = Path(__file__).resolve().parents[1] / "survey_server" / "localities_data" / f"{SCHEME}.csv"
    import_localities(database, source, SCHEME, "2019-10-01")
    uuid, digest = ("randomblob(16)", "randomblob(32)")
    if not database.is_sqlite:
        uuid, digest = ("gen_random_uuid()", "sha256(i::text::bytea)")
    for statement in STATEMENTS:
        sql = statement.format(people=PEOPLE, visits=VISITS, assignments=ASSIGNMENTS, scheme=SCHEME)
        run(database, sql)
    for start in range(0, count, 50_000):
        sql = RESPONSES.format(first=start, last=min(start + 50_000, count) - 1, uuid=uuid, digest=digest)
        run(database, sql)
    body = compress(json.dumps({"answers": {"noted": os.urandom(400).hex()}}))
    for sql in (BODIES, DONE):
        run(database, sql.replace(":body", f"x'{body.hex()}'" if database.is_sqlite else f"'\\x{body.hex()}'::bytea"))
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")  # as the server does by itself in time
    database.close()
    (data / "complete").touch()


def run(database: Database, sql: str) -> None:
    written = sql if database.is_sqlite else sql.replace("%", "%%")  # which psycopg takes for places of values

    def execute(connection: Connection) -> None:
        if not database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(written)

    database.write(execute)


STATEMENTS = (
    "UPDATE survey_round SET scheme = '{scheme}'",
    "CREATE TABLE commune AS SELECT row_number() OVER (ORDER BY path) - 1 AS number, id FROM locality"
    " WHERE scheme = '{scheme}' AND level = 'commune'",
    "CREATE UNIQUE INDEX ix_commune ON commune(number)",
    NUMBERS.format(last="{people} - 1") + " INSERT INTO person (id, account, name, role, active, demo, created_at)"
    " SELECT 10 + i, 'p' || i, 'Person ' || i, 'surveyor', true, false, '' FROM n",
    NUMBERS.format(last="{visits} - 1")
    + " INSERT INTO visit (id, round_id, locality_id, leader_id, starts_on, ends_on)"
    " SELECT 'v' || i, 1, (SELECT id FROM commune WHERE number = i * 7), 10 + i % 200, '2012-06-04', '2012-06-08'"
    " FROM n",
    NUMBERS.format(last="{assignments} - 1")
    + " INSERT INTO assignment (id, round_id, questionnaire, version, locality_id, visit_id, person_id, quantity,"
    " due_on) SELECT 'a' || i, 1, 'first_steps', '1', (SELECT id FROM commune WHERE number = i % 11000),"
    " CASE WHEN i < 20 * {visits} THEN 'v' || (i % {visits}) END,"
    " CASE WHEN i < 20 * {visits} THEN 10 + i % {people} END, 10, '2012-06-30' FROM n",
)
RESPONSES = """
    WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})
    INSERT INTO response (id, sha256, questionnaire, version, round_id, locality_id, assignment_id, visit_id,
      evidence, respondent, state, state_at, stratum, cluster, weight, weights_version, received_at, person_id, mode,
      simulated, training, problems, not_asked)
    SELECT {uuid}, {digest}, 'first_steps', '1', 1,
      (SELECT id FROM commune WHERE number = i % 11000 * 7919 % 11000), 'a' || (i % 100000),
      CASE WHEN i % 20 <> 0 THEN 'v' || (i % 1000) END, CASE WHEN i % 20 <> 0 THEN 'visit' ELSE 'self_review' END,
      'organisation',
      CASE WHEN i % 1000 = 3 THEN 'quarantined' WHEN i % 100 = 7 THEN 'returned' WHEN i % 3 <> 0 THEN 'submitted'
        ELSE 'approved' END,
      '', '', '', 1.0, 0, '2012-06-05T07:05:00.000Z', 10 + i % 2000, 'tablet', false, false, '[]', '[]'
    FROM n
"""
BODIES = "INSERT INTO response_body (response_seq, body) SELECT seq, :body FROM response"
DONE = """
    UPDATE assignment SET done = (SELECT count(*) FROM response
      WHERE assignment_id = assignment.id AND state IN ('submitted', 'approved') AND NOT training)
"""

if __name__ == "__main__":
    sys.exit(main())
