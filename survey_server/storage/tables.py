"""The tables. Instants are UTC text ("2012-06-05T07:05:00.123Z"), days are ISO text, JSON is text:
the same bytes and the same order in SQLite and in PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from survey_server.storage.column_types import CompressedText, DigestText, UuidText

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite increments only INTEGER columns; in PostgreSQL an INTEGER has four bytes, so BIGINT there.
_Serial = BigInteger().with_variant(Integer, "sqlite")


def _partial_index(name: str, *columns: str, where: str) -> Index:
    """An index that holds only the rows for which the condition is true."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


# --- localities -------------------------------------------------------------------------------------------------
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
    Column("path", String, nullable=False),
    Column("name", String, nullable=False),
    Column("search_key", String, nullable=False),
    Column("sort_key", String, nullable=False),
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

# --- questionnaires ---------------------------------------------------------------------------------------------
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

# --- people, sessions, tablets ----------------------------------------------------------------------------------
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

# --- rounds, visits, assignments --------------------------------------------------------------------------------
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
    Index("ix_assignment_round_id_locality_id", "round_id", "locality_id"),
)

# --- responses --------------------------------------------------------------------------------------------------
# Rows are only added: a correction is a new row. Two rows may share an id (a conflict); (id, sha256) is unique.
# `state` is one of domain.responses.State. Rows whose round or locality is unknown (null) are quarantined.
response = Table(
    "response",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
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
    Index("ix_response_locality_id", "locality_id", "seq", "evidence", "state"),
    Index("ix_response_state", "state", "seq", "evidence"),
    Index("ix_response_person_id", "person_id", "seq", "state"),
    _partial_index("ix_response_visit_id", "visit_id", "seq", "state", where="visit_id IS NOT NULL"),
    Index("ix_response_assignment_id", "assignment_id", "state", "training"),
    _partial_index("ix_response_supersedes", "supersedes", where="supersedes IS NOT NULL"),
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
    Column("id", _Serial, primary_key=True, autoincrement=True),
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
)

audit = Table(
    "audit",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("at", String, nullable=False),
    Column("person_id", Integer),
    Column("device_id", String),
    Column("action", String, nullable=False),
    Column("object", String, nullable=False),
    Column("detail", Text, nullable=False),
)

# --- the tally --------------------------------------------------------------------------------------------------
_LEAF = (
    "round_id",
    "locality_id",
    "questionnaire",
    "version",
    "evidence",
    "state",
    "stratum",
    "cluster",
    "weights_version",
)


def _leaf_columns() -> list[Column[object]]:
    return [
        Column("round_id", Integer, nullable=False),
        Column("locality_id", Integer, nullable=False),
        Column("questionnaire", String, nullable=False),
        Column("version", String, nullable=False),
        Column("evidence", String, nullable=False),
        Column("state", String, nullable=False),
        Column("stratum", String, nullable=False),
        Column("cluster", String, nullable=False),
        Column("weights_version", Integer, nullable=False),
    ]


def _counted_columns() -> list[Column[object]]:
    """`counted_by`: the digest of the program that counted."""
    return [
        Column("n", Integer, nullable=False),
        Column("tally", Text, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("counted_by", String, nullable=False, server_default=""),
    ]


# A leaf that has lost all its responses stays, with its revision.
leaf = Table(
    "leaf",
    metadata,
    *_leaf_columns(),
    *_counted_columns(),
    PrimaryKeyConstraint(*_LEAF),
    Index("ix_leaf_counted_by", "counted_by"),
)

# A row for each response that began (sign 1) or ceased (-1) to count in a state, from the transaction that changed it.
# The publisher adds them to the leaves and deletes exactly those that it added.
response_change = Table(
    "response_change",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("response_seq", ForeignKey("response.seq"), nullable=False),
    Column("state", String, nullable=False),
    Column("sign", Integer, nullable=False),
)

# A revision is an instant at which the publisher changed numbers.
revision = Table(
    "revision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("round_id", ForeignKey("survey_round.id"), nullable=False),
    Column("at", String, nullable=False),
)

# --- charts -----------------------------------------------------------------------------------------------------
# The newest revision of a round's numbers and its build digest (docs/decisions/0005). Rounds, levels and codes are
# those of the charts' addresses.
chart_round = Table(
    "chart_round",
    metadata,
    Column("round", String, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("build", String, nullable=False),
)

# The version that a locality's charts of a questionnaire should have; "": the charts of all questionnaires together.
# Without a row they should have revision 0 and the round's build digest.
required_chart = Table(
    "required_chart",
    metadata,
    Column("round", String, nullable=False),
    Column("path", String, nullable=False),
    Column("questionnaire", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("build", String, nullable=False),
    PrimaryKeyConstraint("round", "path", "questionnaire"),
)

# The charts of a locality as they were drawn last; a row is written after all files that its bundles name are durable.
chart_page = Table(
    "chart_page",
    metadata,
    Column("round", String, nullable=False),
    Column("level", String, nullable=False),
    Column("code", String, nullable=False),
    Column("generated_at", String, nullable=False),
    Column("simulated", Boolean, nullable=False),
    PrimaryKeyConstraint("round", "level", "code"),
)

# A locality's charts of one questionnaire (or, "", of all together) in one language, for one audience: what the
# manifest says of them as JSON, and the digest and size of the file that holds them.
chart_bundle = Table(
    "chart_bundle",
    metadata,
    Column("round", String, nullable=False),
    Column("level", String, nullable=False),
    Column("code", String, nullable=False),
    Column("questionnaire", String, nullable=False),
    Column("language", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("build", String, nullable=False),
    Column("evidence", String, nullable=False),
    Column("is_answered", Boolean, nullable=False),
    Column("charts", Text, nullable=False),
    Column("sha256", String, nullable=False),
    Column("size", Integer, nullable=False),
    PrimaryKeyConstraint("round", "level", "code", "questionnaire", "language", "audience"),
    Index("ix_chart_bundle_sha256", "sha256"),
)

# A chart of a bundle as PNG or PDF, drawn on request.
chart_picture = Table(
    "chart_picture",
    metadata,
    Column("bundle", String, nullable=False),
    Column("name", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("size", Integer, nullable=False),
    PrimaryKeyConstraint("bundle", "name"),
    Index("ix_chart_picture_sha256", "sha256"),
)

# What is to be drawn: all charts of a locality, or (`chart`) one as PNG or PDF.
chart_request = Table(
    "chart_request",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("round", String, nullable=False),
    Column("level", String, nullable=False),
    Column("code", String, nullable=False),
    Column("chart", String, nullable=False),
    Column("language", String, nullable=False),
    Column("format", String, nullable=False),
    UniqueConstraint("round", "level", "code", "chart", "language", "format"),
)

# --- cohorts: what people answered is published in groups that never change (docs/analysis.md) --------------------
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
    Column("id", _Serial, primary_key=True, autoincrement=True),
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
)
Index(
    "ix_waiting_response_pool",
    waiting_response.c.series_id,
    sqlite_where=waiting_response.c.is_pooled,
    postgresql_where=waiting_response.c.is_pooled,
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
)
Index(
    "ix_withheld_item_waiting",
    withheld_item.c.series_id,
    sqlite_where=withheld_item.c.group_id.is_(None),
    postgresql_where=withheld_item.c.group_id.is_(None),
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
    Column("first_revision", Integer, nullable=False),
    PrimaryKeyConstraint("series_id", "place_id", "stratum", "unit"),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)
