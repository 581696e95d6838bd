"""Caches: what is computed once, what is computed again, and that none grows without bound."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest

from survey_server import caches
from survey_server.caches import PermanentCache, TimedCache


class Counter:
    """Computes 1, 2, 3, … and counts the calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> int:
        self.calls += 1
        return self.calls


def test_a_permanent_value_is_computed_once() -> None:
    cache: PermanentCache[str, int] = PermanentCache(10)
    compute = Counter()
    assert [cache.get("a", compute), cache.get("a", compute), cache.get("b", compute)] == [1, 1, 2]


def test_a_value_that_does_not_exist_yet_is_looked_up_again() -> None:
    cache: PermanentCache[str, int] = PermanentCache(10)
    assert cache.get("a", lambda: None) is None
    assert cache.get("a", Counter()) == 1


@pytest.mark.slow
def test_two_threads_never_compute_one_value_at_the_same_time() -> None:
    cache: PermanentCache[str, str] = PermanentCache(10)
    both_compute = Barrier(2)

    def compute() -> str:
        try:
            both_compute.wait(0.2)
        except BrokenBarrierError:
            return "alone"
        return "together"

    with ThreadPoolExecutor(2) as threads:
        assert {*threads.map(lambda _: cache.get("a", compute), range(2))} == {"alone"}


def test_a_timed_value_is_computed_again_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(caches, "monotonic", lambda: now)
    cache: TimedCache[str, int] = TimedCache(ttl=2.0, max_entries=10)
    compute = Counter()
    assert cache.get("a", compute) == 1
    now = 101.9
    assert cache.get("a", compute) == 1
    now = 102.1
    assert cache.get("a", compute) == 2


def test_a_timed_value_can_be_refreshed_at_once() -> None:
    cache: TimedCache[str, int | None] = TimedCache(ttl=1000.0, max_entries=10)
    assert cache.get("a", lambda: None) is None
    assert cache.get("a", Counter()) is None, "None is a value here"
    assert cache.refresh("a", Counter()) == 1
    assert cache.get("a", lambda: 7) == 1


@pytest.mark.parametrize("cache", [PermanentCache[int, int](3), TimedCache[int, int](1000.0, 3)])
def test_a_full_cache_is_emptied(cache: PermanentCache[int, int] | TimedCache[int, int]) -> None:
    for key in range(4):
        cache.get(key, lambda: 1)
    assert cache.get(3, lambda: 2) == 1
    assert cache.get(0, lambda: 2) == 2
