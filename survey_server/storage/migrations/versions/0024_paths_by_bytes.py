"""Paths and sort keys of localities are compared by their bytes in PostgreSQL, whatever the locale of the database"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COLUMNS = ("path", "sort_key")


def upgrade() -> None:
    _alter('VARCHAR COLLATE "C"')


def downgrade() -> None:
    _alter('VARCHAR COLLATE "default"')


def _alter(type_: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE locality " + ", ".join(f"ALTER COLUMN {name} TYPE {type_}" for name in COLUMNS))
