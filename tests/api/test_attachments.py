"""Uploading files by their digest, at once or a part at a time."""

from __future__ import annotations

import gzip
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from survey_server.api.bodies import MAX_BODY_BYTES
from survey_server.services import store_attachment
from survey_server.services.devices import make_code, revoke_device
from survey_server.services.store_attachment import MAX_ATTACHMENT_BYTES
from survey_server.settings import Settings
from survey_server.storage import attachments
from survey_server.storage.tables import attachment
from tests.api.conftest import Tablet, bearer

PHOTO = b"\xff\xd8" + bytes(range(256)) * 40
DIGEST = hashlib.sha256(PHOTO).hexdigest()
URL = f"/api/v1/attachments/{DIGEST}"


def put(tablet: Tablet, body: bytes, start: int | None = None, total: int = len(PHOTO), url: str = URL) -> TestResponse:
    headers = bearer(tablet.upload_token)
    if start is not None:
        headers["Content-Range"] = f"bytes {start}-{start + len(body) - 1}/{total}"
    return tablet.client.put(url, data=body, headers=headers, content_type="application/octet-stream")


def enrol_also(tablet: Tablet, account: str) -> Tablet:
    """Another tablet, of that account."""
    sent = {"code": make_code(tablet.database, account), "name": "Máy 08"}
    enrolled = tablet.client.post("/api/v1/devices/enrol", json=sent).get_json()
    tokens = {name: enrolled[name] for name in ("device_id", "token", "upload_token")}
    return replace(tablet, **tokens)


def offset(tablet: Tablet) -> str:
    answer = tablet.client.head(URL, headers=bearer(tablet.upload_token))
    assert answer.status_code == 200
    return answer.headers["Upload-Offset"]


def test_a_file_is_uploaded_at_once_and_again(tablet: Tablet) -> None:
    assert offset(tablet) == "0"
    assert put(tablet, PHOTO).get_json() == {"offset": len(PHOTO), "complete": True}
    assert put(tablet, PHOTO).get_json()["complete"] is True
    assert offset(tablet) == str(len(PHOTO))


def test_an_interrupted_upload_is_continued(tablet: Tablet) -> None:
    assert put(tablet, PHOTO[:4000], 0).get_json() == {"offset": 4000, "complete": False}
    assert offset(tablet) == "4000"
    assert put(tablet, PHOTO[4000:], 4000).get_json()["complete"] is True


def test_another_tablet_is_not_told_whether_a_file_is_here(tablet: Tablet) -> None:
    other = enrol_also(tablet, "other")
    put(tablet, PHOTO)
    assert offset(other) == "0"
    assert put(other, PHOTO[-1:], len(PHOTO) - 1).get_json()["error"]["code"] == "attachment_gap"
    assert put(other, PHOTO[:100], 0).get_json() == {"offset": 100, "complete": False}
    assert offset(other) == "100"
    assert put(other, PHOTO[100:], 100).get_json() == {"offset": len(PHOTO), "complete": True}
    assert put(other, PHOTO).get_json()["complete"] is True, "the same bytes twice are fine"
    assert offset(tablet) == str(len(PHOTO))


def test_a_person_goes_on_with_another_tablet(tablet: Tablet) -> None:
    put(tablet, PHOTO)
    assert offset(enrol_also(tablet, "surveyor")) == str(len(PHOTO))


def test_a_digest_is_taken_in_either_case(tablet: Tablet) -> None:
    assert put(tablet, PHOTO, url=f"/api/v1/attachments/{DIGEST.upper()}").get_json()["complete"] is True
    assert offset(tablet) == str(len(PHOTO))


def test_a_gap_is_refused_and_nothing_is_lost(tablet: Tablet) -> None:
    put(tablet, PHOTO[:100], 0)
    answer = put(tablet, PHOTO[200:], 200)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "attachment_gap")
    assert offset(tablet) == "100"


def test_bytes_with_another_digest_are_not_stored(tablet: Tablet) -> None:
    answer = put(tablet, PHOTO[::-1])
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "attachment_digest")
    assert offset(tablet) == "0"


def test_a_wrong_name_or_range_is_a_400(tablet: Tablet) -> None:
    assert put(tablet, PHOTO, url="/api/v1/attachments/..%2Fsecret-key").status_code in (400, 404)
    assert put(tablet, PHOTO, url="/api/v1/attachments/abc").status_code == 400
    assert put(tablet, PHOTO, 5, total=10).status_code == 400


