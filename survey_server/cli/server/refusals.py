"""Answers to requests that never reach the application, in the form of its own errors."""

from __future__ import annotations

import json

from survey_server.i18n import DEFAULT_LANGUAGE, Message, languages

HEADERS = (
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
)
_MESSAGES = {
    400: ("bad_request", Message("Máy chủ không hiểu được yêu cầu.")),
    408: ("request_timeout", Message("Nội dung gửi lên bị ngắt quãng quá lâu.")),
    413: ("too_large", Message("Nội dung gửi lên quá lớn.")),
    500: ("internal_error", Message("Máy chủ gặp lỗi.")),
}


class Refusal(Exception):
    """A request is answered with `status`, a key of the messages above, instead of being passed on."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


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
