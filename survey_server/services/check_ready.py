"""Whether the server can serve: its database answers and every migration has run."""

from __future__ import annotations

from survey_server.storage import Database
from survey_server.storage.migrate import is_current


def is_ready(database: Database) -> bool:
    with database.read() as connection:
        return is_current(connection)
