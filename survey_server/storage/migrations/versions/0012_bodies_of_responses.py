"""Compressed bodies in a table of their own; ids and digests of responses as bytes

The rows are moved in batches: a full database has millions of them. The next script removes the old column.
"""

import zlib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BATCH = 500  # responses
_NEXT = sa.text(
    "SELECT seq, id, sha256, supersedes, body FROM response"
    " WHERE seq > (SELECT coalesce(max(response_seq), 0) FROM response_body) ORDER BY seq LIMIT :batch"
)
_ADD = sa.text("INSERT INTO response_body (response_seq, body) VALUES (:seq, :body)")
_SHRINK = sa.text(
    "UPDATE response SET id = :id, sha256 = :sha256, supersedes = :supersedes, body = '' WHERE seq = :seq"
)


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "response_body",
        sa.Column("response_seq", number, autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["response_seq"], ["response.seq"], name=op.f("fk_response_body_response_seq")),
        sa.PrimaryKeyConstraint("response_seq", name=op.f("pk_response_body")),
    )


def run_batch(connection: sa.Connection) -> bool:
    """Move the bodies of some responses, the first received first; whether there were any.

    SQLite stores bytes in a column that is declared as text; PostgreSQL's columns are changed by the next script.
    """
    rows = connection.execute(_NEXT, {"batch": BATCH}).all()
    if rows:
        connection.execute(_ADD, [{"seq": row.seq, "body": zlib.compress(row.body.encode(), 1)} for row in rows])
        if connection.dialect.name == "sqlite":
            connection.execute(_SHRINK, [_as_bytes(row) for row in rows])
    return bool(rows)


def _as_bytes(row: sa.Row[Any]) -> dict[str, Any]:
    supersedes = bytes.fromhex(row.supersedes.replace("-", "")) if row.supersedes is not None else None
    id_ = bytes.fromhex(row.id.replace("-", ""))
    return {"seq": row.seq, "id": id_, "sha256": bytes.fromhex(row.sha256), "supersedes": supersedes}
