"""What the server refuses before the application is answered in the client's language."""

from __future__ import annotations

import json

import pytest

from survey_server.cli.server.refusals import refusal_body


@pytest.mark.parametrize(
    ("accept_language", "message"),
    [
        ("", "Nội dung gửi lên quá lớn."),
        ("en-US,en;q=0.9,vi;q=0.8", "What was sent is too large."),
        ("vi-VN, en;q=0.5", "Nội dung gửi lên quá lớn."),
        ("fr, EN;q=0.5", "What was sent is too large."),
        ("pl, sv", "Nội dung gửi lên quá lớn."),
    ],
)
def test_the_first_known_language_is_used(accept_language: str, message: str) -> None:
    content_type, body = refusal_body(413, "/api/v1/responses", accept_language)
    assert content_type == "application/json"
    assert json.loads(body) == {"error": {"code": "too_large", "message": message, "details": {}}}
    assert refusal_body(413, "/login", accept_language) == ("text/plain; charset=utf-8", message.encode())
