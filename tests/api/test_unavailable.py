"""A full disk: writes get a 503 with Retry-After, reads go on, and writes work again once there is room."""

from __future__ import annotations

import errno
import random
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from survey_server import durable
from survey_server.storage.database import Database
from tests.api.conftest import Tablet, bearer
from tests.api.test_attachments import PHOTO, URL
from tests.support.field import body


def fill_up(database: Database, *, full: bool) -> None:
    """Set for the connection that writes whether the file may grow."""
    limit = "(SELECT 1)" if full else "4294967294"
    with database.writing_engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages if full else limit}")


def test_a_full_disk_is_a_503_until_there_is_room(tablet: Tablet) -> None:
    large = body(tablet.field, paradata={"trail": random.Random(1).randbytes(250_000).hex()})
    fill_up(tablet.database, full=True)
    answer = tablet.send(large)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert tablet.get("/api/v1/work").status_code == 200
    fill_up(tablet.database, full=False)
    assert tablet.send(large).get_json()["receipts"][0]["status"] == "stored"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_no_room_for_a_file_is_a_503(tablet: Tablet, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "no room")

    headers = bearer(tablet.upload_token)
    with monkeypatch.context() as patch:
        patch.setattr(durable.os, "fsync", refuse)
        answer = tablet.client.put(URL, data=PHOTO, headers=headers)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert tablet.client.put(URL, data=PHOTO, headers=headers).get_json()["complete"] is True


def test_errors_of_the_framework_are_in_the_devices_language_too(client: FlaskClient, survey: object) -> None:
    for method, path in (("GET", "/api/v1/nothing"), ("DELETE", "/api/v1/responses"), ("GET", "/api/v1/%00")):
        english = client.open(path, method=method, headers={"Accept-Language": "en"}).get_json()["error"]["message"]
        assert english.isascii(), english
        assert not client.open(path, method=method).get_json()["error"]["message"].isascii()


@pytest.mark.parametrize(
    "path", ["/api/v1/questionnaires/%00/1", "/responses/%00", "/charts/demo/%00/VN", "/login?a=%00"]
)
def test_u0000_in_an_address_is_refused(client: FlaskClient, survey: object, path: str, tmp_path: Path) -> None:
    assert client.get(path).status_code in (302, 400)
