"""The problems of a response follow the language of the page, whatever the language of whoever sent it."""

from __future__ import annotations

import hashlib
import json
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from survey_server.domain.people import Role
from survey_server.services.people import add_person
from survey_server.storage.database import Database
from survey_server.storage.tables import response
from tests.support.field import Field, body, prepare_field, row, surveyor_of
from tests.support.receiving import receive
from tests.web.test_sessions import log_in, token_of

PASSWORD = "mot mat khau dai"
FLAWED = {
    "party_change": "splendid", "held_on": "2099-01-01", "documents": [{"number": "62", "pages": -1}],
    "documents_total": 1,
}  # fmt: skip


@pytest.fixture
def field(sqlite_database: Database, tmp_path: Path) -> Field:
    return prepare_field(sqlite_database, tmp_path)


@pytest.fixture
def app(app: Flask, sqlite_database: Database, field: Field) -> Flask:
    add_person(sqlite_database, "lan", "Lan", Role.CENTRAL, None, PASSWORD)
    add_person(sqlite_database, "tuan", "Tuấn", Role.ADMIN, None, PASSWORD)
    return app


def signed_in(app: Flask, account: str = "lan") -> FlaskClient:
    client = app.test_client()
    log_in(client, account, PASSWORD)
    return client


def read(client: FlaskClient, path: str, language: str) -> str:
    answer = client.get(f"{path}?lang={language}")
    assert answer.status_code == 200
    return unescape(answer.get_data(as_text=True))


def test_a_response_is_read_in_the_language_of_the_page(sqlite_database: Database, app: Flask, field: Field) -> None:
    written = body(field, answers=FLAWED)
    receive(sqlite_database, surveyor_of(field), [row(written)])
    client, path = signed_in(app), f"/responses/{written['id']}"
    english, vietnamese = read(client, path, "en"), read(client, path, "vi")
    for text in (
        "The Party committee's awareness of the Front's role: There is no choice 'splendid'.",
        "The latest meeting: The meeting cannot lie in the future",
        "Pages: The answer breaks the question's rule.",
    ):
        assert text in english
        assert text not in vietnamese
    for text in ("Không có phương án 'splendid'.", "Ngày họp gần nhất: Ngày họp không thể ở tương lai"):
        assert text in vietnamese
        assert text not in english


def test_why_a_row_is_held_is_read_in_the_language_of_the_page(
    sqlite_database: Database, app: Flask, field: Field
) -> None:
    first = body(field)
    receive(
        sqlite_database, surveyor_of(field), [row(first), row(first | {"answers": {}}), row(body(field, version="9"))]
    )
    held, opened = (read(signed_in(app), path, "en") for path in ("/quarantine", f"/responses/{first['id']}"))
    assert "The server has no questionnaire first_steps version 9; held for a person to decide." in held
    for page in (held, opened):
        assert "Other bytes are kept under this id" in page
        assert "được giữ chờ xử lý" not in page
    assert "phiên bản 9; phiếu được tạm giữ chờ xử lý" in read(signed_in(app), "/quarantine", "vi")


def test_rows_of_earlier_days_are_still_shown(sqlite_database: Database, app: Flask, field: Field) -> None:
    written = body(field)
    receive(sqlite_database, surveyor_of(field), [row(written)])
    old = [{"question": "party_change", "code": "unknown_choice", "message": "Không có phương án 'x'."}]
    sqlite_database.write(lambda connection: connection.execute(update(response).values(problems=json.dumps(old))))
    shown = read(signed_in(app), f"/responses/{written['id']}", "en")
    assert "The Party committee's awareness of the Front's role: Không có phương án 'x'." in shown


@pytest.mark.parametrize(("language", "said"), [("en", "The SHA-256 is not"), ("vi", "Mã kiểm tra SHA-256 không khớp")])
def test_what_a_file_of_unsent_responses_holds_is_refused_in_the_language_of_the_page(
    app: Flask, field: Field, language: str, said: str
) -> None:
    client = signed_in(app, "tuan")
    text = json.dumps(body(field))
    rows: list[dict[str, Any]] = [{"id": body(field)["id"], "sha256": hashlib.sha256(b"").hexdigest(), "body": text}]
    file = BytesIO(json.dumps({"device_id": "none", "responses": rows}).encode())
    sent = {"csrf_token": token_of(client, "/unsent"), "file": (file, "unsent.json")}
    assert said in client.post(f"/unsent?lang={language}", data=sent).get_data(as_text=True)
