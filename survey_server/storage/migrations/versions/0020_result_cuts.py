"""Cuts of results for coordinators, and the versions that their charts should have"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "result_cut",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["survey_round.id"], name=op.f("fk_result_cut_round_id_survey_round")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_result_cut_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_cut")),
    )
    op.create_index("ix_result_cut_round_id", "result_cut", ["round_id", "at"])
    op.create_table(
        "result_cut_part",
        sa.Column("cut_id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["cut_id"], ["result_cut.id"], name=op.f("fk_result_cut_part_cut_id_result_cut")),
        sa.ForeignKeyConstraint(
            ["owner"], ["published_part.owner"], name=op.f("fk_result_cut_part_owner_published_part")
        ),
        sa.PrimaryKeyConstraint("cut_id", "owner", name=op.f("pk_result_cut_part")),
    )
    op.drop_table("required_chart")  # the publisher writes it again
    op.execute("DELETE FROM chart_round")
    op.create_table(
        "required_chart",
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("questionnaire", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("build", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("round", "path", "questionnaire", "audience", name=op.f("pk_required_chart")),
    )
