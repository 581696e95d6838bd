"""answers.csv gives every answer back as it was sent: whatever the codes, whatever a device sends."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from analysis.codebook import Codebook, Framework, QuestionnaireBook
from analysis.flat_answers import Line, put_line
from survey_server.questionnaire.codebook import codebook, framework_json
from survey_server.questionnaire.load import load_questionnaire
from survey_server.questionnaire.model import Questionnaire
from tests.support.field import EXAMPLE
from tests.support.sizes import choose_examples

SOURCE = Path(__file__).parents[1] / "support" / "numeric_codes.yaml"

numbers = st.one_of(st.integers(-5, 100), st.sampled_from([98, 98.0, 0, 10**15, 2.5, -0.1, 1e300]))
scalars = st.one_of(st.none(), st.booleans(), numbers, st.sampled_from(["98", "1", "10", "2", "", "x", "=1", "{}"]))
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["1", "2", "10", "value", "estimated", "pages", "kinds", "kind"]), inner),
    ),
    max_leaves=8,
)
names = ("grade", "grades_seen", "meetings", "budget", "words", "many", "remark", "held_on", "figures", "documents")


@pytest.fixture(scope="module")
def questionnaire(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    folder = tmp_path_factory.mktemp("asked")
    shutil.copytree(EXAMPLE.parents[1] / "frameworks", folder / "frameworks")
    return load_questionnaire(Path(shutil.copy(SOURCE, folder)))


@pytest.fixture(scope="module")
def book(questionnaire: Questionnaire) -> QuestionnaireBook:
    framework = Framework.from_json(framework_json(questionnaire.framework))
    read = Codebook.from_json({"questionnaires": [codebook(questionnaire)]}, framework)
    return read.newest("numeric_codes")


def written(questionnaire: Questionnaire, answers: dict[str, Any]) -> list[Line]:
    """The lines of answers.csv, through the text of a file."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    for question in questionnaire.walk():
        answer = answers.get(question.name)
        if question.type.data is not None and question.name in names and answer not in (None, ""):
            flat = question.type.flatten(question, answer, questionnaire.choices)
            writer.writerows((row.question, row.row, row.value, row.missing, row.flag) for row in flat)
    return [Line(*row) for row in csv.reader(io.StringIO(file.getvalue(), newline=""))]


def read_back(questionnaire: Questionnaire, book: QuestionnaireBook, answers: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for line in written(questionnaire, answers):
        put_line(found, book.questions[line.question], line)
    return found


ANSWERS: dict[str, Any] = {
    "grade": "10",
    "grades_seen": ["10", "2"],
    "meetings": 98,
    "budget": 98.5,
    "words": "98",
    "remark": "98",
    "held_on": "2012-06-05",
    "figures": {"1": {"1": 98, "10": {"value": 1, "estimated": True}}, "2": {"1": "98", "10": 10}},
    "documents": [{"pages": 98, "kinds": ["1"], "kind": "2"}, {"pages": "98", "kinds": [], "kind": "98"}, {}],
}
REASONS: dict[str, Any] = {"grade": "98", "grades_seen": "98", "meetings": "98", "budget": "98", "documents": []}
NONE_TICKED: dict[str, Any] = {"grades_seen": []}


@pytest.mark.parametrize("answers", [ANSWERS, REASONS, NONE_TICKED, {}])
def test_answers_come_back_as_they_were_sent(
    questionnaire: Questionnaire, book: QuestionnaireBook, answers: dict[str, Any]
) -> None:
    found = read_back(questionnaire, book, answers)
    assert found == answers
    kinds = {name: type(value) for name, value in answers.items() if name not in ("meetings", "budget")}
    assert {name: type(found[name]) for name in kinds} == kinds


def test_a_missing_code_stands_in_its_own_column(questionnaire: Questionnaire) -> None:
    lines = {(line.question, line.row): (line.value, line.missing) for line in written(questionnaire, REASONS)}
    reasons = ("grade", "grades_seen", "meetings", "budget")
    assert lines == {(name, ""): ("", "98") for name in reasons} | {("documents", ""): ("0", "")}
    lines = {(line.question, line.row): (line.value, line.missing) for line in written(questionnaire, ANSWERS)}
    assert lines["meetings", ""] == ("98", "")
    assert lines["figures", "1/1"] == ("98", "")
    assert lines["figures", "2/1"] == ("", "98")
    assert lines["pages", "1"] == ("98", "")
    assert lines["pages", "2"] == ("", "98")
    assert lines["kinds", "1/1"] == ("1", "")


def test_what_is_no_answer_of_its_question_is_marked(questionnaire: Questionnaire) -> None:
    """98 is no code of a choice, "7" no number, and true none either: none of them may be counted as one."""
    sent = {"grade": 10, "grades_seen": ["1", 2], "meetings": "7", "budget": True, "figures": {"1": {"1": "7"}}}
    assert [(line.question, line.row, json.loads(line.value)) for line in written(questionnaire, sent)] == [
        ("grade", "", 10), ("grades_seen", "", ["1", 2]), ("meetings", "", "7"), ("budget", "", True),
        ("figures", "1/1", "7"),
    ]  # fmt: skip
    assert {line.flag for line in written(questionnaire, sent)} == {"invalid"}


@pytest.mark.slow
@given(st.data())
@settings(max_examples=choose_examples(300), deadline=None)
def test_whatever_is_sent_is_read_as_the_server_reads_it(
    questionnaire: Questionnaire, book: QuestionnaireBook, data: st.DataObject
) -> None:
    sent = {name: data.draw(anything) for name in names}
    assert normal(read_back(questionnaire, book, sent)) == normal(sent)


def normal(answers: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing, and with numbers of one type: 98, 98.0 and, of what is calculated, 1 and true."""
    return {name: found for name, given in answers.items() if (found := _normal(name, given)) not in (None, "")}


def _normal(name: str, given: Any) -> Any:
    if name in ("words", "many") and isinstance(given, bool):
        return float(given)
    if name in ("grades_seen", "kinds") and given == ["98"]:
        return "98"
    if name == "documents" and isinstance(given, list):
        return [normal(_known(each)) if isinstance(each, dict) else [each] for each in given]
    if name == "figures" and isinstance(given, dict):
        rows = {row: _cells(cells) if isinstance(cells, dict) else cells for row, cells in given.items()}
        return {row: cells for row, cells in rows.items() if cells != {}} or None
    return given


def _known(instance: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in instance.items() if name in ("pages", "kinds", "kind")}


def _cells(cells: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for period, cell in cells.items():
        if isinstance(cell, dict) and cell.keys() <= {"value", "estimated"} and _is_figure(cell.get("value")):
            found[period] = cell["value"] if cell.get("estimated", False) is False else cell
        elif cell is not None:
            found[period] = cell
    return found


def _is_figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
