"""Reading a request's body in the event loop."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from survey_server.cli.server import bridge
from survey_server.cli.server.bridge import read_body
from survey_server.cli.server.refusals import Refusal

GONE: dict[str, Any] = {"type": "http.disconnect"}


def piece(body: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def read(messages: list[dict[str, Any]], **environ: str) -> tuple[bytes, str]:
    """The body and the CONTENT_LENGTH after it; a client that sends no more keeps silent."""
    waiting = iter(messages)

    async def receive() -> dict[str, Any]:
        for message in waiting:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    async def run() -> bytes:
        with await read_body(environ, receive) as body:
            return body.read()

    return asyncio.run(run()), environ.get("CONTENT_LENGTH", "")


def status(messages: list[dict[str, Any]], **environ: str) -> int:
    with pytest.raises(Refusal) as refused:
        read(messages, **environ)
    return refused.value.status


def test_nothing_is_waited_for_where_no_body_is_announced() -> None:
    assert read([]) == (b"", "")


def test_the_announced_length_ends_the_body() -> None:
    assert read([piece(b"abc")], CONTENT_LENGTH="3") == (b"abc", "3")
    assert read([piece(b"a"), piece(b"bc")], CONTENT_LENGTH="3") == (b"abc", "3")


@pytest.mark.parametrize(
    ("messages", "environ", "expected"),
    [
        ([], {"CONTENT_LENGTH": str(bridge.MAX_BODY_BYTES + 1)}, 413),
        ([piece(b"a"), piece(b"", more=False)], {"CONTENT_LENGTH": "3"}, 400),
        ([piece(b"a"), GONE], {"CONTENT_LENGTH": "3"}, 400),
    ],
)
def test_a_body_that_is_no_whole_and_bounded_one_is_refused(
    messages: list[dict[str, Any]], environ: dict[str, str], expected: int
) -> None:
    assert status(messages, **environ) == expected


def test_a_body_that_stops_arriving_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "IDLE_TIMEOUT", 0.05)
    assert status([piece(b"a")], CONTENT_LENGTH="3") == 408
