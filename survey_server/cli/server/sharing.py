"""Connections handed from the process that listens to one beside it. One interpreter uses one core; a second process
takes what the first would only queue.

Whoever listens accepts, keeps what it can answer at once, and sends the rest through a pair of sockets as descriptors.
The other side tells of its start and of each connection that ended, so that the next goes to whoever has fewer. Nobody
but the first process listens: when it ends, however it ends, the port is free.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from waitress.wasyncore import dispatcher

_STARTED, _ENDED, _ONE = b"s", b"e", b"c"
_PIECE = 4096


class Helper(dispatcher):  # type: ignore[misc]  # waitress is untyped
    """The process beside us, seen from the one that listens."""

    def __init__(self, ours: socket.socket, watched: dict[int, Any]) -> None:
        super().__init__(ours, watched)
        self.is_up = False
        self.connections = 0

    def take(self, connection: socket.socket) -> bool:
        """Hand a connection on. False where that cannot be done now: then it is still ours."""
        try:
            socket.send_fds(self.socket, [_ONE], [connection.fileno()])
        except OSError:  # its queue is full
            return False
        self.connections += 1
        connection.close()
        return True

    def died(self) -> None:
        """Called by its keeper. What was handed on and not yet taken waits for its successor."""
        self.is_up = False

    def handle_read(self) -> None:
        for told in self.recv(_PIECE):
            if told == ord(_STARTED):
                self.is_up, self.connections = True, 0
            else:  # what a dead one's successor found waiting was never counted
                self.connections = max(0, self.connections - 1)

    def writable(self) -> bool:
        return False


class Giver(dispatcher):  # type: ignore[misc]  # waitress is untyped
    """The process that listens, seen from the one beside it."""

    def __init__(
        self, theirs: socket.socket, watched: dict[int, Any], answer: Callable[[socket.socket, Any], None]
    ) -> None:
        super().__init__(theirs, watched)
        self._answer = answer
        self._tell(_STARTED)

    def ended(self) -> None:
        self._tell(_ENDED)

    def handle_read(self) -> None:
        _, descriptors, _, _ = socket.recv_fds(self.socket, len(_ONE), 1)
        for descriptor in descriptors:
            connection = socket.socket(fileno=descriptor)
            try:
                address = connection.getpeername()
            except OSError:  # gone already
                connection.close()
                self.ended()
            else:
                self._answer(connection, address)

    def handle_close(self) -> None:
        """It ended; `end_with_parent` ends us."""
        self.close()

    def writable(self) -> bool:
        return False

    def _tell(self, what: bytes) -> None:
        try:
            self.socket.send(what)
        except OSError:  # it ended, and so shall we
            return
