"""Every question type, from its file to the charts: its example is checked, compiled, filled in at /fill, received,
exported, loaded, tallied and shown in words; and every place that has to know a type knows it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import update

from analysis.codebook import KINDS
from analysis.dataset import counted_responses, load_dataset, tally_dataset
from analysis.tally import QuestionTally, add
from survey_server.pipeline.export import export_round
from survey_server.questionnaire.answers import Checker
from survey_server.questionnaire.check import check_file
from survey_server.questionnaire.client import client_json
from survey_server.questionnaire.draft_answers import with_defaults
from survey_server.questionnaire.load import load_questionnaire
from survey_server.questionnaire.model import Question, Questionnaire
from survey_server.questionnaire.route import Route
from survey_server.questionnaire.simulate import Manner, Simulator
from survey_server.questionnaire.types import TYPES
from survey_server.settings import Settings
from survey_server.storage import responses
from survey_server.storage.database import Database
from survey_server.storage.tables import person
from survey_server.web.answers_in_words import sections_in_words
from survey_server.web.question_fields import typed_answers
from survey_server.web.question_types import web_type
from tests.questionnaire.marked import loaded, with_question
from tests.support.field import assign_also, prepare_field
from tests.support.javascript import JavaScript, running_javascript
from tests.support.receiving import stored_rows
from tests.web.filling import Filling

ROOT = Path(__file__).parents[1]
WEB = ROOT / "survey_server" / "web"
EXAMPLES = ROOT / "questionnaires" / "examples"
DAY = "2012-06-05"


def stems(folder: Path, ending: str, *also: str) -> set[str]:
    return {path.stem for path in folder.glob(f"*{ending}")} - {"__init__", *also}


def test_every_place_knows_the_same_types() -> None:
    assert set(TYPES) == {each.name for each in TYPES.values()}
    assert stems(ROOT / "survey_server" / "questionnaire" / "types", ".py") == set(TYPES)
    assert stems(WEB / "questions", ".py") == set(TYPES)
    assert stems(WEB / "templates" / "questions", ".html", "frame", "sections") == set(TYPES)
    assert stems(WEB / "static" / "tablet" / "types", ".js") == set(TYPES)
    assert stems(EXAMPLES, ".yaml") >= set(TYPES)
    document = (ROOT / "docs" / "questionnaire-language.md").read_text(encoding="utf-8")
    section = document.split("\n## Types\n")[1].split("\n## ")[0]
    described = {name for bold in re.findall(r"\*\*([a-z_, ]+)\.?\*\*", section) for name in bold.split(", ")}
    assert described == set(TYPES)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_is_complete(name: str) -> None:
    type_, web = TYPES[name], web_type(name)
    assert type_.data is None or type_.data in KINDS
    assert (type_.data is None) == (type_.role in ("note", "group"))
    assert (type_.expected == "") == (type_.data is None)
    assert (web.make_field is None) == (type_.role not in ("answer", "repeat"))


def example(name: str) -> Questionnaire:
    return load_questionnaire(EXAMPLES / f"{name}.yaml")


def question_of(questionnaire: Questionnaire, name: str) -> Question:
    return next(each for each in questionnaire.walk() if each.type.name == name)


def simulated(questionnaire: Questionnaire, name: str) -> dict[str, Any]:
    """The answers of a respondent who answers the question of the type, or what lies in it."""
    question = question_of(questionnaire, name)
    asked = {question.name, *(inner.name for inner in question.questions if question.role == "group")}
    for seed in range(100):
        answers = Simulator(questionnaire).answers(Manner(unknown=0.0, silence=0.1), Random(seed), DAY)
        if question.role == "note" or not asked.isdisjoint(answers):
            return answers
    raise AssertionError("nobody answers it")


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_works_from_its_file_to_the_charts(
    app: Flask, settings: Settings, sqlite_database: Database, tmp_path: Path, name: str
) -> None:
    assert check_file(EXAMPLES / f"{name}.yaml") == []
    questionnaire = example(name)
    answers = simulated(questionnaire, name)

    filling = filling_of(app, sqlite_database, tmp_path, name)
    section = questionnaire.sections[0]
    with app.test_request_context():
        typed = list(typed_answers(section.questions, answers).items(multi=True))
    assert filling.press("next", typed).status_code == 200
    drafted = {key: value for key, value in filling.drafted().items() if value is not None}
    assert drafted == {key: value for key, value in answers.items() if key not in calculated_in(questionnaire)}

    draft = filling.draft
    page = filling.open(section.name)
    texts = [text for key, text in typed if text and f'name="{key}"' in page]
    assert all(f'value="{text}"' in page or text in page for text in texts)
    filling.open("review")
    assert filling.press("send").status_code == 200
    assert stored_answers(sqlite_database, draft) == answers

    dataset = load_dataset(export_round(sqlite_database, settings, "r1", "zip", tmp_path / "out"))
    assert counted_responses(dataset)[draft].answers == answers
    tallied = add(tally_dataset(dataset).leaves.values()).questions
    assert counted(tallied, question_of(questionnaire, name)) > 0 or TYPES[name].data is None

    with app.test_request_context():
        ((_title, shown),) = sections_in_words(questionnaire, answers)
    assert len(shown) == len(answers)
    assert all(each.text or each.rows or each.instances for each in shown)


def filling_of(app: Flask, database: Database, folder: Path, name: str, source: Path = EXAMPLES) -> Filling:
    field = prepare_field(database, folder)
    assign_also(database, field, source / f"{name}.yaml")
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("demo-surveyor")
    own = update(person).where(person.c.id == field.surveyor)
    database.write(lambda connection: connection.execute(own.values(password_hash=cheap, demo=True)))
    return Filling(app, "surveyor", name)


def stored_answers(database: Database, draft: str) -> dict[str, Any]:
    with database.read() as connection:
        (found,) = responses.find(connection, draft)
    assert json.loads(found.problems or "[]") == []
    return found.answers


def counted(tallied: dict[str, QuestionTally], question: Question) -> int:
    own = [each for name, each in tallied.items() if name.split("/")[0] == question.name]
    return sum(each.number.n + sum(each.choices.values()) for each in own)


@pytest.fixture(scope="module")
def javascript(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JavaScript]:
    with running_javascript(tmp_path_factory.mktemp("deno")) as running:
        yield running


_ON_THE_TABLET = """async ([client, answers, today]) => {
  const modules = "http://modules.test/";
  const { loadTypes } = await import("http://modules.test/question_types.js");
  const { typedFrom } = await import("http://modules.test/form.js");
  const { compileRoute } = await import("http://modules.test/route.js");
  const questionnaire = JSON.parse(client);
  await loadTypes(questionnaire);
  const { typed } = typedFrom(answers, questionnaire.sections.flatMap(({ questions }) => questions));
  const { values, problems } = compileRoute(questionnaire).evaluate(answers, { today });
  return { typed, values, problems };
}"""


@pytest.mark.parametrize("name", sorted(TYPES))
def test_the_tablet_types_and_reads_answers_as_the_server_does(javascript: JavaScript, name: str) -> None:
    questionnaire = example(name)
    answers = simulated(questionnaire, name)
    given = {key: value for key, value in answers.items() if key not in calculated_in(questionnaire)}
    tablet = javascript.evaluate(_ON_THE_TABLET, [client_json(questionnaire), given, DAY])
    assert tablet["problems"] == []
    for question in questionnaire.walk():
        if question.role == "answer" and question.name in given:
            assert tablet["values"][question.name] == question.type.value(given[question.name])
    pairs = typed_answers(questionnaire.sections[0].questions, given)
    texts = {key: pairs.getlist(key) for key in pairs if not key.endswith("-kept")}
    assert tablet["typed"] == texts


def calculated_in(questionnaire: Questionnaire) -> set[str]:
    return {each.name for each in questionnaire.walk() if each.role == "calculated"}


def test_a_default_is_evaluated_once_and_gives_what_its_question_takes(javascript: JavaScript) -> None:
    questionnaire = loaded(with_question(DEFAULTS))
    route = Route(questionnaire)
    expected = {
        "day": DAY, "at": "08:30", "both": NOW, "count": 3, "share": 3.5, "named": "a", "forms": ["clear", "some"],
        "wrong": None, "from_other": 4,
    }  # fmt: skip
    assert with_defaults(questionnaire, route, {}, NOW) == expected
    given = {"at": None, "count": 7, "share": 1.0}
    assert with_defaults(questionnaire, route, given, NOW) == expected | given | {"from_other": 8}
    assert with_defaults(questionnaire, route, {"count": 101}, NOW)["later"] == "x"
    assert javascript.evaluate(_DEFAULTS, [client_json(questionnaire), {"count": 3}, NOW]) == expected


NOW = f"{DAY}T08:30"
DEFAULTS = """\
- {name: day, type: date, default: now(), label: {vi: A, en: B}}
- {name: at, type: time, default: now(), label: {vi: A, en: B}}
- {name: both, type: datetime, default: now(), label: {vi: A, en: B}}
- {name: count, type: integer, default: 3, label: {vi: A, en: B}}
- {name: share, type: decimal, default: 7 div 2, label: {vi: A, en: B}}
- {name: named, type: text, default: "'a'", label: {vi: A, en: B}}
- {name: forms, type: select_multiple, choices: change, default: "'clear some'", label: {vi: A, en: B}}
- {name: wrong, type: integer, default: "'many'", label: {vi: A, en: B}}
- {name: from_other, type: integer, default: "${count} + 1", label: {vi: A, en: B}}
- {name: later, type: text, relevant: "${count} > 100", default: "'x'", label: {vi: A, en: B}}
"""
_DEFAULTS = """async ([client, answers, now]) => {
  const { loadTypes } = await import("http://modules.test/question_types.js");
  const { compileRoute, defaultOf } = await import("http://modules.test/route.js");
  const questionnaire = JSON.parse(client);
  await loadTypes(questionnaire);
  const { values, relevant } = compileRoute(questionnaire).evaluate(answers, { today: now.slice(0, 10) });
  const questions = questionnaire.sections.flatMap((section) => section.questions);
  const due = questions.filter((question) => question.default !== undefined && relevant.has(question.name));
  return Object.fromEntries(due.map((question) => [question.name, defaultOf(question, values, now)]));
}"""


def test_at_fill_a_default_stands_once_and_an_unreadable_time_stays_typed(
    app: Flask, sqlite_database: Database, tmp_path: Path
) -> None:
    filling = filling_of(app, sqlite_database, tmp_path, "time")
    assert re.search(r'name="q_began_at" value="[0-2][0-9]:[0-5][0-9]"', filling.page)
    answer = filling.press("save", [("q_began_at", ""), ("q_ended_at", "25:00")])
    assert answer.status_code == 422
    assert 'name="q_ended_at" value="25:00"' in filling.page
    assert "Chưa đúng dạng giờ" in filling.page
    assert 'name="q_began_at" value=""' in filling.open("main")
    filling.press("next", [("q_began_at", "8h30"), ("q_ended_at", "7 giờ 05")])
    assert "Kết thúc không thể trước lúc bắt đầu." in filling.page
    assert filling.drafted() == {"began_at": "08:30", "ended_at": "07:05"}


@pytest.mark.slow
def test_at_fill_an_irrelevant_question_keeps_its_answer_and_a_default_of_0_can_be_removed(
    app: Flask, sqlite_database: Database, tmp_path: Path
) -> None:
    shutil.copytree(EXAMPLES.parent / "frameworks", tmp_path / "frameworks")
    (tmp_path / "zero.yaml").write_text(ZERO, encoding="utf-8")
    filling = filling_of(app, sqlite_database, tmp_path, "zero", tmp_path)
    assert 'name="q_late"' not in filling.page
    filling.press("save", [("q_present", "7")])
    assert shown_in(filling, "late") == "0"
    filling.press("save", [("q_present", "7"), ("q_late", "5")])
    filling.press("save", [("q_present", "0"), ("q_late", "5")])
    assert 'name="q_late"' not in filling.page
    filling.press("save", [("q_present", "0")])
    filling.press("save", [("q_present", "7")])
    assert shown_in(filling, "late") == "5"
    filling.press("save", [("q_present", "7"), ("q_late", "")])
    assert shown_in(filling, "late") == ""


def test_at_fill_an_irrelevant_question_of_an_instance_keeps_its_answer_until_the_response_is_sent(
    app: Flask, sqlite_database: Database, tmp_path: Path
) -> None:
    shutil.copytree(EXAMPLES.parent / "frameworks", tmp_path / "frameworks")
    (tmp_path / "meetings.yaml").write_text(MEETINGS, encoding="utf-8")
    filling = filling_of(app, sqlite_database, tmp_path, "meetings", tmp_path)
    filling.press("add", value="meetings")
    present, late = "q_meetings-0-q_present", "q_meetings-0-q_late"
    filling.press("save", [(present, "7"), (late, "5")])
    filling.press("save", [(present, "0"), (late, "5")])
    assert filling.drafted()["meetings"] == [{"present": 0, "late": 5}]
    assert f'name="{late}" value="5"' in filling.page
    filling.open("review")
    filling.press("send")
    with sqlite_database.read() as connection:
        (sent,) = stored_rows(connection)
    assert json.loads(sent["body"])["answers"]["meetings"] == [{"present": 0}]


def shown_in(filling: Filling, name: str) -> str:
    (value,) = re.findall(rf'name="q_{name}" value="([^"]*)"', filling.page)
    return str(value)


ZERO = """\
id: zero
version: "1"
title: {vi: Không, en: Zero}
respondent: organisation
evidence: visit
locality_level: commune
framework: example
languages: [vi, en]
sections:
  - name: main
    task: none
    title: {vi: Nội dung, en: Content}
    questions:
      - {name: present, type: integer, label: {vi: Có mặt, en: Present}}
      - {name: late, type: integer, default: 0, relevant: "${present} > 0", label: {vi: Đến muộn, en: Late}}
