"""Counters of attempts within a window of time, shared by all web processes."""

from __future__ import annotations

from sqlalchemy import Connection, case, delete, select, update

from survey_server.storage.tables import throttle


def count(connection: Connection, key: str, window_from: str) -> int:
    """The attempts of `key` in its window, where that began at `window_from` or later."""
    wanted = select(throttle.c.failures).where(throttle.c.key == key, throttle.c.window_started_at >= window_from)
    return connection.execute(wanted).scalar_one_or_none() or 0


def add_failure(connection: Connection, key: str, now: str, window_from: str) -> None:
    """Count one more attempt; a new window begins where the old one is over. One statement, so that concurrent attempts
    all count."""
    over = throttle.c.window_started_at < window_from
    again = {
        "failures": case((over, 1), else_=throttle.c.failures + 1),
        "window_started_at": case((over, now), else_=throttle.c.window_started_at),
    }
    new = {"key": key, "window_started_at": now, "failures": 1}
    if connection.dialect.name == "postgresql":  # of the two dialects a server needs one
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    connection.execute(insert(throttle).values(new).on_conflict_do_update(index_elements=["key"], set_=again))


def uncount(connection: Connection, key: str) -> None:
    """Take back an attempt that was counted before it succeeded."""
    connection.execute(
        update(throttle).where(throttle.c.key == key, throttle.c.failures > 0).values(failures=throttle.c.failures - 1)
    )


def clear(connection: Connection, key: str) -> None:
    connection.execute(delete(throttle).where(throttle.c.key == key))


def remove_before(connection: Connection, window_from: str) -> None:
    connection.execute(delete(throttle).where(throttle.c.window_started_at < window_from))
