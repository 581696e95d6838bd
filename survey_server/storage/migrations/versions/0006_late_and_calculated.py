"""Whether a response is late, and its calculated values; of stored responses the first is decided here, the second
when the database is prepared or when it is first needed: it takes the questionnaires"""

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BATCH = 1_000  # responses read at a time
_VIETNAM = timezone(timedelta(hours=7))
_ROWS = sa.text("""
    SELECT r.seq, r.id, r.evidence, r.completed_at, r.clock_offset_ms, r.received_at, r.supersedes,
      r.simulated AND s.simulated AS simulated,
      coalesce(
        (SELECT a.due_on FROM assignment a WHERE a.id = r.assignment_id AND a.round_id = r.round_id),
        (SELECT min(a.due_on) FROM assignment a WHERE r.assignment_id IS NULL AND a.round_id = r.round_id
          AND a.locality_id = r.locality_id AND a.questionnaire = r.questionnaire AND a.version = r.version
          AND (a.person_id = r.person_id OR a.person_id IS NULL)),
        s.due_on
      ) AS due_on
    FROM response r JOIN survey_round s ON s.id = r.round_id
    WHERE r.seq > :after ORDER BY r.seq LIMIT :batch
""")
_SET_LATE = sa.text("UPDATE response SET late = :late WHERE seq = :seq")
# A revision of a self-review that was sent in time is in time. What a revision of a revision refers to was stored, and
# so decided, before it.
_IN_TIME = sa.text("""
    SELECT count(*) FROM response
    WHERE id = :id AND evidence = 'self_review' AND state = 'superseded' AND late = :late AND seq < :seq
""")


def upgrade() -> None:
    op.add_column("response", sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("response", sa.Column("calculated", sa.Text(), nullable=True))
    connection = op.get_bind()
    rows = connection.execute(_ROWS, {"after": 0, "batch": _BATCH}).all()
    while rows:
        for row in rows:
            if _is_late(row) and not _was_first_in_time(connection, row):
                connection.execute(_SET_LATE, {"seq": row.seq, "late": True})
        rows = connection.execute(_ROWS, {"after": rows[-1].seq, "batch": _BATCH}).all()


def _was_first_in_time(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    if row.evidence != "self_review" or row.supersedes is None:
        return False
    found = {"id": row.supersedes, "seq": row.seq, "late": False}
    return bool(connection.execute(_IN_TIME, found).scalar_one())


def _is_late(row: sa.Row[Any]) -> bool:
    """The rule as it was when this migration was written: a migration depends on no code that may change."""
    due = datetime.combine(date.fromisoformat(row.due_on[:10]), time.max.replace(tzinfo=_VIETNAM))
    received = datetime.fromisoformat(row.received_at)
    if row.completed_at is None or (row.evidence == "self_review" and not row.simulated):
        return received > due
    try:
        completed = datetime.fromisoformat(row.completed_at) + timedelta(milliseconds=row.clock_offset_ms or 0)
        return min(completed, received) > due
    except (OverflowError, ValueError):
        return received > due
