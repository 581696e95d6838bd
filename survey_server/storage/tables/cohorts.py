"""Cohorts: what people answered is published in groups that never change (docs/analysis.md)."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
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

from survey_server.storage.column_types import DigestText, UuidText
from survey_server.storage.tables.base import Serial, metadata, partial_index

cohort_series = Table(
    "cohort_series",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("round_id", ForeignKey("survey_round.id"), nullable=False),
    Column("questionnaire", String, nullable=False),
    Column("version", String, nullable=False),
    Column("evidence", String, nullable=False),
    Column("respondent", String, nullable=False),
    UniqueConstraint("round_id", "questionnaire", "version", "evidence"),
)

# A row for each counted change of a response of a person, until the forming of cohorts has looked at it.
cohort_change = Table(
    "cohort_change",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("response_seq", ForeignKey("response.seq"), nullable=False),
)

# The responses of people that count and are in no cohort. `place_id`: the lowest locality at which each may be
# published. `is_pooled`: it is left over at a place where the collection is finished.
waiting_response = Table(
    "waiting_response",
    metadata,
    Column("response_seq", ForeignKey("response.seq"), primary_key=True, autoincrement=False),
    Column("series_id", ForeignKey("cohort_series.id"), nullable=False),
    Column("place_id", ForeignKey("locality.id"), nullable=False),
    Column("is_approved", Boolean, nullable=False),
    Column("is_declined", Boolean, nullable=False, server_default=false()),
    Column("is_pooled", Boolean, nullable=False, server_default=false()),
    Column("weight", Float, nullable=False),
    Index("ix_waiting_response_place", "series_id", "place_id"),
    partial_index("ix_waiting_response_pool", "series_id", where="is_pooled"),
)

# Places at which something that waits has changed. Only the publisher adds and deletes rows.
unchecked_place = Table(
    "unchecked_place",
    metadata,
    Column("series_id", ForeignKey("cohort_series.id"), nullable=False),
    Column("place_id", ForeignKey("locality.id"), nullable=False),
    PrimaryKeyConstraint("series_id", "place_id"),
)

# Rounds of which every place was noted as unchecked after their last day.
closed_round = Table(
    "closed_round",
    metadata,
    Column("round_id", ForeignKey("survey_round.id"), primary_key=True, autoincrement=False),
)

# `strata`: a JSON array. `revision` is null while a member is missing, as after the restore of an older backup.
cohort = Table(
    "cohort",
    metadata,
    Column("id", String, primary_key=True),
    Column("series_id", ForeignKey("cohort_series.id"), nullable=False),
    Column("place_id", ForeignKey("locality.id"), nullable=False),
    Column("is_of_place", Boolean, nullable=False),
    Column("size", Integer, nullable=False),
    Column("strata", Text, nullable=False),
    Column("revision", Integer),
    Column("struck_at", String),
    Column("strike_reason", Text),
    Index("ix_cohort_series_id", "series_id"),
)

# The primary key holds that cohorts are disjoint, whatever the program does.
cohort_member = Table(
    "cohort_member",
    metadata,
    Column("response_id", UuidText, primary_key=True),
    Column("sha256", DigestText, nullable=False),
    Column("cohort_id", ForeignKey("cohort.id"), nullable=False),
    Column("response_seq", ForeignKey("response.seq")),
    UniqueConstraint("response_seq"),
    Index("ix_cohort_member_cohort_id", "cohort_id"),
)

# `cohorts`: a JSON array of ids. `revision` is null while a cohort of it is not published.
question_group = Table(
    "question_group",
    metadata,
    Column("id", String, primary_key=True),
    Column("series_id", ForeignKey("cohort_series.id"), nullable=False),
    Column("item", String, nullable=False),
    Column("place_id", ForeignKey("locality.id"), nullable=False),
    Column("cohorts", Text, nullable=False),
    Column("revision", Integer),
    Index("ix_question_group_series_id", "series_id"),
)

# What few of a cohort were asked. `asked`: a JSON object, question → number; `group_id` is null while it waits.
withheld_item = Table(
    "withheld_item",
    metadata,
    Column("cohort_id", ForeignKey("cohort.id"), nullable=False),
    Column("item", String, nullable=False),
    Column("series_id", ForeignKey("cohort_series.id"), nullable=False),
    Column("asked", Text, nullable=False),
    Column("tally", Text, nullable=False),
    Column("group_id", ForeignKey("question_group.id")),
    PrimaryKeyConstraint("cohort_id", "item"),
    partial_index("ix_withheld_item_waiting", "series_id", where="group_id IS NULL"),
)

# What is published of a cohort or of a question group (`owner`).
published_part = Table(
    "published_part",
    metadata,
    Column("owner", String, primary_key=True),
    Column("series_id", ForeignKey("cohort_series.id"), nullable=False),
    Column("place_id", ForeignKey("locality.id"), nullable=False),
    Column("stratum", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("n", Integer, nullable=False),
    Column("tally", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("is_struck", Boolean, nullable=False, server_default=false()),
    Index("ix_published_part_leaf", "series_id", "place_id", "stratum", "unit"),
)

# The sums of the published parts of one sampling unit, from which everything about people is computed.
published_leaf = Table(
    "published_leaf",
    metadata,
    Column("series_id", ForeignKey("cohort_series.id"), nullable=False),
    Column("place_id", ForeignKey("locality.id"), nullable=False),
    Column("stratum", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("n", Integer, nullable=False),
    Column("tally", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("unit_revision", Integer, nullable=False),
    PrimaryKeyConstraint("series_id", "place_id", "stratum", "unit"),
)

# What was published of people at the moment at which the centre released it to coordinators. `digest`: over its parts.
result_cut = Table(
    "result_cut",
    metadata,
    Column("id", String, primary_key=True),
    Column("round_id", ForeignKey("survey_round.id"), nullable=False),
    Column("at", String, nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("note", Text, nullable=False),
    Column("digest", String, nullable=False),
    Index("ix_result_cut_round_id", "round_id", "at"),
)

result_cut_part = Table(
    "result_cut_part",
    metadata,
    Column("cut_id", ForeignKey("result_cut.id"), nullable=False),
    Column("owner", ForeignKey("published_part.owner"), nullable=False),
    PrimaryKeyConstraint("cut_id", "owner"),
)
