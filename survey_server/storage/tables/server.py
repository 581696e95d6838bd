"""What the server notes about itself."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from survey_server.storage.tables.base import metadata

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)
