"""A clock that is off by years, in milliseconds"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":  # whose whole numbers are all of one size
        op.alter_column("response", "clock_offset_ms", type_=sa.BigInteger(), existing_type=sa.Integer())
