"""Sessions and forms against those who would use somebody else's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from survey_server.clock import shift_instant
from survey_server.domain.errors import DatabaseUnavailableError
from survey_server.domain.people import Role
from survey_server.services import sign_in
from survey_server.services.people import add_person
from survey_server.services.throttle import FIRST_DELAY
from survey_server.storage.database import Database
from survey_server.web.security import SecurityHeaders
from tests.support.field import prepare_field

PASSWORD = "mot mat khau dai"
HTTPS = "https://survey.example"
IDLE_SECONDS = 12 * 3600  # a session ends twelve hours after its last use
LIFE_SECONDS = 7 * 24 * 3600  # and seven days after signing in


@pytest.fixture
def app(app: Flask, sqlite_database: Database, tmp_path: Path) -> Flask:
    prepare_field(sqlite_database, tmp_path)
    add_person(sqlite_database, "lan", "Lan", Role.ADMIN, None, PASSWORD)
    return app


def token_of(client: FlaskClient, path: str = "/login", **options: str) -> str:
    page = client.get(path, **options).get_data(as_text=True)
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def log_in(client: FlaskClient, account: str = "lan", password: str = PASSWORD, **typed: str) -> TestResponse:
    sent = {"account": account, "password": password, "csrf_token": token_of(client), **typed}
    return client.post("/login", data=sent)


def session_of(client: FlaskClient) -> str | None:
    cookie = client.get_cookie("survey_session")
    return cookie.value if cookie is not None else None


def test_a_session_that_was_put_there_is_not_taken_over(client: FlaskClient) -> None:
    client.set_cookie("survey_session", "chosen-by-someone-else")
    log_in(client)
    assert session_of(client) not in (None, "chosen-by-someone-else")
    other = client.application.test_client()
    other.set_cookie("survey_session", "chosen-by-someone-else")
    assert other.get("/people").status_code == 302


def test_a_session_that_is_not_used_ends(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    log_in(client)
    signed_in_at = sign_in.now_text()

    def status_after(seconds: int) -> int:
        monkeypatch.setattr(sign_in, "now_text", lambda: shift_instant(signed_in_at, seconds))
        return client.get("/people").status_code

    assert status_after(IDLE_SECONDS - 60) == 200  # each use makes it last as long again
    assert status_after(2 * IDLE_SECONDS - 180) == 200
    assert status_after(3 * IDLE_SECONDS - 180 + 1) == 302


def test_a_session_ends_however_much_it_is_used(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    log_in(client)
    signed_in_at = sign_in.now_text()

    def status_after(seconds: int) -> int:
        monkeypatch.setattr(sign_in, "now_text", lambda: shift_instant(signed_in_at, seconds))
        return client.get("/people").status_code

    uses = range(6 * 3600, LIFE_SECONDS, 6 * 3600)
    assert [status_after(seconds) for seconds in uses] == [200] * len(uses)
    assert status_after(LIFE_SECONDS + 1) == 302


def test_signing_in_again_ends_the_session_before(client: FlaskClient) -> None:
    other = client.application.test_client()
    log_in(other)
    first = session_of(other)
    assert first is not None
    client.get("/login")
    client.set_cookie("survey_session", first)
    page = client.get("/people").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    client.post("/login", data={"account": "lan", "password": PASSWORD, "csrf_token": token})
    assert session_of(client) != first
    assert other.get("/people").status_code == 302


def test_a_session_opens_nothing_after_signing_out(client: FlaskClient) -> None:
    log_in(client)
    kept = session_of(client)
    assert kept is not None
    client.post("/logout", data={"csrf_token": token_of(client, "/people")})
    client.set_cookie("survey_session", kept)
    assert client.get("/people").status_code == 302


def test_over_https_both_cookies_are_bound_to_host_and_https(client: FlaskClient) -> None:
    page = client.get("/login", base_url=HTTPS)
    token = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    sent = {"account": "lan", "password": PASSWORD, "csrf_token": token}
    entered = client.post("/login", data=sent, base_url=HTTPS)
    assert entered.status_code == 302
    cookies = [*page.headers.getlist("Set-Cookie"), *entered.headers.getlist("Set-Cookie")]
    assert len(cookies) >= 2
    for cookie in cookies:
        assert cookie.startswith(("__Host-survey_session=", "__Host-survey_form=")), cookie
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")), cookie
        assert "Domain" not in cookie


@pytest.mark.parametrize("token", ["", "wrong", "IjEi.aaaa.bbbb"])
def test_no_form_is_taken_without_its_token(client: FlaskClient, token: str) -> None:
    log_in(client)
    posts = [rule.rule for rule in client.application.url_map.iter_rules() if "POST" in (rule.methods or ())]
    pages = [path for path in posts if not path.startswith("/api/")]
    assert len(pages) >= 8
    for path in pages:
        for part in ("<questionnaire>", "<version>", "<response_id>", "<int:person_id>", "<int:seq>"):
            path = path.replace(part, "1")
        assert client.post(path, data={"csrf_token": token, "close": "1"}).status_code in (400, 403, 404), path
    assert client.get("/people").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "null"},
    ],
)
def test_no_form_is_taken_from_another_site(client: FlaskClient, headers: dict[str, str]) -> None:
    log_in(client)
    sent = {
        "csrf_token": token_of(client, "/people"),
        "account": "hoa",
        "name": "Hoa",
        "role": "none",
        "password": PASSWORD,
    }
    assert client.post("/people", data=sent, headers=headers).status_code == 403
    assert client.post("/people", data=sent, headers={"Origin": "http://localhost"}).status_code == 302


def test_a_form_of_another_visitor_is_not_taken(client: FlaskClient) -> None:
    other = client.application.test_client()
    log_in(client)
    sent = {"csrf_token": token_of(other), "account": "hoa", "role": "none"}
    assert client.post("/people", data=sent).status_code == 400


def test_an_unknown_account_is_answered_like_a_wrong_password(client: FlaskClient) -> None:
    pages = [log_in(client, account, "wrong password") for account in ("lan", "unheard-of")]
    texts = [page.get_data(as_text=True) for page in pages]
    assert {page.status_code for page in pages} == {403}
    alert = [text.split('role="alert"')[1].split("</")[0] for text in texts]
    assert alert[0] == alert[1]


def test_an_account_without_a_password_costs_as_much_to_try(
    sqlite_database: Database, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str | None] = []
    monkeypatch.setattr(sign_in, "is_password", lambda hashed, password: bool(tried.append(hashed)))
    for account in ("lan", "unheard-of"):
        log_in(app.test_client(), account, "wrong password")
    assert len(tried) == 2


def test_guessing_a_password_is_slowed_down_for_the_account_and_for_the_address(app: Flask) -> None:
    def attempt(account: str, address: str, password: str = "wrong password") -> int:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return log_in(client, account, password).status_code

    free = sign_in.FREE_FAILURES_OF_ACCOUNT
    by_account = [attempt("lan", f"192.0.2.{number}") for number in range(free + 1)]
    assert by_account == [403] * free + [429]
    assert attempt("LAN ", "192.0.2.99", PASSWORD) == 429
    free = sign_in.FREE_FAILURES_OF_ADDRESS
    by_address = [attempt(f"guess{number}", "198.51.100.1") for number in range(free + 1)]
    assert by_address == [403] * free + [429]
    assert attempt("another", "198.51.100.2") == 403
    assert 0 < int(log_in(app.test_client(), "lan", PASSWORD).headers["Retry-After"]) <= FIRST_DELAY


@pytest.mark.parametrize(
    "asked",
    [
        "next=https://evil.example", "next=//evil.example", "next=people.listed&next_endpoint=x",
        "next=people.listed&next__external=1&next__scheme=javascript", "next=people.one&next_person_id=x",
        "next=assets.plain&next_name=//evil.example", "next=static", "next=sign_in.logout",
    ],
)  # fmt: skip
def test_after_signing_in_one_stays_on_this_server(client: FlaskClient, asked: str) -> None:
    log_in(client)
    answer = client.get(f"/login?{asked}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith("//")


@pytest.mark.parametrize(
    "kept", ["[" * 100_000, '[["", "\\ud800"]]', '[["", "/people\\u0000"], ["a", "b"]]', "5", '{"a": 1}', "[[1, 2]]"]
)
def test_what_was_kept_is_of_our_shape_or_refused(client: FlaskClient, kept: str) -> None:
    assert log_in(client, kept=kept).status_code == 400


@pytest.mark.parametrize(
    "target", ["//evil.example/people", "https://evil.example/", "/\\evil.example", "javascript:1"]
)
def test_what_was_kept_is_sent_to_this_server_only(client: FlaskClient, target: str) -> None:
    import json

    answer = log_in(client, kept=json.dumps([["", target], ["a", "b"]]))
    assert "evil.example" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("host", ["evil.example", 'a"><script>', "[evil", "evil.example:99999", "x" * 5000])
def test_no_answer_repeats_the_host_that_was_asked(client: FlaskClient, method: str, host: str) -> None:
    for path in ("/", "/login", "/people"):
        answer = client.open(path, method=method, headers={"Host": host})
        assert answer.status_code < 500
        assert host not in answer.get_data(as_text=True) + str(answer.headers)


@pytest.mark.parametrize("path", ["/tablet", "/tablet?a=b", "//evil.example//tablet", "///tablet", "/\\evil//tablet"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_redirect_to_a_slash_names_no_host(client: FlaskClient, path: str, scheme: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example"}, base_url=f"{scheme}://evil.example")
    if answer.status_code == 308:
        assert re.fullmatch(r"/[^/\\].*", answer.headers["Location"]), answer.headers["Location"]
        assert "http" not in answer.headers["Location"]
    else:
        assert answer.status_code == 404


def test_an_address_without_its_slash_leads_to_the_one_with_it(client: FlaskClient) -> None:
    assert client.get("/tablet?a=b").headers["Location"] == "/tablet/?a=b"


def test_a_page_asked_for_by_its_head_is_the_page(client: FlaskClient) -> None:
    assert client.head("/login").status_code == 200


def test_reading_goes_on_while_nothing_can_be_written(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    log_in(client)

    def refuse(*_: object, **__: object) -> None:
        raise DatabaseUnavailableError("full")

    monkeypatch.setattr(Database, "write", refuse)
    monkeypatch.setattr(sign_in, "SEEN_INTERVAL", -60.0)

    assert client.get("/people").status_code == 200


@pytest.mark.parametrize(
    "path", ["/login", "/", "/nothing", "/people", "/static/css/base.css", "/static/nothing", "/healthz",
             "/api/v1/work", "/api/v1/nothing", "/api/v1/openapi.json", "/tablet/", "/responses/%00"],
)  # fmt: skip
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path, base_url=HTTPS).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "max-age" in headers["Strict-Transport-Security"]
    assert headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/login", "/people", "/questionnaires", "/nowhere"])
def test_what_one_person_sees_is_not_given_to_another_by_a_cache(client: FlaskClient, path: str) -> None:
    for is_signed_in in (False, True):
        if is_signed_in:
            log_in(client)
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert "Cookie" in answer.vary
        assert answer.cache_control.no_store
        assert len(answer.headers.getlist("Vary")) == 1


def test_what_is_the_same_for_everybody_does_not_vary_with_them(client: FlaskClient) -> None:
    answer = client.get("/static/css/base.css", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_packed_answer_varies_with_the_cookie_as_well() -> None:
    def packed(_environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Vary", "Accept-Encoding"), ("Content-Type", "text/csv")])
        return [b""]

    assert Client(SecurityHeaders(packed)).get("/").headers.getlist("Vary") == ["Accept-Encoding, Cookie"]