"""


MEETINGS = (
    ZERO.partition("    questions:")[0].replace("id: zero", "id: meetings")
    + """\
    questions:
      - name: meetings
        type: repeat
        label: {vi: Cuộc họp, en: Meetings}
        questions:
          - {name: present, type: integer, label: {vi: Có mặt, en: Present}}
          - {name: late, type: integer, relevant: "${present} > 0", label: {vi: Đến muộn, en: Late}}
"""
)


def test_an_unknown_moment_is_reported_and_stored(app: Flask, sqlite_database: Database, tmp_path: Path) -> None:
    checker = Checker(example("datetime"))
    codes = [(each.path, each.code) for each in checker.check({"arrived_at": "2012-02-30T08:30"}, None).problems]
    assert codes == [("arrived_at", "not_a_datetime")]
    checker = Checker(example("time"))
    codes = [(each.path, each.code) for each in checker.check({"began_at": "8:30", "ended_at": 5}, None).problems]
    assert codes == [("began_at", "not_a_time"), ("ended_at", "wrong_kind")]
    filling = filling_of(app, sqlite_database, tmp_path, "datetime")
    filling.put_in({"arrived_at": "2012-02-30T08:30"})
    page = filling.open("main")
    assert "không phải là ngày giờ có trong lịch" not in page, "the inputs hold it: the rule is applied on leaving"
    assert 'value="30"' in page
