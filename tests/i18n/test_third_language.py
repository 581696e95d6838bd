"""A further language is one file: pages, problems, the command line, settings and the tablet have it at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_server import i18n
from survey_server.i18n import catalogues
from survey_server.problems import Problem
from survey_server.problems.device_api import QUESTIONNAIRE_UNKNOWN
from survey_server.settings import Settings, read_settings

CATALOGUE = """\
msgid ""
msgstr "Language: xx\\n"

msgctxt "this language"
msgid "Tiếng Việt"
msgstr "Xaxa"

msgctxt "number format"
msgid "1.234,5"
msgstr "1 234:5"

msgid "Đăng nhập"
msgstr "Xa in"

msgid "Ví dụ: {command}"
msgstr "Xa: {command}"

msgctxt "questionnaire_unknown"
msgid "Không có mẫu phiếu {id}, phiên bản {version}."
msgstr "Xa {version}, xa {id}."

msgctxt "token_missing"
msgid "Thiếu mã truy cập của máy."
msgstr "Xa token."

msgctxt "tablet"
msgid "Việc của tôi"
msgstr "Xaxa xa"

msgctxt "yaml"
msgid "did not find expected key"
msgstr "xa key"
"""
RUN_VERB = "import sys; from pathlib import Path; from survey_server.i18n import catalogues; \
catalogues.CATALOGUE_DIR = Path(sys.argv.pop(1)); from survey_server.cli import main; main()"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of catalogues with one more language, `xx`, in use."""
    for path in i18n.CATALOGUE_DIR.glob("*.po"):
        shutil.copy(path, tmp_path)
    (tmp_path / "xx.po").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr(catalogues, "CATALOGUE_DIR", tmp_path)
    _forget()
    yield tmp_path
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    catalogues.languages.cache_clear()
    catalogues.catalogue.cache_clear()


@pytest.fixture
def client(folder: Path, app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_page_has_it_and_links_to_the_others(client: FlaskClient) -> None:
    page = client.get("/login?lang=xx").get_data(as_text=True)
    assert '<html lang="xx"' in page
    assert "Xa in</h1>" in page
    assert ">English</a>" in page
    assert ">Tiếng Việt</a>" in page
    assert ">Xaxa</a>" not in page
    assert "Khảo sát và tự đánh giá" in page  # not translated: the source


def test_it_stays_chosen(client: FlaskClient) -> None:
    client.get("/login?lang=xx")
    page = client.get("/login").get_data(as_text=True)
    assert "Xa in</h1>" in page
    assert ">Xaxa</a>" in client.get("/login?lang=vi").get_data(as_text=True)


def test_a_problem_has_it_with_its_parts(folder: Path) -> None:
    problem = Problem(QUESTIONNAIRE_UNKNOWN, {"id": "q", "version": "1"})
    assert problem.text("xx") == "Xa 1, xa q."


def test_what_a_library_says_has_it(folder: Path) -> None:
    said = i18n.LibraryMessage("did not find expected key, but found '-'", "yaml")
    assert said.text("xx") == "xa key"
    assert i18n.LibraryMessage("something else", "yaml").text("xx") == "something else"


@pytest.mark.parametrize("headers", [{"Accept-Language": "xx"}, {}])
def test_the_api_answers_in_it(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post(f"/api/v1/responses{'' if headers else '?lang=xx'}", json={}, headers=headers)
    assert answer.json is not None
    assert answer.json["error"]["message"].startswith("Xa token.")


def test_it_can_be_the_servers_own(folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_LANGUAGE", "xx")
    assert read_settings().language == "xx"


def test_the_tablet_has_it_in_its_shell(client: FlaskClient) -> None:
    script = client.get("/static/tablet/translations.js").get_data(as_text=True)
    assert '"xx":{"name":"Xaxa","numbers":"1 234:5","texts":{"Việc của tôi":"Xaxa xa"}}' in script
    style = client.get("/static/tablet/languages.css").get_data(as_text=True)
    assert 'html[lang="xx"] .t:not([lang="xx"]) { display: none; }' in style
    worker = client.get("/tablet/sw.js").get_data(as_text=True)
    assert "/static/tablet/translations.js" in worker
    assert "/static/tablet/languages.css" in worker
    assert '<span class="t" lang="xx">' in client.get("/tablet/").get_data(as_text=True)


@pytest.mark.slow
def test_the_command_line_speaks_it(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN_VERB, str(folder), "doctor", "--help"],
        env={**os.environ, "SURVEY_LANGUAGE": "xx"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Xa: survey-server doctor" in done.stdout
