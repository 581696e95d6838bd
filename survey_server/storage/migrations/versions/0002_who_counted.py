"""Which program counted a leaf"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("leaf", "released_leaf"):
        op.add_column(table, sa.Column("counted_by", sa.String(), server_default="", nullable=False))
