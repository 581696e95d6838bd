"""Indexes by which lists of responses are read a page at a time"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("leaf", "assignment_id", "supersedes"):
        op.drop_index(f"ix_response_{name}", "response")
    for name, columns, condition in (
        ("locality_id", ["locality_id", "seq", "evidence", "state"], None),
        ("state", ["state", "seq", "evidence"], None),
        ("person_id", ["person_id", "seq", "state"], None),
        ("visit_id", ["visit_id", "seq", "state"], "visit_id IS NOT NULL"),
        ("assignment_id", ["assignment_id", "state", "training"], None),
        ("supersedes", ["supersedes"], "supersedes IS NOT NULL"),
    ):
        where = sa.text(condition) if condition else None
        op.create_index(f"ix_response_{name}", "response", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in ("locality_id", "state", "person_id", "visit_id", "assignment_id", "supersedes"):
        op.drop_index(f"ix_response_{name}", "response")
    op.create_index("ix_response_leaf", "response", ["round_id", "locality_id", "questionnaire"])
    op.create_index("ix_response_assignment_id", "response", ["assignment_id"])
    op.create_index("ix_response_supersedes", "response", ["supersedes"])
