"""People, their sessions and tablets, and the server's keys."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

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
    Column("must_change_password", Boolean, nullable=False, server_default=false()),
    # Of the second factor: its encrypted secret, and the time step of the last code that was taken.
    Column("totp_secret", String),
    Column("totp_step", BigInteger),
    # When all sessions were ended last.
    Column("sessions_ended_at", String),
    UniqueConstraint("account"),
)

# Codes that replace one of the telephone; a used one is deleted.
recovery_code = Table(
    "recovery_code",
    metadata,
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("code_hash", String, nullable=False),
    PrimaryKeyConstraint("person_id", "code_hash"),
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

# Attempts that were counted as failures; a success takes them back.
throttle = Table(
    "throttle",
    metadata,
    Column("key", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", String, nullable=False),
)

# From where accounts signed in lately.
sign_in_address = Table(
    "sign_in_address",
    metadata,
    Column("account", String, nullable=False),
    Column("address", String, nullable=False),
    Column("last_at", String, nullable=False),
    PrimaryKeyConstraint("account", "address"),
    Index("ix_sign_in_address_address", "address"),
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
