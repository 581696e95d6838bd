"""The charts page is sent as it is stored, is kept by the reader's browser alone, and changes with what it shows."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from survey_server.domain import ChartKey, ChartVersion, Role
from survey_server.services.people import add_person
from survey_server.services.sign_in import sign_in
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.charts import draw_chart, require_versions
from tests.support.field import prepare_field

COMMUNE = ChartKey("r1", "commune", "00001")
URL = "/charts/r1/commune/00001"
PASSWORD = "mot mat khau dai"
GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def client(client: FlaskClient, settings: Settings, sqlite_database: Database, tmp_path: Path) -> FlaskClient:
    prepare_field(sqlite_database, tmp_path)
    for account, name in (("lan", "Lan <b>"), ("hoa", "Hoa")):
        add_person(sqlite_database, account, name, Role.CENTRAL, None, PASSWORD)
    draw(sqlite_database, settings, 4, "as it is")
    enter(client, sqlite_database, "lan")
    return client


def draw(database: Database, settings: Settings, revision: int, text: str) -> None:
    version = ChartVersion(revision, "0123456789ab")
    require_versions(database, "VN/01/001/00001", version, {"first_steps": version})
    draw_chart(database, settings, COMMUNE, version, text)


def enter(client: FlaskClient, database: Database, account: str) -> None:
    client.set_cookie("survey_session", sign_in(database, account, PASSWORD, "127.0.0.1"))


def tag_of(client: FlaskClient, url: str = URL) -> str:
    return client.get(url, headers=GZIP).headers["ETag"]


def test_with_and_without_compression_it_is_the_same_page(client: FlaskClient) -> None:
    compressed, plain = client.get(URL, headers=GZIP), client.get(URL)
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    page = gzip.decompress(compressed.data).decode()
    assert page.count("<svg>as it is</svg>") == plain.get_data(as_text=True).count("<svg>as it is</svg>") == 1
    assert page.startswith("<!doctype html>")
    assert page.endswith("</html>")
    assert "\0" not in page
    assert "Lan &lt;b&gt;" in page


def test_only_the_readers_own_browser_may_keep_it(client: FlaskClient) -> None:
    headers = client.get(URL, headers=GZIP).headers
    assert headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Encoding"} <= {each.strip() for each in headers["Vary"].split(",")}


def test_a_kept_page_is_not_sent_again_while_nothing_changes(client: FlaskClient) -> None:
    answer = client.get(URL, headers={**GZIP, "If-None-Match": tag_of(client)})
    assert (answer.status_code, answer.data) == (304, b"")


def test_the_tag_changes_with_the_charts_the_reader_and_the_page(
    client: FlaskClient, settings: Settings, sqlite_database: Database
) -> None:
    tags = [tag_of(client), tag_of(client, f"{URL}?q=hue"), tag_of(client, f"{URL}?lang=en")]
    client.get(f"{URL}?lang=vi")
    enter(client, sqlite_database, "hoa")
    tags.append(tag_of(client))
    draw(sqlite_database, settings, 5, "as it is now")
    tags.append(tag_of(client))
    client.delete_cookie("survey_form")  # a new key of the forms: the kept page's own would be refused
    tags.append(tag_of(client))
    assert len(set(tags)) == len(tags)


def test_the_form_of_a_kept_page_is_still_accepted(client: FlaskClient) -> None:
    page = client.get(URL)
    token = page.get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
    assert client.get(URL, headers={"If-None-Match": page.headers["ETag"]}).status_code == 304
    assert client.post("/logout", data={"csrf_token": token}).status_code == 302


def test_nobody_reads_a_kept_page_after_signing_out(client: FlaskClient) -> None:
    tag = tag_of(client)
    client.delete_cookie("survey_session")
    answer = client.get(URL, headers={**GZIP, "If-None-Match": tag})
    assert answer.status_code in (302, 401)
    assert b"as it is" not in answer.data
