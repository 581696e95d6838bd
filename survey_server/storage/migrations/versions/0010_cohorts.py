"""Cohorts: what people answered is published in groups that never change. What counts already is looked at"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# The publisher finds out of each where it waits, and whether the person declined: it takes the questionnaires.
_CHANGES = """
    INSERT INTO cohort_change (response_seq)
    SELECT seq FROM response
    WHERE respondent <> 'organisation' AND state IN ('submitted', 'approved') AND training = false
      AND round_id IS NOT NULL AND locality_id IS NOT NULL
    ORDER BY seq
"""


def upgrade() -> None:
    op.add_column("survey_round", sa.Column("cohort_size", sa.Integer(), server_default="10", nullable=False))
    _create_waiting()
    _create_cohorts()
    _create_groups()
    _create_published()
    op.execute(sa.text(_CHANGES))


def _create_waiting() -> None:
    op.create_table(
        "cohort_series",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("questionnaire", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("respondent", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cohort_series"),
        sa.ForeignKeyConstraint(["round_id"], ["survey_round.id"], name="fk_cohort_series_round_id"),
        sa.UniqueConstraint(
            "round_id", "questionnaire", "version", "evidence",
            name="uq_cohort_series_round_id_questionnaire_version_evidence",
        ),
    )  # fmt: skip
    op.create_table(
        "cohort_change",
        sa.Column("id", _serial(), autoincrement=True, nullable=False),
        sa.Column("response_seq", _serial(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cohort_change"),
        sa.ForeignKeyConstraint(["response_seq"], ["response.seq"], name="fk_cohort_change_response_seq"),
    )
    op.create_table(
        "waiting_response",
        sa.Column("response_seq", _serial(), nullable=False, autoincrement=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("is_declined", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_pooled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("response_seq", name="pk_waiting_response"),
        *_of_place("waiting_response"),
        sa.ForeignKeyConstraint(["response_seq"], ["response.seq"], name="fk_waiting_response_response_seq"),
    )
    op.create_index("ix_waiting_response_place", "waiting_response", ["series_id", "place_id"])
    pooled = sa.column("is_pooled", sa.Boolean())
    op.create_index(
        "ix_waiting_response_pool", "waiting_response", ["series_id"], sqlite_where=pooled, postgresql_where=pooled
    )
    op.create_table(
        "unchecked_place",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series_id", "place_id", name="pk_unchecked_place"),
        *_of_place("unchecked_place"),
    )
    op.create_table(
        "closed_round",
        sa.Column("round_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("round_id", name="pk_closed_round"),
        sa.ForeignKeyConstraint(["round_id"], ["survey_round.id"], name="fk_closed_round_round_id"),
    )


def _create_cohorts() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("is_of_place", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("strata", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.Column("struck_at", sa.String()),
        sa.Column("strike_reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_cohort"),
        *_of_place("cohort"),
    )
    op.create_index("ix_cohort_series_id", "cohort", ["series_id"])
    op.create_table(
        "cohort_member",
        sa.Column("response_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("cohort_id", sa.String(), nullable=False),
        sa.Column("response_seq", _serial()),
        sa.PrimaryKeyConstraint("response_id", name="pk_cohort_member"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_cohort_member_cohort_id"),
        sa.ForeignKeyConstraint(["response_seq"], ["response.seq"], name="fk_cohort_member_response_seq"),
        sa.UniqueConstraint("response_seq", name="uq_cohort_member_response_seq"),
    )
    op.create_index("ix_cohort_member_cohort_id", "cohort_member", ["cohort_id"])


def _create_groups() -> None:
    op.create_table(
        "question_group",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("cohorts", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_question_group"),
        *_of_place("question_group"),
    )
    op.create_index("ix_question_group_series_id", "question_group", ["series_id"])
    op.create_table(
        "withheld_item",
        sa.Column("cohort_id", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
        sa.Column("group_id", sa.String()),
        sa.PrimaryKeyConstraint("cohort_id", "item", name="pk_withheld_item"),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name="fk_withheld_item_cohort_id"),
        sa.ForeignKeyConstraint(["series_id"], ["cohort_series.id"], name="fk_withheld_item_series_id"),
        sa.ForeignKeyConstraint(["group_id"], ["question_group.id"], name="fk_withheld_item_group_id"),
    )
    waiting = sa.column("group_id", sa.String()).is_(None)
    op.create_index(
        "ix_withheld_item_waiting", "withheld_item", ["series_id"], sqlite_where=waiting, postgresql_where=waiting
    )


def _create_published() -> None:
    op.create_table(
        "published_part",
        sa.Column("owner", sa.String(), nullable=False),
        *_leaf_columns(),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("is_struck", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_published_part"),
        *_of_place("published_part"),
    )
    op.create_index("ix_published_part_leaf", "published_part", ["series_id", "place_id", "stratum", "unit"])
    op.create_table(
        "published_leaf",
        *_leaf_columns(),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("first_revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series_id", "place_id", "stratum", "unit", name="pk_published_leaf"),
        *_of_place("published_leaf"),
    )


def _leaf_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("tally", sa.Text(), nullable=False),
    ]


def _of_place(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(["series_id"], ["cohort_series.id"], name=f"fk_{table}_series_id"),
        sa.ForeignKeyConstraint(["place_id"], ["locality.id"], name=f"fk_{table}_place_id"),
    ]


def _serial() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
