"""Rounds, visits and assignments."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from survey_server.storage.tables.base import metadata

survey_round = Table(
    "survey_round",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String, nullable=False),
    Column("name_vi", String, nullable=False),
    Column("name_en", String, nullable=False),
    Column("scheme", ForeignKey("scheme.name"), nullable=False),
    Column("starts_on", String, nullable=False),
    Column("ends_on", String, nullable=False),
    Column("due_on", String, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("design", Text, nullable=False),
    Column("cohort_size", Integer, nullable=False, server_default="10"),
    UniqueConstraint("code"),
)

round_questionnaire = Table(
    "round_questionnaire",
    metadata,
    Column("round_id", ForeignKey("survey_round.id"), nullable=False),
    Column("questionnaire", String, nullable=False),
    Column("version", String, nullable=False),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("round_id", "questionnaire", "version"),
    ForeignKeyConstraint(["questionnaire", "version"], ["questionnaire.id", "questionnaire.version"]),
)

round_locality = Table(
    "round_locality",
    metadata,
    Column("round_id", ForeignKey("survey_round.id"), nullable=False),
    Column("locality_id", ForeignKey("locality.id"), nullable=False),
    PrimaryKeyConstraint("round_id", "locality_id"),
)

visit = Table(
    "visit",
    metadata,
    Column("id", String, primary_key=True),
    Column("round_id", ForeignKey("survey_round.id"), nullable=False),
    Column("locality_id", ForeignKey("locality.id"), nullable=False),
    Column("leader_id", ForeignKey("person.id")),
    Column("starts_on", String, nullable=False),
    Column("ends_on", String, nullable=False),
    Index("ix_visit_round_id", "round_id"),
    Index("ix_visit_leader_id", "leader_id"),
)

visit_member = Table(
    "visit_member",
    metadata,
    Column("visit_id", ForeignKey("visit.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    PrimaryKeyConstraint("visit_id", "person_id"),
    Index("ix_visit_member_person_id", "person_id"),
)

# What is expected: of a person, or, where person_id is null, of the committee of the locality (a self-review).
assignment = Table(
    "assignment",
    metadata,
    Column("id", String, primary_key=True),
    Column("round_id", ForeignKey("survey_round.id"), nullable=False),
    Column("questionnaire", String, nullable=False),
    Column("version", String, nullable=False),
    Column("locality_id", ForeignKey("locality.id"), nullable=False),
    Column("visit_id", ForeignKey("visit.id")),
    Column("person_id", ForeignKey("person.id")),
    Column("quantity", Integer, nullable=False),
    Column("due_on", String, nullable=False),
    # How many responses to it count; changed in the transaction that changes a response.
    Column("done", Integer, nullable=False, server_default="0"),
    ForeignKeyConstraint(["questionnaire", "version"], ["questionnaire.id", "questionnaire.version"]),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    Index("ix_assignment_person_id", "person_id"),
    Index("ix_assignment_visit_id", "visit_id"),
    Index("ix_assignment_work", "round_id", "locality_id", "questionnaire", "version", "due_on"),
)
