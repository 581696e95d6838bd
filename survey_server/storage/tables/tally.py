"""The leaves of the running tally, the changes that wait to be counted, and the revisions."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from survey_server.storage.tables.base import Serial, metadata

# A leaf that has lost all its responses stays, with its revision. `counted_by`: the digest of the program that counted.
leaf = Table(
    "leaf",
    metadata,
    Column("round_id", Integer, nullable=False),
    Column("locality_id", Integer, nullable=False),
    Column("questionnaire", String, nullable=False),
    Column("version", String, nullable=False),
    Column("evidence", String, nullable=False),
    Column("state", String, nullable=False),
    Column("stratum", String, nullable=False),
    Column("cluster", String, nullable=False),
    Column("weights_version", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("tally", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("counted_by", String, nullable=False, server_default=""),
    PrimaryKeyConstraint(
        "round_id", "locality_id", "questionnaire", "version", "evidence", "state", "stratum", "cluster",
        "weights_version",
    ),
    Index("ix_leaf_counted_by", "counted_by"),
)  # fmt: skip

# A row for each response that began (sign 1) or ceased (-1) to count in a state, from the transaction that changed it.
# The publisher adds them to the leaves and deletes exactly those that it added.
response_change = Table(
    "response_change",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
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
