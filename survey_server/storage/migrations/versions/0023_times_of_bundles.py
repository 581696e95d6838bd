"""When each bundle of charts was drawn"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chart_bundle", sa.Column("generated_at", sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE chart_bundle SET generated_at = (SELECT chart_page.generated_at FROM chart_page WHERE "
        "chart_page.round = chart_bundle.round AND chart_page.level = chart_bundle.level AND "
        "chart_page.code = chart_bundle.code)"
    )
