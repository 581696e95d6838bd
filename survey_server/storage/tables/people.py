"""People, their sessions and tablets, and the server's keys."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from survey_server.storage.tables.base import metadata

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("area_id", ForeignKey("locality.id")),
    Column("password_hash", String),
    Column("active", Boolean, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("created_at", String, nullable=False),
    UniqueConstraint("account"),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", String, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("created_at", String, nullable=False),
    Column("seen_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Index("ix_session_person_id", "person_id"),
)

throttle = Table(
    "throttle",
    metadata,
    Column("key", String, primary_key=True),
    Column("window_started_at", String, nullable=False),
    Column("failures", Integer, nullable=False),
)

device = Table(
    "device",
    metadata,
    Column("id", String, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("token_hash", String, nullable=False),
    Column("upload_token_hash", String, nullable=False),
    Column("enrolled_at", String, nullable=False),
    Column("seen_at", String),
    Column("revoked_at", String),
    UniqueConstraint("token_hash"),
    UniqueConstraint("upload_token_hash"),
    Index("ix_device_person_id", "person_id"),
)

# Upload tokens that a device had before it was enrolled again, and for whom: files of unsent responses that are signed
# with one of them are still accepted. Nobody can upload with them.
former_upload_token = Table(
    "former_upload_token",
    metadata,
    Column("token_hash", String, primary_key=True),
    Column("device_id", ForeignKey("device.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Index("ix_former_upload_token_device_id", "device_id"),
)

enrolment_code = Table(
    "enrolment_code",
    metadata,
    Column("code_hash", String, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("created_at", String, nullable=False),
    Column("expires_at", String, nullable=False),
    Column("used_at", String),
    Column("device_id", String),
)

server_key = Table(
    "server_key",
    metadata,
    Column("kid", String, primary_key=True),
    Column("private_pem", Text, nullable=False),
    Column("public_jwk", Text, nullable=False),
    Column("created_at", String, nullable=False),
)
