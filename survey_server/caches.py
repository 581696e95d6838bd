"""Caches as objects that somebody owns: nothing is cached at module level.

Both classes may be used from any number of threads, and hold at most `max_entries`: a full cache is emptied.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import RLock
from time import monotonic
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class PermanentCache(Generic[K, V]):
    """Values that never change once they exist, so that nothing has to invalidate an entry.

    Each value is computed by one thread; None ("does not exist yet") is not stored.
    """

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._values: dict[K, V] = {}
        self._computing = RLock()

    def get(self, key: K, compute: Callable[[], V | None]) -> V | None:
        found = self._values.get(key)
        if found is not None:
            return found
        with self._computing:
            found = self._values.get(key)
            if found is None and (found := compute()) is not None:
                if len(self._values) >= self._max_entries:
                    self._values.clear()
                self._values[key] = found
        return found

    def get_existing(self, key: K, compute: Callable[[], V]) -> V:
        """The same for a value that always exists."""
        found = self.get(key, compute)
        assert found is not None
        return found


class TimedCache(Generic[K, V]):
    """Values that may change: each is used for `ttl` seconds after it was computed, or until `refresh`."""

    def __init__(self, ttl: float, max_entries: int) -> None:
        self._ttl = ttl
        self._max_entries = max_entries
        self._values: dict[K, tuple[float, V]] = {}

    def get(self, key: K, compute: Callable[[], V]) -> V:
        found = self._values.get(key)
        if found is not None and found[0] > monotonic():
            return found[1]
        return self.refresh(key, compute)

    def refresh(self, key: K, compute: Callable[[], V]) -> V:
        """Compute the value whatever is stored, and store it."""
        value = compute()
        if len(self._values) >= self._max_entries:
            self._values.clear()
        self._values[key] = (monotonic() + self._ttl, value)
        return value