def test_a_file_too_large_is_a_413(tablet: Tablet) -> None:
    answer = put(tablet, PHOTO, 0, total=MAX_ATTACHMENT_BYTES + 1)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (413, "attachment_too_large")


@pytest.mark.slow
def test_a_file_may_be_sent_gzipped(tablet: Tablet) -> None:
    headers = {**bearer(tablet.upload_token), "Content-Encoding": "gzip"}
    assert tablet.client.put(URL, data=gzip.compress(PHOTO), headers=headers).get_json()["complete"] is True
    assert offset(tablet) == str(len(PHOTO))
    bomb = gzip.compress(bytes(MAX_BODY_BYTES + 1))
    assert tablet.client.put(URL, data=bomb, headers=headers).status_code == 413
    headers["Content-Encoding"] = "br"
    assert tablet.client.put(URL, data=PHOTO, headers=headers).status_code == 415


def test_without_a_token_nothing_is_stored(tablet: Tablet) -> None:
    assert tablet.client.put(URL, data=PHOTO).status_code == 401
    assert tablet.client.head(URL).status_code == 401


def test_eight_simultaneous_uploads_of_one_file_leave_it_whole(tablet: Tablet) -> None:
    def send(_: int) -> int:
        client = tablet.client.application.test_client()
        return client.put(URL, data=PHOTO, headers=bearer(tablet.upload_token)).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(send, range(8))) == {200}
    assert offset(tablet) == str(len(PHOTO))


def test_a_file_without_its_row_gets_it_at_the_next_upload(tablet: Tablet) -> None:
    put(tablet, PHOTO)
    tablet.database.write(lambda connection: connection.execute(attachment.delete()))
    assert put(tablet, PHOTO).get_json()["complete"] is True
    with tablet.database.read() as connection:
        assert attachments.sizes(connection) == {DIGEST: len(PHOTO)}


def test_a_file_that_a_power_cut_emptied_is_taken_again(tablet: Tablet, settings: Settings) -> None:
    put(tablet, PHOTO)
    stored = settings.attachments_dir / DIGEST[:2] / DIGEST
    stored.write_bytes(b"")
    assert offset(tablet) == "0"
    assert put(tablet, PHOTO).get_json()["complete"] is True
    assert stored.read_bytes() == PHOTO


def test_a_file_without_its_row_is_not_believed(tablet: Tablet, settings: Settings) -> None:
    stored = settings.attachments_dir / DIGEST[:2] / DIGEST
    stored.parent.mkdir(parents=True)
    stored.write_bytes(PHOTO[::-1])
    assert offset(tablet) == "0"
    put(tablet, PHOTO)
    assert stored.read_bytes() == PHOTO


@pytest.mark.parametrize(
    ("limit", "is_revoked"), [("MAX_BYTES_PER_DAY", False), ("MAX_BYTES_PER_DAY_IF_REVOKED", True)]
)
def test_a_device_sends_so_much_a_day(
    tablet: Tablet, monkeypatch: pytest.MonkeyPatch, limit: str, is_revoked: bool
) -> None:
    monkeypatch.setattr(store_attachment, limit, len(PHOTO) + 10)
    if is_revoked:
        revoke_device(tablet.database, tablet.device_id)
    assert put(tablet, PHOTO).get_json()["complete"] is True
    other = b"eleven more"
    refused = put(tablet, other, url=f"/api/v1/attachments/{hashlib.sha256(other).hexdigest()}")
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (429, "attachment_quota")
    assert int(refused.headers["Retry-After"]) > 0
    assert put(tablet, PHOTO).status_code == 200  # what is there already takes no room


@pytest.mark.parametrize(
    "header", ["bytes */5", "bytes 0-4/*", "bytes 4-0/5", "bytes 0-9/5", "chars 0-4/5", "bytes 0-4/5, 6-7/8", "0-4/5"]
)
def test_a_malformed_range_is_refused(tablet: Tablet, header: str) -> None:
    headers = {**bearer(tablet.upload_token), "Content-Range": header}
    answer = tablet.client.put(URL, data=b"12345", headers=headers)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "wrong_shape")
