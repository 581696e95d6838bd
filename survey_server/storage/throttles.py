"""Failed attempts by key, shared by all web processes."""

from __future__ import annotations

from sqlalchemy import Connection, case, delete, select, update

from survey_server.storage.tables import throttle


def find(connection: Connection, key: str, since: str) -> tuple[int, str]:
    """The failures of a key and the instant of the last; none where that is before `since`."""
    wanted = select(throttle.c.failures, throttle.c.last_at).where(throttle.c.key == key, throttle.c.last_at >= since)
    row = connection.execute(wanted).one_or_none()
    return (row.failures, row.last_at) if row is not None else (0, since)


def add_failure(connection: Connection, key: str, now: str, since: str) -> None:
    """Count one more failure; those whose last is before `since` are forgotten."""
    failures = case((throttle.c.last_at < since, 1), else_=throttle.c.failures + 1)
    if connection.dialect.name == "postgresql":  # of the two dialects a server needs one
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    added = insert(throttle).values(key=key, failures=1, last_at=now)
    changed = {"failures": failures, "last_at": now}
    connection.execute(added.on_conflict_do_update(index_elements=["key"], set_=changed))


def take_back(connection: Connection, key: str, failures: int = 1) -> None:
    """Take back failures: an attempt that was counted before it succeeded, and those that led to it."""
    left = case((throttle.c.failures > failures, throttle.c.failures - failures), else_=0)
    connection.execute(update(throttle).where(throttle.c.key == key).values(failures=left))


def clear(connection: Connection, key: str) -> None:
    connection.execute(delete(throttle).where(throttle.c.key == key))


def clear_beginning(connection: Connection, start: str) -> None:
    """Of all keys that begin so."""
    connection.execute(delete(throttle).where(throttle.c.key.startswith(start, autoescape=True)))


def remove_before(connection: Connection, since: str) -> None:
    connection.execute(delete(throttle).where(throttle.c.last_at < since))
