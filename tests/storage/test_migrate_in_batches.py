"""A full database is migrated in batches, and a migration that was killed goes on where it was."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command, config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text

from survey_server.settings import Settings
from survey_server.storage.database import Database, open_database
from survey_server.storage.migrate import MIGRATIONS, is_current, migrate, newest
from survey_server.storage.tables import response, response_body

BEFORE, MOVING = "0011", "0012"
RESPONSES = 12
_INSERT = text("""
    INSERT INTO response (seq, id, sha256, body, questionnaire, version, supersedes, evidence, respondent, state,
        state_at, stratum, cluster, weight, weights_version, received_at, mode, simulated, training, problems,
        not_asked)
    VALUES (:seq, :id, :sha256, :body, 'q', '1', :supersedes, 'visit', 'resident', 'quarantined',
        '2012-06-05T07:05:00.123Z', '', '', 1, 0, '2012-06-05T07:05:00.123Z', 'tablet', false, false, '[]', '[]')
""")


class KilledError(Exception):
    """Stands for a power cut."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def earlier(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """A database as the release before left it, with responses."""
    url = settings.database_url
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres")
        url = cluster.create_database()
    database = open_database(dataclasses.replace(settings, database_url=url))
    database.write(_prepare)
    yield database
    database.close()
    if request.param == "postgresql":
        cluster.drop_database(url)


def _prepare(connection: Connection) -> None:
    alembic = config.Config(attributes={"connection": connection})
    alembic.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(alembic, BEFORE)
    connection.execute(_INSERT, [dataclasses.asdict(each) for each in STORED])


@dataclasses.dataclass(frozen=True)
class Row:
    seq: int
    id: str
    sha256: str
    supersedes: str | None
    body: str


def _row(seq: int) -> Row:
    id_, earlier = (f"{number:08x}-0000-4000-8000-{number:012x}" for number in (seq * 7919, (seq - 1) * 7919))
    body = json.dumps({"id": id_, "answers": {"why": "Đồng ý " * seq}}, ensure_ascii=False)
    return Row(seq, id_, hashlib.sha256(body.encode()).hexdigest(), earlier if seq % 3 == 0 else None, body)


STORED = [_row(seq) for seq in range(1, RESPONSES + 1)]


def _stored(database: Database) -> list[Row]:
    columns = (response.c.seq, response.c.id, response.c.sha256, response.c.supersedes, response_body.c.body)
    with database.read() as connection:
        wanted = select(*columns).join(response_body).order_by(response.c.seq)
        return [Row(*each) for each in connection.execute(wanted)]


def _module(revision: str) -> Any:
    return ScriptDirectory(str(MIGRATIONS)).get_revision(revision).module


def _kill_in_batch(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the migration fail after the statements of this batch, before its commit; batches hold two responses."""
    made = ScriptDirectory.get_revision
    batches = itertools.count(1)

    def get_revision(self: ScriptDirectory, id_: str) -> Any:
        script: Any = made(self, id_)
        if id_ == MOVING and not hasattr(script.module, "run_whole"):
            run_whole = script.module.run_whole = script.module.run_batch

            def run_batch(connection: Connection) -> bool:
                script.module.BATCH = 2
                found: bool = run_whole(connection)
                if next(batches) == number:
                    raise KilledError
                return found

            script.module.run_batch = run_batch
        return script

    monkeypatch.setattr(ScriptDirectory, "get_revision", get_revision)


def test_every_response_is_there_as_it_was(earlier: Database) -> None:
    migrate(earlier)
    assert _stored(earlier) == STORED
    with earlier.read() as connection:
        assert is_current(connection)


@pytest.mark.parametrize("batch", [1, 3])
def test_a_killed_migration_goes_on(earlier: Database, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    with monkeypatch.context() as patch:
        _kill_in_batch(patch, batch)
        with pytest.raises(KilledError):
            migrate(earlier)
    with earlier.read() as connection:
        assert not is_current(connection)
        moved = connection.execute(select(response_body.c.response_seq)).scalars().all()
    assert sorted(moved) == list(range(1, 2 * (batch - 1) + 1))
    migrate(earlier)
    assert _stored(earlier) == STORED


def test_a_response_is_found_by_its_id_after_the_migration(earlier: Database) -> None:
    migrate(earlier)
    with earlier.read() as connection:
        wanted = select(response.c.seq).where(response.c.id == STORED[4].id)
        assert connection.execute(wanted).scalars().all() == [5]
        corrections = select(response.c.seq).where(response.c.supersedes == STORED[4].id)
        assert connection.execute(corrections).scalars().all() == [6]


def test_a_migration_in_batches_is_followed_by_one_that_ends_it() -> None:
    """A database is current when its newest script has run: that one must not have batches left to do."""
    assert not hasattr(_module(newest()), "run_batch")
    assert hasattr(_module(MOVING), "run_batch")
