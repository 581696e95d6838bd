"""A questionnaire being filled in at /fill: its sections, its forms with what was typed, and its problems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from survey_server.clock import now_in_vietnam
from survey_server.domain import Assignment, Draft, ReturnedResponse, TypedTexts
from survey_server.problems import Problem
from survey_server.problems.answers import UNREADABLE
from survey_server.questionnaire.answers import AnswerProblem, Checked
from survey_server.questionnaire.model import Question, Questionnaire, Section
from survey_server.services import fill_draft
from survey_server.services.questionnaire_versions import CompiledVersion
from survey_server.web.fill_problems import unreadable_in
from survey_server.web.language import current_language
from survey_server.web.permissions import current_person, runtime
from survey_server.web.question_fields import PREFIX, answers_of, typed_answers
from survey_server.web.question_types import ungrouped
from survey_server.web.state import web_state


@dataclass(frozen=True, slots=True)
class FillContext:
    """A questionnaire being filled in, with everything its pages need. `returned`: what the draft completes."""

    ready: CompiledVersion
    assignment: Assignment
    draft: Draft
    checked: Checked
    returned: ReturnedResponse | None

    @property
    def questionnaire(self) -> Questionnaire:
        return self.ready.questionnaire

    def sections(self) -> list[Section]:
        """Return the sections with at least one relevant question, given the answers so far."""
        relevant = self.checked.state.relevant
        return [each for each in self.questionnaire.sections if not relevant.isdisjoint(names_of(each.questions))]

    def relevant(self) -> frozenset[str]:
        """Return names of relevant questions; of questions in a repeat, those relevant in any instance."""
        names = {path.rpartition("-")[2] for path in self.checked.state.relevant}
        for question in self.questionnaire.walk():
            if question.role == "repeat" and question.name in names:
                names |= {inner.name for inner in question.questions}
        return frozenset(names)

    def form(self, section: Section) -> Any:
        """The form of a section with the answers of the draft, and with what was typed and cannot be read."""
        typed = self.draft.typed
        readable = tuple(each for each in ungrouped(section.questions) if each.name not in typed)
        inputs: MultiDict[str, str] = typed_answers(readable, self.draft.answers)
        for question in ungrouped(section.questions):
            for name, text in typed.get(question.name, ()):
                inputs.add(name, text)
        return web_state().form_class(self.questionnaire)(formdata=inputs, meta={"csrf": False})

    def unreadable_in(self, section: Section) -> list[AnswerProblem]:
        """The problems of what was typed and cannot be read, of the questions that are relevant."""
        asked = self.checked.state.relevant
        names = [each for each in names_of(section.questions) if each in self.draft.typed and each in asked]
        found = unreadable_in(names, self.form(section)) if names else {}
        language = current_language()
        return [AnswerProblem(path, Problem(UNREADABLE), {language: text}) for path, text in found.items()]

    def problems_in(self, section: Section) -> list[AnswerProblem]:
        """What cannot be read, and the problems of the other answers."""
        names = set(names_of(section.questions))
        unreadable = self.unreadable_in(section)
        paths = {each.path for each in unreadable}
        checked = (each for each in self.checked.problems if each.path and each.path.split("-")[0] in names)
        return [*unreadable, *(each for each in checked if each.path not in paths)]


def fill_context(ready: CompiledVersion, assignment: Assignment, draft: Draft) -> FillContext:
    draft = fill_draft.with_defaults(draft, ready)
    returned = fill_draft.find_returned(runtime().database, current_person(), draft)
    return FillContext(ready, assignment, draft, ready.checker.check(draft.answers, now_in_vietnam()), returned)


def save_section(ready: CompiledVersion, draft: Draft, section: Section, form: Any) -> Draft:
    """Save what the page of a section sent, and carry out its buttons that add or remove an instance."""
    # Before the answers are read, which drops empty instances and so renumbers them.
    repeat, _dash, number = request.form.get("remove", "").rpartition("-")
    if repeat in repeats_of(section.questions):
        form[PREFIX + repeat].remove_instance(number)
    # A question that the page did not show, because it was not relevant, keeps its answer, as on the tablet.
    relevant = ready.checker.route.evaluate(draft.answers, now_in_vietnam()[:10]).relevant
    shown = {each.name: each for each in ungrouped(section.questions) if each.name in relevant}
    stored = {name: answer for name, answer in draft.answers.items() if name not in shown}
    # A question that had its default and was left empty has no answer: None keeps the default from coming back.
    emptied = {name: None for name, each in shown.items() if each.default is not None and name in draft.answers}
    answers = stored | emptied | answers_of(form, section.questions)
    if (added := repeat_to_extend(section)) and not form[PREFIX + added].is_full:
        answers[added] = [*answers.get(added, []), {}]
    typed = {name: pairs for name, pairs in draft.typed.items() if name not in shown}
    saved = replace(draft, answers=answers, typed=typed | _unreadable_inputs(shown, form, added))
    fill_draft.save_draft(runtime().database, saved)
    return saved


def _unreadable_inputs(shown: Iterable[str], form: Any, added: str) -> TypedTexts:
    """The inputs of the questions with something that cannot be read. `added`: the repeat that gets an instance."""
    found: TypedTexts = {}
    for name in shown:
        if not unreadable_in([name], form):
            continue
        field = PREFIX + name
        numbers: list[str] | None = getattr(form[field], "numbers", None)
        own = (pair for pair in request.form.items(multi=True) if pair[0] == field or pair[0].startswith(f"{field}-"))
        pairs = [list(pair) for pair in own if numbers is None or pair[0].split("-")[1] in numbers]
        if name == added and numbers is not None and not form[field].is_full:
            pairs.append([f"{field}-{max(map(int, numbers), default=-1) + 1}-kept", ""])
        found[name] = pairs
    return found


def repeat_to_extend(section: Section | None) -> str:
    """Return the repeat whose "add" button was pressed; "" for none."""
    asked = request.form.get("add", "")
    return asked if section is not None and asked in repeats_of(section.questions) else ""


def names_of(questions: tuple[Question, ...]) -> list[str]:
    """Return names of questions outside repeats; groups are flattened."""
    return [question.name for question in ungrouped(questions)]


def repeats_of(questions: tuple[Question, ...]) -> list[str]:
    return [question.name for question in ungrouped(questions) if question.role == "repeat"]
