"""Chain the entries of the audit log by their hashes; a table for the head of the chain"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BATCH = 5_000  # entries
_NEXT = sa.text(
    "SELECT id, at, person_id, device_id, action, object, detail FROM audit WHERE id > :after ORDER BY id LIMIT :batch"
)
_CHAIN = sa.text("UPDATE audit SET hash = :hash WHERE id = :id")


def upgrade() -> None:
    digest = sa.LargeBinary().with_variant(sa.String(), "sqlite")
    op.add_column("audit", sa.Column("hash", digest))
    op.create_table(
        "audit_head",
        sa.Column("log", sa.String(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("hash", digest, nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_audit_head")),
    )
    connection = op.get_bind()
    entries, last, after = 0, "0" * 64, 0
    while rows := connection.execute(_NEXT, {"after": after, "batch": BATCH}).all():
        chained = []
        for id_, *content in rows:
            text = json.dumps([last, *content], ensure_ascii=False, separators=(",", ":"))
            last = hashlib.sha256(text.encode()).hexdigest()
            chained.append({"id": id_, "hash": bytes.fromhex(last)})
        connection.execute(_CHAIN, chained)
        entries, after = entries + len(rows), rows[-1][0]
    if entries:
        add = sa.text("INSERT INTO audit_head (log, entries, hash) VALUES ('audit', :entries, :hash)")
        connection.execute(add, {"entries": entries, "hash": bytes.fromhex(last)})
