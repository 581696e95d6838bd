"""Lists a page at a time, so that a page of a long list costs no more than one of a short list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAGE_SIZE = 50
MAX_PAGE = 100_000  # keeps the offset within what databases take


def one_page(read: Callable[[int, int], list[T]], page: int) -> tuple[list[T], bool]:
    """The rows of a page, from 1 on, and whether there are more. `read` takes the limit and the offset."""
    found = read(PAGE_SIZE + 1, (min(max(page, 1), MAX_PAGE) - 1) * PAGE_SIZE)
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE
