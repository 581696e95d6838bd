"""What the central board asks: whole, in both languages, on the framework of the six tasks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from survey_server.questionnaire.check import check_paths
from survey_server.questionnaire.frameworks import load_framework
from survey_server.questionnaire.load import load_questionnaire
from survey_server.questionnaire.model import Question, Questionnaire, Section, walk_questions

FOLDER = Path(__file__).parents[2] / "questionnaires"
FRAMEWORK = FOLDER / "frameworks" / "conclusion_62.yaml"
TASKS = [f"task{number}" for number in range(1, 7)]
EXPECTED = {
    "commune_visit": ("organisation", "visit", "commune"),
    "visit_district": ("organisation", "visit", "district"),
    "visit_province": ("organisation", "visit", "province"),
    "cadre_interview": ("official", "visit", "district"),
    "resident_opinion": ("resident", "visit", "commune"),
    "self_review_commune": ("organisation", "self_review", "commune"),
    "self_review_district": ("organisation", "self_review", "district"),
    "self_review_province": ("organisation", "self_review", "province"),
}
SELF_REVIEWS = [name for name in EXPECTED if name.startswith("self_review")]


@cache
def loaded(name: str) -> Questionnaire:
    return load_questionnaire(FOLDER / f"{name}.yaml")


def questions_of(section: Section) -> list[Question]:
    return [question for question, _ in walk_questions(section.questions)]


@pytest.mark.slow
def test_checking_the_whole_folder_finds_nothing() -> None:
    assert [problem.line_text("en") for problem in check_paths([FOLDER])] == []


def test_there_are_eight_questionnaires() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(EXPECTED)


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
def test_a_questionnaire_is_what_its_name_says(name: str) -> None:
    found = loaded(name)
    assert (found.id, found.version, found.framework.id) == (name, "2012.10", "conclusion_62")
    assert (found.respondent, found.evidence, found.locality_level) == EXPECTED[name]


@pytest.mark.parametrize("task", load_framework(FRAMEWORK).tasks, ids=lambda task: task.code)
def test_a_task_has_four_to_six_indicators_of_every_aspect(task) -> None:  # type: ignore[no-untyped-def]
    assert 4 <= len(task.indicators) <= 6
    assert {indicator.aspect for indicator in task.indicators} == {"deploy", "direct", "carry_out"}
    assert all(indicator.unit for indicator in task.indicators if indicator.kind in ("count", "money", "ratio"))


@pytest.mark.parametrize("name", EXPECTED)
def test_every_task_is_scored_by_two_questions_at_least(name: str) -> None:
    found = loaded(name)
    scored = {indicator.code for task in found.framework.tasks for indicator in task.indicators}
    for task in TASKS:
        asked = [
            question.name
            for section in found.sections
            if section.task == task
            for question in questions_of(section)
            if question.type.name == "select_one" and question.indicator in scored
        ]
        assert len(asked) >= 2, (name, task, asked)


@pytest.mark.parametrize("name", EXPECTED)
def test_vietnamese_and_english_differ_and_both_stand_everywhere(name: str) -> None:
    found = loaded(name)
    texts = [found.title]
    for section in found.sections:
        texts.append(section.title)
        for question in questions_of(section):
            texts += [question.label, question.hint, question.constraint_message]
            texts += [row.label for row in question.own.axes().get("rows", ())]
    for text in filter(None, texts):
        assert text["vi"].strip() != text["en"].strip(), text


@pytest.mark.parametrize("name", EXPECTED)
def test_whoever_breaks_a_rule_is_told_in_words(name: str) -> None:
    silent = [each.name for each in loaded(name).walk() if each.constraint is not None and not each.constraint_message]
    assert silent == []


@pytest.mark.parametrize("name", ["resident_opinion", "cadre_interview"])
def test_people_are_asked_for_their_consent_and_for_nothing_personal(name: str) -> None:
    found = loaded(name)
    assert found.sections[0].consent
    assert [question.type.name for question in found.sections[0].questions] == ["note", "select_one"]
    assert all(section.relevant is not None for section in found.sections[1:])


def test_the_commune_visit_has_skips_rules_a_calculated_value_a_table_and_repeats() -> None:
    asked = list(loaded("commune_visit").walk())
    answered = [question for question in asked if question.type.name not in ("note", "group")]
    assert 40 <= len(answered) <= 60
    assert {"calculate", "number_table", "repeat", "date", "integer", "select_multiple"} <= {
        each.type.name for each in asked
    }
    assert sum(question.relevant is not None for question in asked) >= 8
    assert sum(question.constraint is not None for question in asked) >= 10


@pytest.mark.parametrize("name", SELF_REVIEWS)
@pytest.mark.parametrize("task", TASKS)
def test_a_self_review_has_its_parts_for_each_task(name: str, task: str) -> None:
    (section,) = [section for section in loaded(name).sections if section.task == task]
    short = f"t{task.removeprefix('task')}"
    asked = {question.name: question for question in questions_of(section)}
    documents, conferences = asked[f"{short}_documents"], asked[f"{short}_conferences"]
    assert (documents.type.name, conferences.type.name) == ("repeat", "repeat")
    assert [inner.label["vi"] for inner in documents.questions] == [
        "Số, ký hiệu",
        "Ngày ban hành",
        "Trích yếu nội dung",
    ]
    figures = asked[f"{short}_figures"]
    assert [period.label["vi"] for period in figures.own.axes()["periods"]] == ["2010", "2011", "6 tháng đầu 2012"]
    assert "ước" in figures.hint["vi"]
    parts = [asked[f"{short}_{part}"].label["vi"] for part in ("results", "limits")]
    causes = [asked[f"{short}_{part}_causes"].label["vi"] for part in ("objective", "subjective")]
    assert parts == ["Kết quả đạt được", "Hạn chế"]
    assert causes == ["Nguyên nhân khách quan", "Nguyên nhân chủ quan"]


@pytest.mark.parametrize("name", SELF_REVIEWS)
def test_a_self_review_ends_with_lessons_directions_and_recommendations_by_addressee(name: str) -> None:
    lessons, directions, recommendations = loaded(name).sections[-1].questions
    assert lessons.label["vi"] == "Bài học kinh nghiệm"
    assert directions.label["vi"].startswith("Phương hướng")
    assert [inner.type.name for inner in recommendations.questions] == ["select_one", "text"]
    assert recommendations.questions[0].choices == "addressee"


def texts_in(language: str) -> list[str]:
    """Every text of the eight questionnaires and their framework in one language."""
    tasks = load_framework(FRAMEWORK).tasks
    found = [task.title for task in tasks] + [each.title for task in tasks for each in task.indicators]
    for name in EXPECTED:
        found += [choice.label for listed in loaded(name).choices.values() for choice in listed.options]
        for section in loaded(name).sections:
            found.append(section.title)
            for question in questions_of(section):
                found += [question.label, question.hint, question.constraint_message]
                found += [row.label for row in question.own.axes().get("rows", ())]
    return [text[language] for text in found if text]


def test_committees_are_called_by_their_names() -> None:
    """“Cấp ủy tỉnh” is no body: the provincial Party committee is Tỉnh ủy, in a city Thành ủy."""
    assert [text for text in texts_in("vi") if "Cấp ủy huyện" in text or "Cấp ủy tỉnh" in text] == []
    assert [text for text in texts_in("en") if "province Party" in text or "province Front" in text] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_whom_recommendations_go_to_at_the_centre_is_said_alike_everywhere(language: str) -> None:
    centre = {"vi": "Quốc hội", "en": "National Assembly"}[language]
    assert len({text for text in texts_in(language) if centre in text}) == 1


@pytest.mark.parametrize(
    ("indicator", "vi", "en"),
    [("core_people", "kế hoạch phát huy", "a plan to engage"), ("voices_collected", "ịnh kỳ tập hợp", "regularly")],
)
def test_a_scored_question_asks_what_its_indicator_says(indicator: str, vi: str, en: str) -> None:
    (named,) = [each for task in load_framework(FRAMEWORK).tasks for each in task.indicators if each.code == indicator]
    asked = [question.label for name in EXPECTED for question in loaded(name).walk() if question.indicator == indicator]
    assert len(asked) >= 3
    assert [text for text in (named.title, *asked) if vi not in text["vi"] or en not in text["en"]] == []


def test_a_plan_of_the_party_committee_is_a_document_where_any_document_counts() -> None:
    (named,) = [each for each in load_framework(FRAMEWORK).tasks[0].indicators if each.code == "plan_issued"]
    asked = [
        question.label for name in SELF_REVIEWS for question in loaded(name).walk() if question.indicator == named.code
    ]
    assert [text for text in (named.title, *asked) if "văn bản" not in text["vi"] or "document" not in text["en"]] == []
