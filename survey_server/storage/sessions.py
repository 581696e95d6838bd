"""Sessions of the web pages. Only a hash of the token is stored, with which nobody can sign in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from survey_server.clock import now_text
from survey_server.storage.tables import person, session


@dataclass(frozen=True, slots=True)
class Session:
    token_hash: str
    person_id: int
    created_at: str
    seen_at: str
    expires_at: str


def add(connection: Connection, new: Session) -> None:
    connection.execute(
        insert(session).values(
            token_hash=new.token_hash,
            person_id=new.person_id,
            created_at=new.created_at,
            seen_at=new.seen_at,
            expires_at=new.expires_at,
        )
    )


def find(connection: Connection, token_hash: str) -> Session | None:
    row = connection.execute(select(session).where(session.c.token_hash == token_hash)).mappings().one_or_none()
    return Session(**row) if row is not None else None


def of_person(connection: Connection, person_id: int, now: str) -> Sequence[Session]:
    """The sessions that have not expired, the last used first."""
    wanted = select(session).where(session.c.person_id == person_id, session.c.expires_at > now)
    return [Session(**row) for row in connection.execute(wanted.order_by(session.c.seen_at.desc())).mappings()]


def extend(connection: Connection, token_hash: str, seen_at: str, expires_at: str) -> None:
    connection.execute(
        update(session).where(session.c.token_hash == token_hash).values(seen_at=seen_at, expires_at=expires_at)
    )


def end(connection: Connection, token_hash: str) -> None:
    connection.execute(delete(session).where(session.c.token_hash == token_hash))


def end_all(connection: Connection, person_id: int) -> int:
    """End every session of a person, also those that are not stored; returns how many were stored."""
    connection.execute(update(person).where(person.c.id == person_id).values(sessions_ended_at=now_text()))
    return connection.execute(delete(session).where(session.c.person_id == person_id)).rowcount


def end_everyones(connection: Connection) -> int:
    """End every session, also those that are not stored; returns how many were stored."""
    connection.execute(update(person).values(sessions_ended_at=now_text()))
    return connection.execute(delete(session)).rowcount


def end_others(connection: Connection, person_id: int, token_hash: str) -> int:
    """End every session of a person but one; returns how many there were."""
    others = (session.c.person_id == person_id, session.c.token_hash != token_hash)
    return connection.execute(delete(session).where(*others)).rowcount


def end_expired(connection: Connection, now: str) -> None:
    connection.execute(delete(session).where(session.c.expires_at <= now))
