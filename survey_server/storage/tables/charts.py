"""What is drawn, what should be drawn, and what is asked for."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, PrimaryKeyConstraint, String, Table, Text, UniqueConstraint

from survey_server.storage.tables.base import Serial, metadata

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
# Without a row they should have revision 0 and the round's build digest. `audience`: "coordinator" where coordinators
# are shown other numbers than the centre, else "".
required_chart = Table(
    "required_chart",
    metadata,
    Column("round", String, nullable=False),
    Column("path", String, nullable=False),
    Column("questionnaire", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("build", String, nullable=False),
    PrimaryKeyConstraint("round", "path", "questionnaire", "audience"),
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
# manifest says of them as JSON, and the digest and size of the file that holds them. `generated_at`: when they were
# drawn; it stays where they are drawn again as they were.
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
    Column("generated_at", String, nullable=False, server_default=""),
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
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("round", String, nullable=False),
    Column("level", String, nullable=False),
    Column("code", String, nullable=False),
    Column("chart", String, nullable=False),
    Column("language", String, nullable=False),
    Column("format", String, nullable=False),
    UniqueConstraint("round", "level", "code", "chart", "language", "format"),
)
