"""The rules that look at a whole questionnaire: names, tasks and indicators, scores, consent, personal questions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from survey_server.problems import language as said
from survey_server.questionnaire.dependencies import references
from survey_server.questionnaire.faults import Findings, did_you_mean
from survey_server.questionnaire.link import consent_question, walk
from survey_server.questionnaire.model import Position, Question, Questionnaire, Section, Task
from survey_server.questionnaire.source import Mapping

# Words, without diacritics, of what is never asked of people; and what they stand in for in a name.
_PERSONAL = re.compile(
    r"\b(ho va ten|ho ten|so dien thoai|dien thoai di dong|so cmnd|cmnd|cccd|chung minh nhan dan|can cuoc|"
    r"chu ky|so nha|dia chi nha|email|full name|your name|telephone number|phone number|identity (card|number)|"
    r"passport|signature|home address)\b"
)
_SCORED_KINDS = ("rating", "yes_no")


def check_rules(questionnaire: Questionnaire, root: Mapping, findings: Findings) -> None:
    _check_names(questionnaire, findings)
    _check_choices(questionnaire, root, findings)
    for section, question, task in _with_tasks(questionnaire):
        _check_task(questionnaire, section, question, task, findings)
    _check_consent(questionnaire, root, findings)
    _check_order(questionnaire, findings)


def _check_names(questionnaire: Questionnaire, findings: Findings) -> None:
    taken: dict[str, Position] = {}
    for section in questionnaire.sections:
        for question, _ in walk(section.questions):
            if question.name and question.name in taken:
                findings.add(question.position, said.DUPLICATE_NAME, name=question.name, line=taken[question.name].line)
            taken.setdefault(question.name, question.position)
    sections: dict[str, Position] = {}
    for section in questionnaire.sections:
        if section.name in sections:
            findings.add(section.position, said.DUPLICATE_NAME, name=section.name, line=sections[section.name].line)
        sections.setdefault(section.name, section.position)


def _check_choices(questionnaire: Questionnaire, root: Mapping, findings: Findings) -> None:
    used: set[str] = set()
    for question in questionnaire.walk():
        if question.choices is None:
            continue
        used.add(question.choices)
        if question.choices not in questionnaire.choices:
            vi, en = did_you_mean(question.choices, questionnaire.choices)
            findings.add(
                question.position, said.UNKNOWN_CHOICES, owner=question.name, name=question.choices, vi=vi, en=en,
                allowed=", ".join(questionnaire.choices),
            )  # fmt: skip
    node = root.entries.get("choices")
    for name in questionnaire.choices:
        if name not in used and isinstance(node, Mapping):
            findings.add(node.keys[name], said.UNUSED_CHOICES, name=name)


def _with_tasks(questionnaire: Questionnaire) -> Iterator[tuple[Section, Question, str | None]]:
    """Every question with the task that it, a group around it or its section names."""

    def down(questions: tuple[Question, ...], task: str | None) -> Iterator[tuple[Question, str | None]]:
        for question in questions:
            own = question.task or task
            yield question, own
            yield from down(question.questions, own)

    for section in questionnaire.sections:
        for question, task in down(section.questions, section.task):
            yield section, question, task


def _check_task(
    questionnaire: Questionnaire, section: Section, question: Question, task: str | None, findings: Findings
) -> None:
    tasks = {each.code: each for each in questionnaire.framework.tasks}
    indicators = [question.indicator, *(row.indicator for row in question.rows)]
    named = [indicator for indicator in indicators if indicator]
    if task is None:
        for indicator in named:
            findings.add(question.position, said.INDICATOR_WITHOUT_TASK, owner=question.name, name=indicator)
        claimed = section.consent or section.outside_tasks or named
        if not claimed and question.type not in ("note", "group", "repeat", "calculate"):
            findings.add(question.position, said.NO_TASK, name=question.name)
        return
    found = tasks.get(task)
    if found is None:
        if tasks:
            vi, en = did_you_mean(task, tasks)
            findings.add(question.position, said.UNKNOWN_TASK, name=task, vi=vi, en=en, allowed=", ".join(tasks))
        return
    for indicator in named:
        _check_indicator(questionnaire, question, found, indicator, findings)


def _check_indicator(
    questionnaire: Questionnaire, question: Question, task: Task, name: str, findings: Findings
) -> None:
    known = {indicator.code: indicator for indicator in task.indicators}
    indicator = known.get(name)
    if indicator is None:
        vi, en = did_you_mean(name, known)
        findings.add(
            question.position, said.UNKNOWN_INDICATOR, task=task.code, name=name, vi=vi, en=en, allowed=", ".join(known)
        )
    elif indicator.kind in _SCORED_KINDS:
        if question.type != "select_one":
            findings.add(question.position, said.CANNOT_SCORE, name=question.name, type=question.type, indicator=name)
        elif (listed := questionnaire.choices.get(question.choices or "")) is not None and not listed.scores:
            findings.add(
                question.position, said.NOT_SCORED, name=question.name, indicator=name, choices=question.choices
            )


def _check_consent(questionnaire: Questionnaire, root: Mapping, findings: Findings) -> None:
    sections = questionnaire.sections
    node = root.entries.get("sections")
    place = node.position if node is not None else root.position
    if questionnaire.respondent != "organisation":
        if sections and not sections[0].consent:
            findings.add(place, said.NO_CONSENT)
        _check_personal(questionnaire, findings)
    for section in sections[1:]:
        if section.consent:
            findings.add(section.position, said.BAD_CONSENT)
    if sections and sections[0].consent:
        asked = consent_question(sections[0])
        listed = questionnaire.choices.get(asked.choices or "") if asked is not None else None
        codes = {choice.code for choice in listed.options} if listed is not None else set()
        if not {"yes", "no"} <= codes:
            findings.add(sections[0].position, said.BAD_CONSENT)


def _check_personal(questionnaire: Questionnaire, findings: Findings) -> None:
    for question in questionnaire.walk():
        if question.type in ("note", "group", "calculate", "select_one", "select_multiple"):
            continue
        for text in (question.name.replace("_", " "), *question.label.values()):
            word = _PERSONAL.search(_bare(text))
            if word is not None:
                findings.add(question.position, said.PERSONAL, name=question.name, word=word[0])
                break


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _check_order(questionnaire: Questionnaire, findings: Findings) -> None:
    """A condition on a question that comes later jumps under the reader's hands."""
    places = {question.name: index for index, question in enumerate(questionnaire.walk())}
    for question in questionnaire.walk():
        for name in references(question.relevant):
            if places.get(name, -1) > places[question.name]:
                findings.add(question.position, said.BACKWARD, owner=question.name, name=name)
