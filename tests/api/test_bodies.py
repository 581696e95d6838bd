"""Request bodies are bounded and strictly parsed before any service gets them."""

from __future__ import annotations

import gzip
import json

import pytest
from flask import Flask

from survey_server.api.bodies import MAX_BODY_BYTES, read_json
from survey_server.problems import ProblemError

app = Flask(__name__)


def sent(body: bytes, **headers: str) -> object:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with app.test_request_context(method="POST", data=body, content_type="application/json", headers=named):
        return read_json()


def refusal(body: bytes, **headers: str) -> str:
    with pytest.raises(ProblemError) as refused:
        sent(body, **headers)
    return refused.value.problem.code


def test_json_is_read_plain_and_gzipped() -> None:
    body = json.dumps({"responses": ["Đắk Lắk"]}).encode()
    assert sent(body) == {"responses": ["Đắk Lắk"]}
    assert sent(gzip.compress(body, mtime=0), Content_Encoding="gzip") == {"responses": ["Đắk Lắk"]}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xff\xfe", b"[" * 200_000, b'{"a": ' + b"9" * 5000 + b"}"],
)
def test_what_is_not_strict_json_is_refused(body: bytes) -> None:
    assert refusal(body) == "not_json"


def test_a_zip_bomb_is_stopped_at_the_limit() -> None:
    assert refusal(gzip.compress(b" " * (MAX_BODY_BYTES + 1), mtime=0), Content_Encoding="gzip") == "body_too_large"


def test_a_large_plain_body_is_stopped_too() -> None:
    assert refusal(b" " * (MAX_BODY_BYTES + 1)) == "body_too_large"


@pytest.mark.parametrize("body", [b"not gzip at all", gzip.compress(b'{"a": 1}', mtime=0)[:-9]])
def test_broken_gzip_is_refused(body: bytes) -> None:
    assert refusal(body, Content_Encoding="gzip") == "not_gzip"


def test_a_gzip_body_may_have_several_members() -> None:
    body = gzip.compress(b'{"a": ', mtime=0) + gzip.compress(b"1}", mtime=0)
    with app.test_request_context(
        method="POST", data=body, content_type="application/json", headers={"Content-Encoding": "gzip"}
    ):
        assert read_json() == {"a": 1}


def test_bytes_after_a_gzip_body_are_refused() -> None:
    assert refusal(gzip.compress(b"{}", mtime=0) + b"junk", Content_Encoding="gzip") == "not_gzip"
    assert refusal(b"", Content_Encoding="gzip") == "not_gzip"


def test_too_many_gzip_members_are_refused() -> None:
    assert refusal(gzip.compress(b"", mtime=0) * 300_000, Content_Encoding="gzip") == "not_gzip"
    bomb = gzip.compress(b" " * (MAX_BODY_BYTES // 2 + 1), mtime=0) * 2
    assert refusal(bomb, Content_Encoding="gzip") == "body_too_large"


def test_an_unknown_encoding_is_refused() -> None:
    assert refusal(b"{}", Content_Encoding="br") == "encoding_unknown"


def test_another_content_type_is_refused() -> None:
    with app.test_request_context(method="POST", data=b"{}", content_type="text/plain"):
        with pytest.raises(ProblemError) as refused:
            read_json()
        assert refused.value.problem.code == "content_type"
