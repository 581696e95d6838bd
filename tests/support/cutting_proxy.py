"""A TCP proxy before the server that cuts answers, as a bad network does, or acts as a captive portal."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator

PORTAL = "<!doctype html><title>Wi-Fi</title><p>Xin đăng nhập mạng Wi-Fi của khách sạn.</p>".encode()


class CuttingProxy:
    """Forwards everything; after `cut_answers_to` the next answers to a request are cut at their first byte.

    The request itself has reached the server whole, and the server has answered: exactly the case in which a client
    cannot know whether its upload was kept.
    """

    def __init__(self, target_port: int) -> None:
        self._target = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.cut = 0
        self._portal = False
        self._cuts_left = 0
        self._needle = b""
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_answers_to(self, start: str, times: int = 1) -> None:
        """Cut the next `times` answers to requests that begin with `start`, as "POST /api/v1/responses"."""
        with self._lock:
            self._needle, self._cuts_left = start.encode(), times

    def become_portal(self, portal: bool = True) -> None:
        """Answer every request with 200 and a page of the portal, as the Wi-Fi of a hotel does."""
        self._portal = portal
        self._drop_all()

    def close(self) -> None:
        self._listener.close()
        self._drop_all()

    def _drop_all(self) -> None:
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        if self._portal:
            with client, contextlib.suppress(OSError):
                client.recv(65536)
                head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(PORTAL)}\r\n"
                client.sendall(f"{head}Connection: close\r\n\r\n".encode() + PORTAL)
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):
                    pass  # what is still being sent; closing over it would reset the connection
            return
        try:
            server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
        except OSError:
            client.close()
            return
        self._open |= {client, server}
        try:
            self._carry(client, server)
        finally:
            self._open -= {client, server}
            client.close()
            server.close()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        doomed = False
        with selectors.DefaultSelector() as selector:
            selector.register(client, selectors.EVENT_READ)
            selector.register(server, selectors.EVENT_READ)
            while True:
                for key, _events in selector.select(timeout=60):
                    source = key.fileobj
                    assert isinstance(source, socket.socket)
                    with contextlib.suppress(OSError):
                        chunk = source.recv(65536)
                        if chunk and source is client:
                            doomed = doomed or self._takes(chunk)
                            server.sendall(chunk)
                            continue
                        if chunk and not doomed:
                            client.sendall(chunk)
                            continue
                        if chunk:
                            self.cut += 1
                    return

    def _takes(self, chunk: bytes) -> bool:
        with self._lock:
            if not self._cuts_left or not chunk.startswith(self._needle):
                return False
            self._cuts_left -= 1
            return True


@contextlib.contextmanager
def cutting_proxy(target_port: int) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(target_port)
    try:
        yield proxy
    finally:
        proxy.close()
