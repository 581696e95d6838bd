"""One attachment over two connections at once, to two web processes: whole, or not acknowledged."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from survey_server.settings import Settings
from survey_server.storage import attachments
from survey_server.storage.database import Database
from tests.support.field import prepare_field
from tests.support.server import RunningServer
from tests.support.uploading import enrol

pytestmark = pytest.mark.slow
FILES, SIZE, PART = 40, 300_000, 70_000


@pytest.fixture
def server(settings: Settings, database: Database, tmp_path: Path) -> Iterator[RunningServer]:
    prepare_field(database, tmp_path)
    url = database.engine.url.render_as_string(hide_password=False)
    running = RunningServer(settings.data_dir, database_url=url, publisher=False, processes=2)
    running.start()
    yield running
    running.kill()


def test_an_attachment_sent_twice_at_once_is_whole(
    server: RunningServer, settings: Settings, database: Database
) -> None:
    token = enrol(server)
    contents = [os.urandom(SIZE) for _ in range(FILES)]
    with ThreadPoolExecutor(2) as clients:
        for content in contents:
            assert list(clients.map(lambda each: send(server, token, each), [content] * 2)) == [SIZE] * 2
    digests = [hashlib.sha256(content).hexdigest() for content in contents]
    for digest, content in zip(digests, contents, strict=True):
        assert (settings.attachments_dir / digest[:2] / digest).read_bytes() == content
    with database.read() as connection:
        assert attachments.sizes(connection) == dict.fromkeys(digests, SIZE)


def send(server: RunningServer, token: str, content: bytes) -> int:
    """The size that the server says it has, once it says that this is all."""
    path = f"/api/v1/attachments/{hashlib.sha256(content).hexdigest()}"
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        while True:
            connection.request("HEAD", path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            answer.read()
            start = int(answer.headers["Upload-Offset"])
            if start == SIZE:
                return start
            part = content[start : start + PART]
            content_range = f"bytes {start}-{start + len(part) - 1}/{SIZE}"
            connection.request("PUT", path, part, {"Authorization": f"Bearer {token}", "Content-Range": content_range})
            body = json.loads(connection.getresponse().read())
            if body.get("complete"):
                return int(body["offset"])
