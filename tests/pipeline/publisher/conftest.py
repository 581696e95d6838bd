"""A survey with one response, and a publisher that is called by the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from survey_server.pipeline.publisher import Publisher
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.field import Field, body, prepare_field, row, surveyor_of
from tests.support.receiving import receive


@pytest.fixture
def field(sqlite_database: Database, tmp_path: Path) -> Field:
    made = prepare_field(sqlite_database, tmp_path)
    receive(sqlite_database, surveyor_of(made), [row(body(made))])
    return made


@pytest.fixture
def publisher(settings: Settings, sqlite_database: Database, field: Field) -> Iterator[Publisher]:
    running = Publisher(settings, sqlite_database)
    yield running
    running.close()
