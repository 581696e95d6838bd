"""An application on a small survey, and a tablet enrolled in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_server.services.devices import make_code
from survey_server.storage.database import Database
from tests.support.field import Field, prepare_field


@dataclass(frozen=True)
class Tablet:
    """An enrolled device: `token` reads and uploads, `upload_token` only uploads."""

    client: FlaskClient
    device_id: str
    token: str
    upload_token: str
    field: Field
    database: Database

    def get(self, path: str, token: str | None = None) -> TestResponse:
        return self.client.get(path, headers=bearer(token or self.token))

    def send(self, *bodies: dict[str, Any] | str, token: str | None = None) -> TestResponse:
        rows = [as_row(body) for body in bodies]
        return self.send_rows(rows, token)

    def send_rows(self, rows: object, token: str | None = None) -> TestResponse:
        headers = bearer(token or self.upload_token)
        return self.client.post("/api/v1/responses", json={"responses": rows}, headers=headers)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def as_row(body: dict[str, Any] | str) -> dict[str, str]:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    id_ = body["id"] if isinstance(body, dict) else "00000000-0000-4000-8000-000000000000"
    return {"id": id_, "sha256": hashlib.sha256(text.encode()).hexdigest(), "body": text}


@pytest.fixture
def survey(sqlite_database: Database, tmp_path: Path) -> Field:
    return prepare_field(sqlite_database, tmp_path)


@pytest.fixture
def app(app: Flask, survey: Field) -> Flask:
    return app


@pytest.fixture
def tablet(client: FlaskClient, sqlite_database: Database, survey: Field) -> Tablet:
    code = make_code(sqlite_database, "surveyor")
    enrolled = client.post("/api/v1/devices/enrol", json={"code": code, "name": "Máy 07"}).get_json()
    return Tablet(client, enrolled["device_id"], enrolled["token"], enrolled["upload_token"], survey, sqlite_database)
