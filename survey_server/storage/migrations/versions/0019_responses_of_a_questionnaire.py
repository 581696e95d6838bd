"""Lists of responses to one questionnaire are read from an index; that of localities holds the questionnaire too."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BY_QUESTIONNAIRE, BY_LOCALITY = "ix_response_questionnaire", "ix_response_locality_id"
COLUMNS = ["locality_id", "seq", "evidence", "state"]


def upgrade() -> None:
    op.create_index(BY_QUESTIONNAIRE, "response", ["questionnaire", "state", "seq", "evidence"])
    op.drop_index(BY_LOCALITY, "response")
    op.create_index(BY_LOCALITY, "response", [*COLUMNS, "questionnaire"])


def downgrade() -> None:
    op.drop_index(BY_LOCALITY, "response")
    op.create_index(BY_LOCALITY, "response", COLUMNS)
    op.drop_index(BY_QUESTIONNAIRE, "response")
