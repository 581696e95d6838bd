"""One line a kind a second: an outage does not fill the disk with its log."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from survey_server.log_limit import LogLimit


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def written(clock: Clock) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(LogLimit(clock))
    logging.getLogger("limited").addHandler(handler)
    yield stream
    logging.getLogger("limited").removeHandler(handler)


def test_a_kind_is_written_once_a_second_with_how_many_were_left_out(clock: Clock, written: io.StringIO) -> None:
    log = logging.getLogger("limited")
    for number in range(1000):
        log.error("cannot write %d", number)
    log.error("cannot read")
    clock.now = 1.1
    log.error("cannot write %d%%", 5)
    log.error("cannot write %d", 6)
    assert written.getvalue().splitlines() == [
        "cannot write 0",
        "cannot read",
        "cannot write 5%",
        "cannot write 6 (and 999 more)",
    ]


def test_tracebacks_of_one_error_are_one_kind(written: io.StringIO) -> None:
    log = logging.getLogger("limited")
    for _ in range(100):
        try:
            raise OSError("no room")
        except OSError:
            log.exception("the application failed")
    assert written.getvalue().count("Traceback") == 1


def test_a_json_line_stays_json(clock: Clock, written: io.StringIO) -> None:
    line = {"event": "failure", "text": "100 %"}
    for clock.now in (0.0, 0.1, 0.2, 2.0):
        logging.getLogger("limited").error("%s", json.dumps(line), extra={"line": line, "kind": "disk full"})
    assert [json.loads(each) for each in written.getvalue().splitlines()] == [line, {**line, "repeated": 2}]
