"""Remove the column of uncompressed bodies; ids of cohorts' members as bytes; PostgreSQL's types of ids and digests"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_SHRINK = sa.text("UPDATE cohort_member SET response_id = :bytes, sha256 = :sha256 WHERE response_id = :id")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute("ALTER TABLE response DROP COLUMN body")
        for id_, sha256 in connection.execute(sa.text("SELECT response_id, sha256 FROM cohort_member")).all():
            changed = {"id": id_, "bytes": bytes.fromhex(id_.replace("-", "")), "sha256": bytes.fromhex(sha256)}
            connection.execute(_SHRINK, changed)
        return
    op.execute("""
        ALTER TABLE response
        DROP COLUMN body,
        ALTER COLUMN id TYPE uuid USING id::uuid,
        ALTER COLUMN sha256 TYPE bytea USING decode(sha256, 'hex'),
        ALTER COLUMN supersedes TYPE uuid USING supersedes::uuid
    """)
    op.execute("""
        ALTER TABLE cohort_member
        ALTER COLUMN response_id TYPE uuid USING response_id::uuid,
        ALTER COLUMN sha256 TYPE bytea USING decode(sha256, 'hex')
    """)
