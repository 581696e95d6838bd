"""Answers to requests that never reach the application, or not in time, in the form of its own errors."""

from __future__ import annotations

import json
import re

from survey_server.i18n import DEFAULT_LANGUAGE, Message, languages

HEADERS = (
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
)
RETRY_AFTER = 10  # seconds
_MESSAGES = {
    400: ("bad_request", Message("Máy chủ không hiểu được yêu cầu.")),
    408: ("request_timeout", Message("Nội dung gửi lên bị ngắt quãng quá lâu.")),
    411: ("length_required", Message("Yêu cầu phải ghi độ dài nội dung gửi lên (Content-Length).")),
    413: ("too_large", Message("Nội dung gửi lên quá lớn.")),
    500: ("internal_error", Message("Máy chủ gặp lỗi.")),
    503: ("unavailable", Message("Máy chủ đang bận hoặc hết chỗ ghi. Xin thử lại sau ít phút.")),
}


# A name or an address, with or without a port; nothing else may pass for one, such as two hosts joined by a comma.
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class Refusal(Exception):
    """A request is answered with `status`, a key of the messages above, instead of being passed on. `closes`: nothing
    that follows on the connection is read, since it is not certain where the request ends or to whom it goes."""

    def __init__(self, status: int, *, closes: bool = False) -> None:
        super().__init__(status)
        self.status = status
        self.closes = closes


def check_framing(host: str | None, transfer_encoding: str | None, content_length: str | None) -> None:
    """Refuse a request that does not name one host, or the length of its body in one way (RFC 9112, 3.2 and 6.1): a
    proxy before this server may think otherwise about it, and take its body for the next request.

    A body in chunks is refused even where no length stands beside it: granian hides that length, and then no longer
    tells the two apart. Raises Refusal: 400, 411.
    """
    if host is None or not _HOST.fullmatch(host):
        raise Refusal(400, closes=True)
    if content_length is not None and not (content_length.isascii() and content_length.isdecimal()):
        raise Refusal(400, closes=True)
    if transfer_encoding is not None:
        raise Refusal(411, closes=content_length is not None or transfer_encoding != "chunked")


def refusal_body(status: int, path: str, accept_language: str) -> tuple[str, bytes]:
    """The content type and the body: JSON below /api/, else plain text."""
    code, message = _MESSAGES[status]
    # The first language of ours: clients name the one that they prefer first.
    codes = (each.partition(";")[0].partition("-")[0].strip().lower() for each in accept_language.split(","))
    text = message.text(next((each for each in codes if each in languages()), DEFAULT_LANGUAGE))
    if path.startswith("/api/"):
        error = {"error": {"code": code, "message": text, "details": {}}}
        return "application/json", json.dumps(error, ensure_ascii=False).encode()
    return "text/plain; charset=utf-8", text.encode()
