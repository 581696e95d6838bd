"""/readyz tells whether charts are kept up to date, without a number."""

from __future__ import annotations

from contextlib import closing

from flask.testing import FlaskClient
from sqlalchemy import update

from survey_server.services.readiness import PUBLISHER_LOCK
from survey_server.settings import Settings
from survey_server.storage.lock import FileLock
from survey_server.storage.tables import response
from tests.api.conftest import Tablet
from tests.support.field import body


def test_a_publisher_is_running_while_it_holds_its_lock(client: FlaskClient, settings: Settings) -> None:
    with closing(FileLock(settings.data_dir / PUBLISHER_LOCK)) as lock, lock:
        assert client.get("/readyz").get_json()["publisher"] == "running"
    assert client.get("/readyz").get_json()["publisher"] == "missing"
    with closing(FileLock(settings.data_dir / PUBLISHER_LOCK)) as lock:
        assert lock.try_acquire()  # asking did not keep it


def test_changes_that_wait_for_a_minute_are_late(tablet: Tablet) -> None:
    tablet.send(body(tablet.field))
    assert tablet.client.get("/readyz").get_json()["changes"] == "counted"
    tablet.database.write(lambda c: c.execute(update(response).values(state_at="2012-06-05T00:00:00.000Z")))
    answer = tablet.client.get("/readyz")
    assert (answer.status_code, answer.get_json()["changes"]) == (200, "late")
