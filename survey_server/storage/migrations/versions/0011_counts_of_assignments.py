"""How many responses to each assignment count, and indexes of visits"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_COUNT = """
    UPDATE assignment SET done = (
        SELECT count(*) FROM response
        WHERE response.assignment_id = assignment.id AND response.state IN ('submitted', 'approved')
        AND NOT response.training
    )
"""


def upgrade() -> None:
    op.add_column("assignment", sa.Column("done", sa.Integer(), nullable=False, server_default="0"))
    op.execute(_COUNT)
    op.create_index("ix_assignment_visit_id", "assignment", ["visit_id"])
    op.create_index("ix_visit_leader_id", "visit", ["leader_id"])


def downgrade() -> None:
    op.drop_index("ix_visit_leader_id", "visit")
    op.drop_index("ix_assignment_visit_id", "assignment")
    op.drop_column("assignment", "done")
