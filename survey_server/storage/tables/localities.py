"""Localities of each scheme, and what became of them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from survey_server.storage.column_types import ByteOrderedText
from survey_server.storage.tables.base import metadata

scheme = Table(
    "scheme",
    metadata,
    Column("name", String, primary_key=True),
    Column("valid_from", String, nullable=False),
    Column("valid_to", String),
)

locality = Table(
    "locality",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scheme", ForeignKey("scheme.name"), nullable=False),
    Column("level", String, nullable=False),
    Column("code", String, nullable=False),
    Column("parent_id", ForeignKey("locality.id")),
    Column("path", ByteOrderedText, nullable=False),
    Column("name", String, nullable=False),
    Column("search_key", String, nullable=False),
    Column("sort_key", ByteOrderedText, nullable=False),
    Column("kind", String, nullable=False),
    Column("lat", Float),
    Column("lon", Float),
    UniqueConstraint("scheme", "level", "code"),
    UniqueConstraint("scheme", "path"),
    Index("ix_locality_parent_id", "parent_id"),
)

locality_succession = Table(
    "locality_succession",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("old_id", ForeignKey("locality.id"), nullable=False),
    Column("new_id", ForeignKey("locality.id")),
    Column("kind", String, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Index("ix_locality_succession_old_id", "old_id"),
)
