"""What the application is told of a request, and which proxy is believed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from survey_server.cli.server.environ import make_environ, trust_proxy
from survey_server.cli.server.refusals import Refusal

PROXY, OTHER, VISITOR = "192.0.2.1", "192.0.2.2", "203.0.113.9"


def scope(path: bytes = b"/", client: str = PROXY, **headers: str) -> dict[str, Any]:
    named = {"host": "localhost", **headers}
    return {
        "type": "http",
        "method": "GET",
        "http_version": "1.1",
        "scheme": "http",
        "raw_path": path,
        "query_string": b"a=%C4%91",
        "client": (client, "50000"),
        "server": ("127.0.0.1", "8000"),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()],
    }


def seen(client: str = PROXY, **headers: str) -> dict[str, Any]:
    """The environment that an application behind PROXY gets."""
    found: list[dict[str, Any]] = []

    def app(environ: dict[str, Any], _: object) -> Iterable[bytes]:
        found.append(environ)
        return []

    trust_proxy(app, PROXY)(make_environ(scope(client=client, **headers)), lambda *_: lambda _: None)
    return found[0]


def forwarded(address: str) -> dict[str, str]:
    return {"x_forwarded_for": address, "x_forwarded_proto": "https", "x_forwarded_host": "survey.example"}


def test_the_trusted_proxy_is_believed() -> None:
    environ = seen(**forwarded(VISITOR))
    assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]) == (VISITOR, "https")
    assert environ["HTTP_HOST"] == "survey.example"


def test_another_address_is_not_believed() -> None:
    environ = seen(OTHER, **forwarded(VISITOR), forwarded=f"for={VISITOR}")
    assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], environ["HTTP_HOST"]) == (OTHER, "http", "localhost")
    assert not [name for name in environ if "FORWARDED" in name]


def test_what_a_client_wrote_before_the_proxys_address_is_not_believed() -> None:
    assert seen(**forwarded(f"127.0.0.1, {VISITOR}"))["REMOTE_ADDR"] == VISITOR


def test_paths_and_queries_stay_bytes() -> None:
    environ = make_environ(scope(b"/%C4%91/%FF"))
    assert environ["PATH_INFO"].encode("latin-1") == "/đ/".encode() + b"\xff"
    assert environ["QUERY_STRING"] == "a=%C4%91"


def test_a_header_that_comes_twice_is_joined_and_one_with_an_underscore_dropped() -> None:
    request = scope()
    request["headers"] += [(b"accept", b"a"), (b"accept", b"b"), (b"x_real", b"c"), (b"content-type", b"text/plain")]
    environ = make_environ(request)
    assert (environ["HTTP_ACCEPT"], environ["CONTENT_TYPE"]) == ("a,b", "text/plain")
    assert "HTTP_X_REAL" not in environ


@pytest.mark.parametrize(
    "headers",
    [
        {"host": ""},
        {"host": "a,b"},
        {"host": "a b"},
        {"host": "user@a"},
        {"host": "a/b"},
        {"host": "a:b"},
        {"content_length": "3,3"},
        {"content_length": "+3"},
        {"content_length": "²"},
        {"content_length": ""},
    ],
)
def test_a_request_that_could_be_read_in_two_ways_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        make_environ(scope(**headers))
    assert (refused.value.status, refused.value.closes) == (400, True)


@pytest.mark.parametrize("length", [{}, {"content_length": "3"}])
@pytest.mark.parametrize("encoding", ["chunked", "gzip, chunked", "identity"])
def test_a_body_whose_length_is_not_told_is_refused(encoding: str, length: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        make_environ(scope(transfer_encoding=encoding, **length))
    assert (refused.value.status, refused.value.closes) == (411, bool(length) or encoding != "chunked")


@pytest.mark.parametrize("host", ["localhost", "survey_1.example:8000", "127.0.0.1", "[::1]:8000"])
def test_a_host_is_a_name_or_an_address(host: str) -> None:
    assert make_environ(scope(host=host))["HTTP_HOST"] == host
