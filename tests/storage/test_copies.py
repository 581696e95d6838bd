"""A copy of an SQLite database: written in flushed steps, as the database was at one moment."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from survey_server.storage import copies
from survey_server.storage.copies import open_copy, write_copy
from survey_server.storage.database import Database
from survey_server.storage.tables import locality
from tests.support.field import prepare_field

STEP = 5  # pages


def test_a_copy_is_flushed_step_by_step_and_not_begun_again_by_writes(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_field(sqlite_database, tmp_path)
    with sqlite_database.read() as connection:
        pages = int(connection.execute(text("PRAGMA page_count")).scalar_one())
        counted = count(connection)
    flushed: list[int] = []

    def write_and_flush(path: Path) -> None:
        flushed.append(path.stat().st_size)
        assert len(flushed) < 3 * pages / STEP, "the copy begins again and again"
        sqlite_database.write(lambda c: c.execute(locality.delete().where(locality.c.level == f"none {len(flushed)}")))
        sqlite_database.write(lambda c: c.execute(locality.update().values(kind=f"kind {len(flushed)}")))

    monkeypatch.setattr(copies, "STEP_PAGES", STEP)
    monkeypatch.setattr(copies, "flush", write_and_flush)
    monkeypatch.setattr(copies, "MAX_PAUSE", 0.0)
    write_copy(sqlite_database, tmp_path / "copy.sqlite3")
    assert len(flushed) >= pages / STEP
    with closing(open_copy(tmp_path / "copy.sqlite3")) as copy, copy.read() as connection:
        assert count(connection) == counted
        kinds = connection.execute(select(locality.c.kind)).scalars().all()
    assert not any(kind.startswith("kind ") for kind in kinds)


def count(connection: object) -> int:
    return int(connection.execute(select(func.count()).select_from(locality)).scalar_one())  # type: ignore[attr-defined]
