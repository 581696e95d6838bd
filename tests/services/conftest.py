"""A small survey in the database of a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_server.storage.database import Database
from tests.support.field import Field, prepare_field


@pytest.fixture
def field(database: Database, tmp_path: Path) -> Field:
    return prepare_field(database, tmp_path)
