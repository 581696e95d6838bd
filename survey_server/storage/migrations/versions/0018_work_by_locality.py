"""Progress of a round is added up by locality in the order of an index, without sorting all assignments."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OLD, NEW = "ix_assignment_round_id_locality_id", "ix_assignment_work"


def upgrade() -> None:
    op.drop_index(OLD, "assignment")
    op.create_index(NEW, "assignment", ["round_id", "locality_id", "questionnaire", "version", "due_on"])


def downgrade() -> None:
    op.drop_index(NEW, "assignment")
    op.create_index(OLD, "assignment", ["round_id", "locality_id"])
