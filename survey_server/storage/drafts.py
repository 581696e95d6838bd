"""Drafts of the web form: one a person and assignment, until it is sent."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from survey_server.domain import Draft
from survey_server.storage.tables import draft


def add(connection: Connection, new: Draft) -> None:
    values = {name: getattr(new, name) for name in Draft.__slots__} | {"answers": _text(new.answers)}
    connection.execute(insert(draft).values(values))


def find(connection: Connection, draft_id: str) -> Draft | None:
    return _one(connection.execute(select(draft).where(draft.c.id == draft_id)).mappings().one_or_none())


def open_one(connection: Connection, person_id: int, assignment_id: str) -> Draft | None:
    """The person's draft for an assignment, the one saved last."""
    wanted = select(draft).where(draft.c.person_id == person_id, draft.c.assignment_id == assignment_id)
    return _one(connection.execute(wanted.order_by(draft.c.saved_at.desc()).limit(1)).mappings().one_or_none())


def open_assignments(connection: Connection, person_id: int) -> dict[str, str]:
    """Assignment → when its draft was saved."""
    wanted = select(draft.c.assignment_id, draft.c.saved_at).where(draft.c.person_id == person_id)
    return {row.assignment_id: row.saved_at for row in connection.execute(wanted)}


def save(connection: Connection, draft_id: str, answers: dict[str, Any], saved_at: str) -> None:
    connection.execute(update(draft).where(draft.c.id == draft_id).values(answers=_text(answers), saved_at=saved_at))


def remove(connection: Connection, draft_id: str) -> None:
    connection.execute(delete(draft).where(draft.c.id == draft_id))


def _text(answers: dict[str, Any]) -> str:
    return json.dumps(answers, ensure_ascii=False)


def _one(row: RowMapping | None) -> Draft | None:
    return Draft(**{**row, "answers": json.loads(row["answers"])}) if row is not None else None
