"""Which device sent an attachment: a device may send so much a day"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachment", sa.Column("device_id", sa.String()))
    op.create_index("ix_attachment_device_id", "attachment", ["device_id", "received_at"])
