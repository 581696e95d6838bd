"""A draft keeps the texts of inputs that cannot be read as an answer yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("typed", sa.Text(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("draft", "typed")
