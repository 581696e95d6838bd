"""At which revision a sampling unit changed last what it publishes numbers of"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE published_leaf RENAME COLUMN first_revision TO unit_revision")


def downgrade() -> None:
    op.execute("ALTER TABLE published_leaf RENAME COLUMN unit_revision TO first_revision")
