from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from survey_server.questionnaire.answers import Checker
from survey_server.questionnaire.check import check_file
from survey_server.questionnaire.frameworks import load_framework
from survey_server.questionnaire.load import load_questionnaire, load_text
from survey_server.questionnaire.simulate import Manner, Simulator
from survey_server.questionnaire.source_problems import QuestionnaireError

EXAMPLES = Path(__file__).parents[2] / "questionnaires" / "examples"
FIRST_STEPS = EXAMPLES / "first_steps.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for questionnaires, with the framework of the examples."""
    (tmp_path / "frameworks").mkdir()
    source = EXAMPLES.parent / "frameworks" / "example.yaml"
    (tmp_path / "frameworks" / "example.yaml").write_bytes(source.read_bytes())
    return tmp_path


def _changed(folder: Path, old: str, new: str) -> list[tuple[int, str]]:
    source = FIRST_STEPS.read_text(encoding="utf-8")
    assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times"
    path = folder / "changed.yaml"
    path.write_text(source.replace(old, new), encoding="utf-8")
    return [(problem.line, problem.code) for problem in check_file(path)]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_examples_have_no_problems(path: Path) -> None:
    assert check_file(path) == []


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_examples_can_be_answered(path: Path) -> None:
    questionnaire = load_questionnaire(path)
    simulator, checker = Simulator(questionnaire), Checker(questionnaire)
    manner = Manner(amounts={"received": (5, 40), "settled": (0, 5)})
    everyone = [simulator.answers(manner, Random(seed), "2012-06-05") for seed in range(40)]
    for answers in everyone:
        checked = checker.check(answers, "2012-06-05T09:00:00+07:00")
        assert [each.path for each in checked.problems] == []
        assert checked.recomputed == {}
    answered = {name for answers in everyone for name in answers}
    top = set(checker.check({}, None).not_asked)
    assert top <= answered  # conditional questions are asked of somebody


def test_a_version_is_kept_as_written(folder: Path) -> None:
    source = FIRST_STEPS.read_text(encoding="utf-8").replace('version: "1"', "version: 2012.10")
    (folder / "q.yaml").write_text(source, encoding="utf-8")
    assert load_questionnaire(folder / "q.yaml").version == "2012.10"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("id: first_steps", "id: First-Steps", (2, "bad_name")),
        ("languages: [vi, en]", "languages: [vi, en]\nlanguage: vi", (10, "unknown_key")),
        ("required: true\n      - name: why", "requird: true\n      - name: why", (30, "unknown_key")),
        ("framework: example", "framework: exampel", (8, "unknown_framework")),
        ("indicator: party_awareness", "indicator: party_awarenes", (28, "unknown_indicator")),
        ("${party_change} = 'little' or", "${party_chang} = 'little' or", (33, "unknown_reference")),
        ("= 'none'", "= 'nothing'", (33, "no_such_choice")),
        (". <= today()", ". <= today(", (37, "open_parenthesis")),
        (". <= today()", ". <= tody()", (37, "unknown_function")),
        (". > 0", ". > 'a'", (54, "expects_number")),
        ("count(${documents})", "${documents}", (58, "only_in_aggregate")),
        ("count(${documents})", "${documents_total} + 1", (58, "cycle")),
        ("- name: pages", "- name: number", (52, "duplicate_name")),
        ("type: date", "type: dates", (36, "not_allowed")),
        ("title: {vi: Công việc, en: Work}", "title: {vi: Công việc}", (42, "missing_translation")),
        ("respondent: organisation", "respondent: resident", (21, "no_consent")),
        ("none: {vi: Chưa", "none: &a {vi: Chưa", (17, "anchor")),
        ("evidence: visit", "evidence: visit\nevidence: visit", (7, "duplicate_key")),
        ("evidence: visit", "evidence: [visit", (7, "not_yaml")),
    ],
)  # fmt: skip
def test_a_problem_is_reported_with_its_line(folder: Path, old: str, new: str, problem: tuple[int, str]) -> None:
    assert problem in _changed(folder, old, new)


def test_all_problems_are_found_in_one_run(folder: Path) -> None:
    source = FIRST_STEPS.read_text(encoding="utf-8")
    source = source.replace("type: date", "type: dates").replace("= 'none'", "= 'nothing'")
    (folder / "q.yaml").write_text(source, encoding="utf-8")
    assert [problem.code for problem in check_file(folder / "q.yaml")][:2] == ["no_such_choice", "not_allowed"]


def test_a_published_questionnaire_is_read_under_stricter_rules() -> None:
    framework = load_framework(EXAMPLES.parent / "frameworks" / "example.yaml")
    broken = FIRST_STEPS.read_text(encoding="utf-8") + "key_of_those_days: 1\n"
    with pytest.raises(QuestionnaireError):
        load_text(broken.encode(), framework)
    again = load_text(broken.encode(), framework, published=True)
    assert [question.name for question in again.walk()] == [
        question.name for question in load_questionnaire(FIRST_STEPS).walk()
    ]
