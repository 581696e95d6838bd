"""When all sessions of a person were ended: those of an outage are not stored, and end with them"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("sessions_ended_at", sa.String()))
