"""What a tablet may read: work and questionnaires; and what needs no token."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from tests.api.conftest import Tablet, as_row, bearer
from tests.support.field import body


def test_work_is_this_persons_only(tablet: Tablet) -> None:
    work = tablet.get("/api/v1/work").get_json()
    assert list(work) == ["server_time", "rounds", "visits", "assignments", "questionnaires", "returned"]
    assert [one["id"] for one in work["assignments"]] == [tablet.field.assignment]
    assignment = work["assignments"][0]
    assert assignment["locality"] == {"scheme": "test", "level": "commune", "code": "00001", "name": "Phường Phúc Xá"}
    assert (assignment["quantity"], assignment["done"], assignment["visit"]) == (20, 0, None)
    assert work["rounds"] == [{"code": "r1", "name": {"vi": "Đợt một", "en": "Round one"}}]
    assert datetime.fromisoformat(work["server_time"]).tzinfo is not None


def test_what_was_sent_counts_as_done(tablet: Tablet) -> None:
    tablet.send(body(tablet.field), body(tablet.field))
    assert tablet.get("/api/v1/work").get_json()["assignments"][0]["done"] == 2


def test_a_questionnaires_digest_is_of_the_bytes_at_its_url(tablet: Tablet) -> None:
    named = tablet.get("/api/v1/work").get_json()["questionnaires"][0]
    answer = tablet.get(named["url"])
    assert hashlib.sha256(answer.get_data()).hexdigest() == named["sha256"]
    assert answer.get_json()["title"] == named["title"]
    assert "immutable" in answer.headers["Cache-Control"]


def test_an_unknown_questionnaire_is_a_404_in_the_form_of_the_api(tablet: Tablet) -> None:
    answer = tablet.get("/api/v1/questionnaires/no_such/9")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "questionnaire_unknown")


def test_errors_are_pages_on_the_web_and_json_in_the_api(client: FlaskClient) -> None:
    assert client.get("/no-such-page").mimetype == "text/html"
    missing = client.get("/api/v1/no-such-thing")
    assert (missing.status_code, missing.get_json()["error"]["code"]) == (404, "not_found")
    wrong = client.get("/api/v1/responses")
    assert wrong.status_code == 405
    assert "POST" in wrong.headers["Allow"]


def test_the_document_describes_every_address_of_the_api(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").get_json()
    described = {path.replace("{", "<").replace("}", ">") for path in document["paths"]}
    served = {
        str(rule).replace("string:", "")
        for rule in app.url_map.iter_rules()
        if str(rule).startswith(("/api/v1/", "/healthz", "/readyz")) and not str(rule).endswith("openapi.json")
    }
    assert described == served
    assert json.dumps(document["paths"]["/api/v1/responses"]["post"]).count("#/components/schemas/Upload")


def test_the_document_allows_the_keys_that_the_server_ignores(client: FlaskClient, tablet: Tablet) -> None:
    schemas = client.get("/api/v1/openapi.json").get_json()["components"]["schemas"]
    for name in ("Enrol", "Upload", "Row", "Sealed"):
        assert schemas[name].get("additionalProperties") is not False, name
    sent = {**as_row(body(tablet.field)), "newer": 1}
    answer = tablet.client.post(
        "/api/v1/responses", json={"responses": [sent], "newer": 1}, headers=bearer(tablet.upload_token)
    )
    assert answer.get_json()["receipts"][0]["status"] == "stored"


def test_the_document_describes_how_a_file_is_uploaded(client: FlaskClient) -> None:
    path = client.get("/api/v1/openapi.json").get_json()["paths"]["/api/v1/attachments/{sha256}"]
    assert path["parameters"][0]["schema"]["pattern"] == "^[0-9A-Fa-f]{64}$"
    assert "content" not in path["head"]["responses"]["200"]
    for method in ("head", "put"):
        assert "Upload-Offset" in path[method]["responses"]["200"]["headers"]
    assert {"Content-Range", "Content-Encoding"} == {each["name"] for each in path["put"]["parameters"]}
    assert "application/octet-stream" in path["put"]["requestBody"]["content"]
    assert path["put"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Attachment")


def test_the_document_says_that_health_needs_no_token(client: FlaskClient) -> None:
    paths = client.get("/api/v1/openapi.json").get_json()["paths"]
    assert [paths[each]["get"]["security"] for each in ("/healthz", "/readyz")] == [[], []]
    assert {"200", "503"} <= set(paths["/readyz"]["get"]["responses"])


def test_health_needs_no_token(client: FlaskClient, survey: object) -> None:
    assert client.get("/healthz").get_json() == {"status": "alive"}
    refused = client.post("/healthz")
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (405, "method_not_allowed")
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.get_json() == {"status": "ready", "publisher": "missing", "changes": "counted"}


def test_a_database_without_its_migrations_is_not_ready(client: FlaskClient, settings: object, tmp_path: Path) -> None:
    from survey_server.app import create_app
    from survey_server.storage.database import Database

    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    try:
        assert create_app(settings, empty).test_client().get("/readyz").status_code == 503  # type: ignore[arg-type]
    finally:
        empty.close()
