"""From ASGI to WSGI: the whole bounded body is read in the event loop before a request takes a thread.

asgiref's WsgiToAsgi reads unbounded bodies and runs one request at a time; a2wsgi takes the thread first and keeps it
while a slow client reads the answer (docs/decisions/0006).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar
from wsgiref.types import WSGIApplication, WSGIEnvironment

from survey_server.cli.server.environ import make_environ
from survey_server.cli.server.lanes import BusyError, Lanes
from survey_server.cli.server.refusals import HEADERS, RETRY_AFTER, Refusal, refusal_body

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
T = TypeVar("T")

MAX_BODY_BYTES = 16 * 1024 * 1024  # the application refuses at 8 MiB in its own words; this bounds what is read
MAX_BODY_IN_MEMORY = 128 * 1024  # bytes: a batch of 50 responses has 125 kB; the rest of a larger body goes to a file
IDLE_TIMEOUT = 60.0  # seconds in which a client must send some of its body, or take some of its answer
DRAIN_TIMEOUT = 30.0  # seconds
MAX_DRAINED_BYTES = 256 * 1024 * 1024
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Response:
    """What a WSGI application answered. `rest`: what follows `first`; None where that is all."""

    status: int
    headers: list[tuple[bytes, bytes]]
    first: bytes
    rest: Iterator[bytes] | None
    close: Callable[[], None]


class WsgiBridge:
    """An ASGI application that runs `app` in threads. `shutdown` is called after the last request."""

    def __init__(self, app: WSGIApplication, shutdown: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._shutdown = shutdown
        self.lanes = Lanes()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._wait_for_shutdown(receive, send)
            return
        try:
            environ = make_environ(scope)
            environ["wsgi.input"] = await read_body(environ, receive)
        except Refusal as refusal:
            await send_refusal(scope, send, refusal.status, closes=refusal.closes)
            if not refusal.closes and not any(name == b"expect" for name, _ in scope["headers"]):
                await drain(receive)
            return
        try:
            await self._answer(environ, receive, send)
        except BusyError:
            await send_refusal(scope, send, 503)
        except Exception:
            _log.exception("the application failed")
            with suppress(RuntimeError):  # the answer has begun
                await send_refusal(scope, send, 500)

    async def _wait_for_shutdown(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.lanes.shutdown()
        self._shutdown()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, environ: WSGIEnvironment, receive: Receive, send: Send) -> None:
        context = copy_context()  # one for all steps of a request: a streaming answer may go on in another thread
        lane = self.lanes.choose(environ)

        def run(step: Callable[..., T], *arguments: Any) -> Awaitable[T]:
            return loop.run_in_executor(lane.threads, partial(context.run, step, *arguments))

        loop = asyncio.get_running_loop()
        response = await lane.run(partial(context.run, call_app, self._app, environ), lambda late: late.close())
        await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
        if response.rest is None:
            await send({"type": "http.response.body", "body": response.first})
            return
        gone = asyncio.ensure_future(wait_for_disconnect(receive))
        chunk: bytes | None = response.first
        try:
            while chunk is not None and not gone.done():
                async with asyncio.timeout(IDLE_TIMEOUT):  # no thread is held while a slow client reads
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                chunk = await run(next, response.rest, None)
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            await run(response.close)


def call_app(app: WSGIApplication, environ: WSGIEnvironment) -> Response:
    """Call a WSGI application up to the first piece of its answer; the whole answer where its length says so. The body
    of the request is closed then."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        started.append((status, headers))
        return _refuse_write

    with environ["wsgi.input"]:
        answer: Iterable[bytes] = app(environ, start_response)
    close: Callable[[], None] = getattr(answer, "close", lambda: None)
    try:
        rest = iter(answer)
        first = next(rest, b"")
        status, headers = started[-1]
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    except BaseException:
        close()
        raise
    if first and (b"content-length", b"%d" % len(first)) not in encoded:
        return Response(int(status[:3]), encoded, first, rest, close)
    close()
    return Response(int(status[:3]), encoded, first, None, close)


def _refuse_write(_: bytes) -> object:
    raise NotImplementedError("no application of ours uses the write() of PEP 3333")


async def read_body(environ: WSGIEnvironment, receive: Receive) -> IO[bytes]:
    """The whole body of a request.

    Raises Refusal: 413 over MAX_BODY_BYTES, 408 where it stops arriving, 400 where it ends early.
    """
    expected = int(environ.get("CONTENT_LENGTH", "0"))
    if expected > MAX_BODY_BYTES:
        raise Refusal(413)
    if not expected:
        return BytesIO()
    body = SpooledTemporaryFile(MAX_BODY_IN_MEMORY)  # noqa: SIM115  the caller closes it
    try:
        await _receive_into(body, receive, expected)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body


async def _receive_into(body: IO[bytes], receive: Receive, expected: int) -> None:
    loop = asyncio.get_running_loop()
    size, is_more = 0, True
    try:
        async with asyncio.timeout(IDLE_TIMEOUT) as idle:
            while is_more and size != expected:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refusal(400)
                size += body.write(message["body"])
                is_more = message["more_body"]
                idle.reschedule(loop.time() + IDLE_TIMEOUT)
    except TimeoutError:
        raise Refusal(408) from None
    if size != expected:
        raise Refusal(400)


async def send_refusal(scope: Message, send: Send, status: int, *, closes: bool = False) -> None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    content_type, body = refusal_body(status, scope["path"], headers.get("accept-language", ""))
    sent = [("content-type", content_type), ("content-length", str(len(body))), *HEADERS]
    if status == 503:
        sent.append(("retry-after", str(RETRY_AFTER)))
    encoded = [(name.encode(), value.encode()) for name, value in sent]
    if closes:
        encoded.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})


async def drain(receive: Receive) -> None:
    """Read and drop what a refused client still sends: closing earlier resets its connection, and loses the answer."""
    drained = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_TIMEOUT):
            while drained < MAX_DRAINED_BYTES:
                message = await receive()
                drained += len(message.get("body", b""))
                if not message.get("more_body"):
                    return


async def wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
