"""Charts: required versions, manifests and requests, which were files"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chart_round",
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("build", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("round", name=op.f("pk_chart_round")),
    )
    op.create_table(
        "required_chart",
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("questionnaire", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("build", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("round", "path", "questionnaire", name=op.f("pk_required_chart")),
    )
    _create_drawn_charts()
    op.create_table(
        "chart_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        *_address(),
        sa.Column("chart", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chart_request")),
        sa.UniqueConstraint(
            "round", "level", "code", "chart", "language", "format",
            name=op.f("uq_chart_request_round_level_code_chart_language_format"),
        ),
    )  # fmt: skip


def _create_drawn_charts() -> None:
    op.create_table(
        "chart_page",
        *_address(),
        sa.Column("generated_at", sa.String(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("round", "level", "code", name=op.f("pk_chart_page")),
    )
    op.create_table(
        "chart_bundle",
        *_address(),
        sa.Column("questionnaire", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("build", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("charts", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "round", "level", "code", "questionnaire", "language", "audience", name=op.f("pk_chart_bundle")
        ),
    )
    op.create_index("ix_chart_bundle_sha256", "chart_bundle", ["sha256"])
    op.create_table(
        "chart_picture",
        sa.Column("bundle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bundle", "name", name=op.f("pk_chart_picture")),
    )
    op.create_index("ix_chart_picture_sha256", "chart_picture", ["sha256"])


def _address() -> list[sa.Column[object]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in ("round", "level", "code")]
