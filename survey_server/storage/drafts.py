"""Drafts of the web form, until they are sent: one a person and assignment, and one a response that it completes."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from survey_server.domain import Draft, TypedTexts
from survey_server.storage.tables import draft


def add(connection: Connection, new: Draft) -> None:
    values = {name: getattr(new, name) for name in Draft.__slots__}
    values |= {"answers": _text(new.answers), "typed": _text(new.typed)}
    connection.execute(insert(draft).values(values))


def find(connection: Connection, draft_id: str) -> Draft | None:
    return _one(connection.execute(select(draft).where(draft.c.id == draft_id)).mappings().one_or_none())


def open_one(connection: Connection, person_id: int, assignment_id: str, supersedes: str | None = None) -> Draft | None:
    """The person's draft for an assignment that was saved last; with `supersedes` only those that complete that one."""
    wanted = select(draft).where(draft.c.person_id == person_id, draft.c.assignment_id == assignment_id)
    if supersedes is not None:
        wanted = wanted.where(draft.c.supersedes == supersedes)
    return _one(connection.execute(wanted.order_by(draft.c.saved_at.desc()).limit(1)).mappings().one_or_none())


def open_drafts(connection: Connection, person_id: int) -> dict[str, str]:
    """The ids of a person's drafts, by the response that they complete or, of the others, by their assignment."""
    key = func.coalesce(draft.c.supersedes, draft.c.assignment_id)
    wanted = select(key.label("key"), draft.c.id).where(draft.c.person_id == person_id).order_by(draft.c.saved_at)
    return {row.key: row.id for row in connection.execute(wanted)}


def save(
    connection: Connection, draft_id: str, answers: dict[str, Any], saved_at: str, typed: TypedTexts | None = None
) -> None:
    values = {"answers": _text(answers), "typed": _text(typed or {}), "saved_at": saved_at}
    connection.execute(update(draft).where(draft.c.id == draft_id).values(values))


def remove(connection: Connection, draft_id: str) -> None:
    connection.execute(delete(draft).where(draft.c.id == draft_id))


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _one(row: RowMapping | None) -> Draft | None:
    if row is None:
        return None
    return Draft(**{**row, "answers": json.loads(row["answers"]), "typed": json.loads(row["typed"])})
