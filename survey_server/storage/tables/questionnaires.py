"""Frameworks and versions of questionnaires, as they were published."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, PrimaryKeyConstraint, String, Table, Text

from survey_server.storage.tables.base import metadata

framework = Table(
    "framework",
    metadata,
    Column("id", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("source", Text, nullable=False),
    Column("compiled", Text, nullable=False),
    PrimaryKeyConstraint("id", "sha256"),
)

questionnaire = Table(
    "questionnaire",
    metadata,
    Column("id", String, nullable=False),
    Column("version", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("source", Text, nullable=False),
    Column("compiled", Text, nullable=False),
    Column("compiled_sha256", String, nullable=False),
    Column("framework_id", String, nullable=False),
    Column("framework_sha256", String, nullable=False),
    Column("published_at", String, nullable=False),
    PrimaryKeyConstraint("id", "version"),
    ForeignKeyConstraint(["framework_id", "framework_sha256"], ["framework.id", "framework.sha256"]),
)
