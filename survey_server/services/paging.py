"""Lists a page at a time: as long as they grow, a page costs the same and every row can be reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAGE = 50
LAST_PAGE = 100_000  # beyond it lies nothing, and at some number no database follows


def one_page(read: Callable[[int, int], list[T]], page: int) -> tuple[list[T], bool]:
    """The rows of a page, from 1 on, and whether there are more. `read` takes the limit and the offset."""
    found = read(PAGE + 1, (min(max(page, 1), LAST_PAGE) - 1) * PAGE)
    return found[:PAGE], len(found) > PAGE
