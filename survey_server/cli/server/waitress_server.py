"""Serving by waitress in one process, where granian has no wheel. It has no TLS."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server

from survey_server.app import create_app
from survey_server.cli.server.bridge import IDLE_TIMEOUT, MAX_BODY_BYTES
from survey_server.cli.server.environ import trust_proxy
from survey_server.cli.server.lanes import WRITE_TIMEOUT
from survey_server.cli.server.listening import BindAddress
from survey_server.cli.server.refusals import Refusal, check_framing
from survey_server.log_limit import limit_logs
from survey_server.settings import Settings
from survey_server.storage.database import open_database
from survey_server.web.request_log import log_requests

MAX_CONNECTIONS = 2_000
MAX_THREADS = 32
_TRANSFER_ENCODING = re.compile(rb"^transfer-encoding:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


class StrictParser(HTTPRequestParser):  # type: ignore[misc]  # untyped
    """Refuses what `check_framing` does, with 400, and closes the connection."""

    def parse_header(self, header_plus: bytes) -> None:
        encoding = _TRANSFER_ENCODING.search(header_plus)  # the parser drops it
        super().parse_header(header_plus)
        given = encoding[1].decode("latin-1") if encoding is not None else None
        try:
            check_framing(self.headers.get("HOST"), given, self.headers.get("CONTENT_LENGTH"))
        except Refusal as refusal:
            raise ParsingError("Host, Content-Length or Transfer-Encoding") from refusal


class StrictChannel(HTTPChannel):  # type: ignore[misc]  # untyped
    parser_class = StrictParser


def serve(settings: Settings, address: BindAddress, on_listening: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; running requests are finished."""
    limit_logs()
    database = open_database(settings, write_timeout=WRITE_TIMEOUT)
    try:
        app = create_app(settings, database)
        if settings.request_log:
            log_requests(app)
        server = create_server(
            trust_proxy(app, settings.trusted_proxy),
            host=address.ip,
            port=address.port,
            threads=MAX_THREADS,
            connection_limit=MAX_CONNECTIONS,
            asyncore_use_poll=True,
            max_request_body_size=MAX_BODY_BYTES,
            channel_timeout=int(IDLE_TIMEOUT),
            clear_untrusted_proxy_headers=False,  # trust_proxy drops them
            ident=None,
        )
        server.channel_class = StrictChannel
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
        on_listening()
        server.run()
    finally:
        database.close()
