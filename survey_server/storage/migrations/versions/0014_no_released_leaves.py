"""What is shown of people are published cohorts: no released leaves, no sizes of strata"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("released_leaf")
    op.drop_table("stratum_size")
