"""A person at /fill, as tests play them: signed in on a copy of the demo, a page read, its form sent back."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from survey_server.app import create_app, runtime_of
from survey_server.clock import now_text
from survey_server.questionnaire.model import Question, Questionnaire
from survey_server.settings import read_settings
from survey_server.storage import drafts
from survey_server.storage.database import Database, open_database
from survey_server.storage.tables import assignment, person, response
from tests.support.receiving import stored_rows


@contextmanager
def demo_app(prepared_demo: Path, folder: Path) -> Iterator[Flask]:
    """The application on a copy of the demo in `folder`."""
    data = Path(shutil.copytree(prepared_demo, folder / "data"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SURVEY_DATA_DIR", str(data))
        settings = read_settings()
    database = open_database(settings)
    yield create_app(settings, database)
    database.close()


class Filling:
    """A person at one questionnaire: a page is read, its form sent back with what is typed."""

    def __init__(self, app: Flask, account: str, questionnaire: str) -> None:
        self.app = app
        self.database: Database = runtime_of(app).database
        self.account = account
        self.client = signed_in(app, account)
        self.assignment = self._assignment(questionnaire)
        found = runtime_of(app).versions.questionnaire(questionnaire, self.assignment["version"])
        assert found is not None
        self.questionnaire: Questionnaire = found
        self.path = f"/fill/{questionnaire}/{found.version}?assignment={self.assignment['id']}"
        self.page = self.client.get(self.path).get_data(as_text=True)

    def _assignment(self, questionnaire: str) -> dict[str, Any]:
        """One of this person's: where a committee reports, that of its own locality."""
        with self.database.read() as connection:
            wanted = select(assignment).where(assignment.c.questionnaire == questionnaire)
            who = connection.execute(select(person).where(person.c.account == self.account)).mappings().one()
            own = (assignment.c.person_id == who["id"]) | (assignment.c.locality_id == who["area_id"])
            return dict(connection.execute(wanted.where(own).limit(1)).mappings().one())

    @property
    def draft(self) -> str:
        return hidden(self.page, "response")

    @property
    def section(self) -> str:
        return hidden(self.page, "section")

    def open(self, section: str) -> str:
        self.page = self.client.get(f"{self.path}&section={section}").get_data(as_text=True)
        return self.page

    def press(self, button: str, typed: Any = (), **also: str) -> TestResponse:
        """Send the page's form; follow to the next page."""
        form = {name: hidden(self.page, name) for name in ("csrf_token", "response")} | {button: "1"} | also
        if 'name="section"' in self.page:
            form["section"] = self.section
        fields = [*form.items(), *typed]
        data = {name: [value for key, value in fields if key == name] for name, _value in fields}
        answer = self.client.post(self.path, data=data, follow_redirects=True)
        self.page = answer.get_data(as_text=True)
        return answer

    def put_in(self, answers: dict[str, Any]) -> None:
        """As if the draft had begun with these answers."""
        self.database.write(lambda connection: drafts.save(connection, self.draft, answers, now_text()))

    def drafted(self) -> dict[str, Any]:
        """The answers that the draft holds."""
        with self.database.read() as connection:
            found = drafts.find(connection, self.draft)
        assert found is not None
        return found.answers

    def kept(self) -> list[dict[str, Any]]:
        """The bodies kept under the id of this draft."""
        with self.database.read() as connection:
            return [json.loads(row["body"]) for row in stored_rows(connection, response.c.id == self.draft)]


def signed_in(app: Flask, account: str) -> FlaskClient:
    client = app.test_client()
    token = hidden(client.get("/login").get_data(as_text=True), "csrf_token")
    sent = client.post("/login", data={"account": account, "password": f"demo-{account}", "csrf_token": token})
    assert sent.status_code == 302
    return client


def hidden(page: str, name: str) -> str:
    forms = page.partition("</header>")[2] or page
    found = re.search(rf'name="{name}" value="([^"]*)"', forms)
    assert found, f"no {name} in {page[:2000]}"
    return unescape(found[1])


def flat(questions: tuple[Question, ...]) -> list[Question]:
    return [one for each in questions for one in (flat(each.questions) if each.type.name == "group" else [each])]
