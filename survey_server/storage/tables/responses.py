"""Responses with their bodies, reviews, drafts and attachments."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from survey_server.storage.column_types import CompressedText, DigestText, UuidText
from survey_server.storage.tables.base import Serial, metadata, partial_index

# Rows are only added: a correction is a new row. Two rows may share an id (a conflict); (id, sha256) is unique.
# `state` is one of domain.responses.State. Rows whose round or locality is unknown (null) are quarantined.
response = Table(
    "response",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("id", UuidText, nullable=False),
    Column("sha256", DigestText, nullable=False),
    Column("questionnaire", String, nullable=False),
    Column("version", String, nullable=False),
    Column("round_id", ForeignKey("survey_round.id")),
    Column("locality_id", ForeignKey("locality.id")),
    Column("assignment_id", String),
    Column("visit_id", String),
    Column("supersedes", UuidText),
    Column("evidence", String, nullable=False),
    Column("respondent", String, nullable=False),
    Column("state", String, nullable=False),
    Column("state_at", String, nullable=False),
    Column("stratum", String, nullable=False),
    Column("cluster", String, nullable=False),
    Column("weight", Float, nullable=False),
    Column("weights_version", Integer, nullable=False),
    Column("started_at", String),
    Column("completed_at", String),
    Column("clock_offset_ms", BigInteger().with_variant(Integer, "sqlite")),
    Column("received_at", String, nullable=False),
    Column("person_id", ForeignKey("person.id")),
    Column("device_id", ForeignKey("device.id")),
    Column("mode", String, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("training", Boolean, nullable=False),
    Column("problems", Text, nullable=False),
    Column("not_asked", Text, nullable=False),
    Column("late", Boolean, nullable=False, server_default=false()),
    Column("calculated", Text),
    UniqueConstraint("id", "sha256"),
    # Of lists, the newest first; the columns after `seq` are filtered without reading the row.
    Index("ix_response_locality_id", "locality_id", "seq", "evidence", "state", "questionnaire"),
    Index("ix_response_questionnaire", "questionnaire", "state", "seq", "evidence"),
    Index("ix_response_state", "state", "seq", "evidence"),
    Index("ix_response_person_id", "person_id", "seq", "state"),
    partial_index("ix_response_visit_id", "visit_id", "seq", "state", where="visit_id IS NOT NULL"),
    Index("ix_response_assignment_id", "assignment_id", "state", "training"),
    partial_index("ix_response_supersedes", "supersedes", where="supersedes IS NOT NULL"),
)

# The JSON of each response as it was sent. Apart, so that lists, counts and changes of state read and write small rows.
response_body = Table(
    "response_body",
    metadata,
    Column("response_seq", ForeignKey("response.seq"), primary_key=True, autoincrement=False),
    Column("body", CompressedText, nullable=False),
)

review_event = Table(
    "review_event",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("response_seq", ForeignKey("response.seq"), nullable=False),
    Column("at", String, nullable=False),
    Column("person_id", ForeignKey("person.id")),
    Column("from_state", String, nullable=False),
    Column("to_state", String, nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_review_event_response_seq", "response_seq"),
)

# A questionnaire being filled in on the web without JavaScript; `id` becomes the id of the response.
draft = Table(
    "draft",
    metadata,
    Column("id", String, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("assignment_id", ForeignKey("assignment.id"), nullable=False),
    Column("answers", Text, nullable=False),
    Column("typed", Text, nullable=False, server_default="{}"),
    Column("supersedes", String),
    Column("started_at", String, nullable=False),
    Column("saved_at", String, nullable=False),
    Index("ix_draft_person_id_assignment_id", "person_id", "assignment_id"),
)

attachment = Table(
    "attachment",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("person_id", ForeignKey("person.id")),
    Column("received_at", String, nullable=False),
    Column("device_id", String),
    Index("ix_attachment_device_id", "device_id", "received_at"),
)
