"""/.well-known/security.txt as RFC 9116 asks for it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from survey_server.app import bind_runtime
from survey_server.runtime import open_runtime
from survey_server.settings import Settings, read_settings
from survey_server.storage.database import Database

PATH = "/.well-known/security.txt"


@pytest.mark.parametrize(
    ("given", "contact"),
    [("baomat@example.vn", "mailto:baomat@example.vn"), ("https://example.vn/baomat", "https://example.vn/baomat"),
     ("tel:+84-24-3825-0000", "tel:+84-24-3825-0000")],
)  # fmt: skip
def test_it_names_contact_expiry_and_languages(
    app: Flask, settings: Settings, sqlite_database: Database, given: str, contact: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEY_SECURITY_CONTACT", given)
    bind_runtime(app, open_runtime(read_settings(), sqlite_database))
    answer = app.test_client().get(PATH)
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    fields = dict(line.split(": ", 1) for line in answer.get_data(as_text=True).splitlines())
    assert fields.keys() == {"Contact", "Expires", "Preferred-Languages"}
    assert fields["Contact"] == contact
    assert fields["Preferred-Languages"] == "vi, en"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=365)


def test_without_a_contact_there_is_none(app: Flask, settings: Settings, sqlite_database: Database) -> None:
    without = dataclasses.replace(settings, security_contact="")
    bind_runtime(app, open_runtime(without, sqlite_database))
    assert app.test_client().get(PATH).status_code == 404
