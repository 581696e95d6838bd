"""The threads of requests: who waits makes room, who is late is told."""

from __future__ import annotations

import asyncio
import threading

import pytest

from survey_server.cli.server.lanes import BusyError, Lane, Lanes


def test_who_waits_lets_another_work() -> None:
    lane = Lane("test", threads=2, timeout=20, working=1)
    other_is_done = threading.Event()

    def wait() -> bool:
        with lane.step_aside():
            return other_is_done.wait(20)

    async def run() -> bool:
        waiting = asyncio.create_task(lane.run(wait, print))
        await asyncio.sleep(0)
        await lane.run(other_is_done.set, print)
        return await waiting

    assert asyncio.run(run())


def test_who_is_late_is_told_and_what_comes_later_is_closed() -> None:
    lane = Lane("test", threads=1, timeout=0.01)
    end, closed = threading.Event(), threading.Event()

    def work() -> str:
        assert end.wait(20)
        return "late"

    async def run() -> None:
        with pytest.raises(BusyError):
            await lane.run(work, lambda late: closed.set() if late == "late" else None)
        with pytest.raises(BusyError):
            await lane.run(pytest.fail, print)  # it waits for the thread, and is left out

    asyncio.run(run())
    end.set()
    lane.threads.shutdown()
    assert closed.is_set()


@pytest.mark.parametrize(
    ("method", "path", "lane"),
    [
        ("GET", "/healthz", "light"),
        ("HEAD", "/static/tablet/app.js", "light"),
        ("GET", "/tablet/", "light"),
        ("GET", "/charts/demo", "reading"),
        ("GET", "/readyz", "reading"),
        ("POST", "/api/v1/responses", "writing"),
        ("PUT", "/api/v1/attachments/00", "writing"),
        ("POST", "/healthz", "writing"),
    ],
)
def test_each_kind_of_request_has_its_own_threads(method: str, path: str, lane: str) -> None:
    lanes = Lanes()
    assert lanes.choose({"REQUEST_METHOD": method, "PATH_INFO": path}) is getattr(lanes, lane)
