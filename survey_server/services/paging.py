"""Lists a page at a time, by key: a page continues behind the key of a row, so that it costs the same wherever it lies
in a list, and skips and repeats nothing when rows are added."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")
Key = TypeVar("Key", int, str)
PAGE_SIZE = 50
MAX_NUMBER = 20  # of a page that is found by passing those before it


@dataclass(frozen=True, slots=True)
class Turn(Generic[Key]):
    """Where a page lies: behind the row with the key `after`, or just before the one with `before`; else it is the
    first, or the one with this number, from 1, as links of release 0.1 name it."""

    after: Key | None = None
    before: Key | None = None
    number: int = 1


@dataclass(frozen=True, slots=True)
class Page(Generic[Row, Key]):
    """`previous`, `next`: where the pages around it lie; None where there are none."""

    rows: list[Row]
    previous: Turn[Key] | None
    next: Turn[Key] | None


def read_page(
    read: Callable[[int, Key | None, Key | None], list[Row]],
    key_of: Callable[[Row], Key],
    turn: Turn[Key],
    size: int = PAGE_SIZE,
) -> Page[Row, Key]:
    """`read` takes a limit and the keys of a turn, and returns rows in the order of the list."""
    if turn.before is not None:
        found = read(size + 1, None, turn.before)
        if len(found) > size:
            rows = found[1:]
            return Page(rows, Turn(before=key_of(rows[0])), Turn(after=key_of(rows[-1])))
        turn = Turn()  # what is left is the first page, which is filled up
    for _ in range(min(turn.number, MAX_NUMBER) - 1 if turn.after is None else 0):
        passed = read(size + 1, turn.after, None)
        if len(passed) <= size:
            break  # there are fewer pages: the last one
        turn = Turn(after=key_of(passed[size - 1]))
    found = read(size + 1, turn.after, None)
    rows = found[:size]
    has_previous = turn.after is not None and rows
    return Page(
        rows,
        Turn(before=key_of(rows[0])) if has_previous else None,
        Turn(after=key_of(rows[-1])) if len(found) > size else None,
    )
