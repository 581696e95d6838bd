"""The audit log: a chain of entries, and its head."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from survey_server.storage.column_types import DigestText
from survey_server.storage.tables.base import Serial, metadata

# Rows are only added. `hash`: of the hash before and of this row (storage/audit.py).
audit = Table(
    "audit",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("person_id", Integer),
    Column("device_id", String),
    Column("action", String, nullable=False),
    Column("object", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", DigestText),
)

# One row: how many entries the log has, and the hash of the last. Without it, missing last entries would go unnoticed.
audit_head = Table(
    "audit_head",
    metadata,
    Column("log", String, primary_key=True),
    Column("entries", BigInteger, nullable=False),
    Column("hash", DigestText, nullable=False),
)
