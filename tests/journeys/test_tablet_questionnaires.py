"""Every shipped questionnaire is filled in on the tablet and received with the same answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from survey_server.questionnaire.load import load_questionnaire
from survey_server.questionnaire.simulate import Manner, Simulator
from survey_server.storage.database import Database
from tests.journeys.tablet import READY, Tablet, stored_responses
from tests.support.field import add_round, assign_also, field_of
from tests.support.server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHIPPED = sorted((Path(__file__).parents[2] / "questionnaires").glob("*.yaml"))
TODAY = "2012-09-15"
BEGIN = """async ({ assignment, answers }) => {
  const { newDraft, saveDraft } = await import("/static/tablet/drafts.js");
  const { setting } = await import("/static/tablet/settings.js");
  const work = await setting("work");
  const found = work.assignments.find(({ id }) => id === assignment);
  const draft = newDraft(found, { vi: found.questionnaire }, { answers });
  await saveDraft(draft);
  return draft.keys;
}"""


def test_the_server_receives_the_answers_as_given(tablet: Tablet, field_server: RunningServer) -> None:
    database = Database(f"sqlite:///{field_server.data_dir / 'survey.sqlite3'}", lock_dir=field_server.data_dir)
    # In a round of their own: the example has another framework.
    round_id = database.write(lambda connection: add_round(connection, "r2", "Đợt hai", "Round two"))
    field = replace(field_of(database), round_id=round_id)
    assignments = {path: assign_also(database, field, path) for path in SHIPPED}
    database.close()
    page = tablet.enrol(field_server.enrolment_code())
    sent: dict[str, dict[str, Any]] = {}
    for seed, (path, assignment) in enumerate(assignments.items()):
        questionnaire = load_questionnaire(path)
        answers = Simulator(questionnaire).answers(Manner(unknown=0.2), Random(seed), TODAY)
        keys = page.evaluate(BEGIN, {"assignment": assignment, "answers": answers})
        page.goto(f"{tablet.origin}/tablet/q/{keys['questionnaire']}/{keys['version']}#draft={keys['id']}")
        page.wait_for_selector("body[data-state=filling]")
        last = page.locator("[data-go]:enabled").last
        if last.is_hidden():
            page.click("#contents summary")
        last.click()
        page.click("[data-action=review]")
        page.wait_for_selector("#review:not([hidden])")
        assert page.locator("#review .summary").count() == 0, f"{path.name}: {page.inner_text('#review')}"
        page.click("[data-action=finish]")
        page.wait_for_selector(f"[data-receipt='{keys['id']}'][data-status=stored]")
        sent[keys["id"]] = answers
        tablet.home(page)
        page.wait_for_selector(READY)
    kept = {one.id: one for one in stored_responses(field_server.data_dir)}
    assert len(kept) == len(SHIPPED) == 8
    for id_, answers in sent.items():
        assert kept[id_].problems == [], kept[id_].body["questionnaire"]
        assert kept[id_].body["answers"] == answers
