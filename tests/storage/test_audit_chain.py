"""The audit log is a chain: a changed, added or missing entry is found, also after writers at the same time."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from alembic import command, config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, insert, select, text, update

from survey_server.domain.audit import EMPTY_LOG, AuditHead, parse_head
from survey_server.services.verify_audit import AuditCheck, verify_audit
from survey_server.settings import Settings
from survey_server.storage import audit as log
from survey_server.storage.database import Database, open_database
from survey_server.storage.migrate import MIGRATIONS, migrate
from survey_server.storage.tables import audit, audit_head

NAMES = ("first", "second", "third", "fourth", "fifth")


def add(database: Database, action: str) -> None:
    database.write(lambda c: log.record(c, action, "person:7", person_id=1, detail={"why": "Đổi “mật khẩu”"}))


@pytest.fixture
def filled(database: Database) -> Database:
    for name in NAMES:
        add(database, name)
    return database


def broken_at(check: AuditCheck) -> str | None:
    return check.broken.action if check.broken is not None else None


def test_a_log_that_nobody_touched_is_sound(filled: Database) -> None:
    check = verify_audit(filled)
    assert check.is_sound
    assert check.head == check.found
    assert check.head.entries == len(NAMES)


def test_the_hash_of_an_entry_is_of_the_hash_before_and_of_its_columns(filled: Database) -> None:
    previous = EMPTY_LOG.hash
    with filled.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).mappings().all()
    for row in rows:
        content = [row[name] for name in ("at", "person_id", "device_id", "action", "object", "detail")]
        text = json.dumps([previous, *content], ensure_ascii=False, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert row["hash"] == previous


@pytest.mark.parametrize(
    "changed",
    [{"at": "2012-06-05T07:05:00.123Z"}, {"person_id": 2}, {"device_id": "x"}, {"action": "other"},
     {"object": "person:8"}, {"detail": "{}"}, {"hash": "0" * 64}, {"hash": None}],
)  # fmt: skip
def test_a_changed_entry_is_the_first_broken_one(filled: Database, changed: dict[str, Any]) -> None:
    filled.write(lambda c: c.execute(update(audit).where(audit.c.action == "third").values(changed)))
    check = verify_audit(filled)
    assert check.broken is not None
    assert check.broken.position == 3
    assert not check.is_sound


def test_after_a_removed_entry_the_next_one_is_broken(filled: Database) -> None:
    filled.write(lambda c: c.execute(delete(audit).where(audit.c.action == "third")))
    assert broken_at(verify_audit(filled)) == "fourth"


def test_an_inserted_entry_is_broken(filled: Database) -> None:
    forged = {"at": "x", "action": "forged", "object": "x", "detail": "{}", "hash": "1" * 64}
    filled.write(lambda c: c.execute(insert(audit).values(forged)))
    assert broken_at(verify_audit(filled)) == "forged"


def test_missing_last_entries_are_noticed_also_when_others_follow(filled: Database) -> None:
    filled.write(lambda c: c.execute(delete(audit).where(audit.c.action.in_(("fourth", "fifth")))))
    check = verify_audit(filled)
    assert (check.broken, check.head.entries, check.found.entries) == (None, 5, 3)
    assert not check.is_sound
    add(filled, "later")
    assert broken_at(verify_audit(filled)) == "later"


def rewrite_without(action: str) -> Callable[[Connection], None]:
    """What somebody does who knows how the chain is made: remove an entry and compute all hashes again."""

    def rewrite(connection: Connection) -> None:
        connection.execute(delete(audit).where(audit.c.action == action))
        head = EMPTY_LOG
        for stored in list(log.all_entries(connection)):
            head = AuditHead(head.entries + 1, log.chained_hash(head.hash, stored.entry))
            connection.execute(update(audit).where(audit.c.id == stored.id).values(hash=head.hash))
        connection.execute(update(audit_head).values(entries=head.entries, hash=head.hash))

    return rewrite


@pytest.mark.parametrize("removed", ["third", "fifth"])
def test_a_log_that_was_rewritten_no_longer_contains_the_noted_head(filled: Database, removed: str) -> None:
    noted = parse_head(str(verify_audit(filled).head))
    add(filled, "sixth")
    assert verify_audit(filled, noted).is_noted_found is True
    filled.write(rewrite_without(removed))
    check = verify_audit(filled, noted)
    assert (check.broken, check.head == check.found) == (None, True)
    assert check.is_noted_found is False
    assert not check.is_sound


@pytest.mark.parametrize("text", ["", "5", "5:", "x:" + "0" * 64, "5:" + "0" * 63, "05:" + "0" * 64, "-1:" + "0" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="NUMBER:HASH"):
        parse_head(text)


def test_a_write_that_fails_leaves_no_gap(filled: Database) -> None:
    def fail(connection: Connection) -> None:
        log.record(connection, "undone", "x")
        raise ValueError("meant")

    with pytest.raises(ValueError, match="meant"):
        filled.write(fail)
    add(filled, "sixth")
    assert verify_audit(filled).is_sound


def test_writers_of_two_nodes_make_one_chain(database: Database, settings: Settings) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    with closing(open_database(dataclasses.replace(settings, database_url=url))) as other:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda number: add((database, other)[number % 2], f"act{number}"), range(60)))
        check = verify_audit(other)
    assert check.is_sound
    assert check.head.entries == 60


def test_an_entry_costs_three_statements_and_none_reads_the_log(
    sqlite_database: Database,
) -> None:
    for name in NAMES:
        add(sqlite_database, name)
    statements: list[str] = []
    plans: list[str] = []

    def trace(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(statements.append)
        log.record(connection, "traced", "x")
        driver.set_trace_callback(None)
        for statement in statements:
            plans.extend(str(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}"))

    sqlite_database.write(trace)
    assert len(statements) == 3
    assert not [plan for plan in plans if "SCAN" in plan]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def earlier(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """A database as the release before left it: its log is no chain, and PostgreSQL left a gap in the numbers."""
    url, cluster = settings.database_url, None
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres")
        url = cluster.create_database()
    with closing(open_database(dataclasses.replace(settings, database_url=url))) as opened:
        opened.write(make_earlier_log)
        yield opened
    if cluster is not None:
        cluster.drop_database(url)


def make_earlier_log(connection: Connection) -> None:
    alembic = config.Config(attributes={"connection": connection})
    alembic.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(alembic, "0015")
    add_entry = text(
        "INSERT INTO audit (id, at, person_id, device_id, action, object, detail)"
        " VALUES (:id, '2012-06-05T07:05:00.123Z', :person, NULL, :action, 'person:7', :detail)"
    )
    for number, name in enumerate(NAMES):
        detail = '{"why":"Đổi “mật khẩu”"}'
        row = {"id": 10 + 3 * number, "person": number or None, "action": name, "detail": detail}
        connection.execute(add_entry, row)


@pytest.mark.parametrize("batch", [2, 5_000])
def test_the_log_of_an_earlier_release_is_chained(
    earlier: Database, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ScriptDirectory.get_revision

    def with_small_batches(self: ScriptDirectory, *given: Any) -> Any:
        script = real(self, *given)
        if script is not None and hasattr(script.module, "_CHAIN"):
            monkeypatch.setattr(script.module, "BATCH", batch)
        return script

    monkeypatch.setattr(ScriptDirectory, "get_revision", with_small_batches)
    migrate(earlier)
    check = verify_audit(earlier)
    assert check.is_sound
    assert check.head.entries == len(NAMES)
    if not earlier.is_sqlite:
        earlier.write(lambda c: c.exec_driver_sql("SELECT setval(pg_get_serial_sequence('audit', 'id'), 100)"))
    add(earlier, "sixth")
    assert verify_audit(earlier).is_sound
    earlier.write(lambda c: c.execute(update(audit).where(audit.c.action == "third").values(person_id=9)))
    assert broken_at(verify_audit(earlier)) == "third"
