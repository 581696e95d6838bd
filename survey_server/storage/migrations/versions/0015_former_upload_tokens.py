"""Upload tokens that a tablet had before: files of unsent responses may be signed with one of them"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_upload_token",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_former_upload_token_device_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_former_upload_token_person_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_former_upload_token")),
    )
    op.create_index("ix_former_upload_token_device_id", "former_upload_token", ["device_id"])


def downgrade() -> None:
    op.drop_table("former_upload_token")
