"""Localities' sort keys anew: numbers in names stand in their own order (2 before 10)"""

import sqlalchemy as sa
from alembic import op

from survey_server.domain.vietnamese_order import locality_sort_key

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_locality = sa.table("locality", sa.column("id"), sa.column("name"), sa.column("kind"), sa.column("sort_key"))


def upgrade() -> None:
    connection = op.get_bind()
    kept = connection.execute(sa.select(_locality)).all()
    keys = ((each, locality_sort_key(each.name, each.kind)) for each in kept)
    changed = [{"of_id": each.id, "new_key": key} for each, key in keys if key != each.sort_key]
    if changed:
        change = sa.update(_locality).where(_locality.c.id == sa.bindparam("of_id"))
        connection.execute(change.values(sort_key=sa.bindparam("new_key")), changed)


def downgrade() -> None:
    """The keys sort in either version of the code."""
