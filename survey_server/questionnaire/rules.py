"""Rules about a whole questionnaire: names, tasks, indicators, scores, consent, personal questions, order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from survey_server.problems import language as problem_types
from survey_server.questionnaire.dependencies import find_references
from survey_server.questionnaire.link import find_consent_question
from survey_server.questionnaire.model import Position, Question, Questionnaire, Row, Section, Task, walk_questions
from survey_server.questionnaire.personal import find_personal_question, find_personal_title
from survey_server.questionnaire.questions import SourceIndex
from survey_server.questionnaire.source import Mapping
from survey_server.questionnaire.source_problems import SourceProblems

_SCORED_KINDS = ("rating", "yes_no")
_COUNTED_DATA = ("number", "table", "instances")


def check_rules(questionnaire: Questionnaire, root: Mapping, index: SourceIndex, problems: SourceProblems) -> None:
    """Add every broken rule to `problems`. `root` is the file's tree, `index` tells where values stand in it."""
    rules = _Rules(questionnaire, root, index, problems)
    rules.check_names()
    rules.check_choices()
    rules.check_tasks()
    rules.check_consent()
    rules.check_personal()
    rules.check_order()


@dataclass(frozen=True, slots=True)
class _Rules:
    questionnaire: Questionnaire
    root: Mapping
    index: SourceIndex
    problems: SourceProblems

    def check_names(self) -> None:
        for owners in (self.questionnaire.sections, tuple(self.questionnaire.walk())):
            taken: dict[str, Position] = {}
            for owner in owners:
                position = self._at(owner, "name")
                first = taken.setdefault(owner.name, position)
                if owner.name and first is not position:
                    self.problems.add(position, problem_types.DUPLICATE_NAME, name=owner.name, line=first.line)

    def check_choices(self) -> None:
        lists = self.questionnaire.choices
        used = {question.choices for question in self.questionnaire.walk()}
        for question in self.questionnaire.walk():
            if question.choices is not None and question.choices not in lists:
                self.problems.add(
                    self._at(question, "choices"), problem_types.UNKNOWN_CHOICES,
                    owner=question.name, name=question.choices, meant=(question.choices, lists),
                )  # fmt: skip
        node = self.root.entries.get("choices")
        for name in lists:
            if name not in used and isinstance(node, Mapping):
                self.problems.add(node.keys[name], problem_types.UNUSED_CHOICES, name=name)

    def check_tasks(self) -> None:
        tasks = {each.code: each for each in self.questionnaire.framework.tasks}
        if not tasks:
            return  # the framework could not be read, which is reported already
        owners: list[Section | Question] = [*self.questionnaire.sections, *self.questionnaire.walk()]
        for owner in owners:
            if owner.task is not None and owner.task not in tasks:
                self.problems.add(
                    self._at(owner, "task"), problem_types.UNKNOWN_TASK, name=owner.task, meant=(owner.task, tasks)
                )
        for section, question, task in self.questionnaire.walk_tasks():
            if task is None:
                self._check_without_task(section, question)
            elif task in tasks:
                for name, position in self._indicators(question):
                    self._check_indicator(question, tasks[task], name, position)

    def _indicators(self, question: Question) -> Iterator[tuple[str, Position]]:
        if question.indicator:
            yield question.indicator, self._at(question, "indicator")
        for row in question.own.axes().get("rows", ()):
            if isinstance(row, Row) and row.indicator:
                yield row.indicator, row.position or question.position

    def _check_without_task(self, section: Section, question: Question) -> None:
        named = list(self._indicators(question))
        for name, position in named:
            self.problems.add(position, problem_types.INDICATOR_WITHOUT_TASK, owner=question.name, name=name)
        is_intended = section.consent or section.outside_tasks or named
        if not is_intended and question.role == "answer":
            self.problems.add(question.position, problem_types.NO_TASK, name=question.name)

    def _check_indicator(self, question: Question, task: Task, name: str, position: Position) -> None:
        known = {indicator.code: indicator for indicator in task.indicators}
        indicator = known.get(name)
        if indicator is None:
            self.problems.add(position, problem_types.UNKNOWN_INDICATOR, task=task.code, name=name, meant=(name, known))
        elif indicator.kind in _SCORED_KINDS:
            self._check_scored(question, name, position)
        elif question.type.data not in _COUNTED_DATA:
            self.problems.add(
                position, problem_types.CANNOT_COUNT,
                name=question.name, type=question.type.name, indicator=name, kind=indicator.kind,
            )  # fmt: skip

    def _check_scored(self, question: Question, indicator: str, position: Position) -> None:
        """A scored question has one answer per response (not one per instance of a repeat), from a list with scores."""
        listed = self.questionnaire.choices.get(question.choices or "")
        if question.type.data != "choice":
            self.problems.add(
                position, problem_types.CANNOT_SCORE, name=question.name, type=question.type.name, indicator=indicator
            )
        elif question.position in self._in_repeats():
            self.problems.add(position, problem_types.SCORED_IN_REPEAT, name=question.name, indicator=indicator)
        elif listed is not None and not listed.scores:
            self.problems.add(
                position, problem_types.NOT_SCORED, name=question.name, indicator=indicator, choices=question.choices
            )

    def _in_repeats(self) -> set[Position]:
        """The positions of the questions inside repeats: names may be missing or duplicated."""
        return {
            question.position
            for section in self.questionnaire.sections
            for question, repeat in walk_questions(section.questions)
            if repeat is not None
        }

    def check_consent(self) -> None:
        sections = self.questionnaire.sections
        if not sections:
            return
        if self.questionnaire.respondent != "organisation" and not sections[0].consent:
            self.problems.add(sections[0].position, problem_types.NO_CONSENT)
        for section in sections[1:]:
            if section.consent:
                self.problems.add(self._at(section, "consent"), problem_types.BAD_CONSENT)
        if sections[0].consent and not self._is_consent_section(sections[0]):
            self.problems.add(self._at(sections[0], "consent"), problem_types.BAD_CONSENT)

    def _is_consent_section(self, section: Section) -> bool:
        """Whether the section consists of one yes/no question that is always asked, and notes."""
        asked = find_consent_question(section)
        if asked is None or asked.relevant is not None or section.relevant is not None:
            return False
        if any(each.role != "note" for each in section.questions if each.name != asked.name):
            return False
        listed = self.questionnaire.choices.get(asked.choices or "")
        return listed is None or {"yes", "no"} <= {choice.code for choice in listed.options}

    def check_personal(self) -> None:
        if self.questionnaire.respondent == "organisation":
            return
        for section in self.questionnaire.sections:
            if (word := find_personal_title(section)) is not None:
                self.problems.add(self._at(section, "title"), problem_types.PERSONAL, name=section.name, word=word)
        for question in self.questionnaire.walk():
            listed = self.questionnaire.choices.get(question.choices or "")
            asked = find_personal_question(question, (*listed.options, *listed.missing) if listed is not None else ())
            if asked is not None:
                key, word = asked
                self.problems.add(self._at(question, key), problem_types.PERSONAL, name=question.name, word=word)

    def check_order(self) -> None:
        """A condition on a later question would make questions above it appear while people fill in the page."""
        earlier: set[str] = set()
        for section in self.questionnaire.sections:
            self._check_backward(section, earlier)
            for question, _ in walk_questions(section.questions):
                # A group that depends on a question inside it is a cycle, which is reported elsewhere.
                self._check_backward(question, earlier | {inner.name for inner, _ in walk_questions((question,))})
                earlier.add(question.name)

    def _check_backward(self, owner: Section | Question, earlier: set[str]) -> None:
        for name in dict.fromkeys(find_references(owner.relevant)):
            if name not in earlier:
                self.problems.add(
                    self._at(owner, "relevant"), problem_types.REFERS_FORWARD, owner=owner.name or "…", name=name
                )

    def _at(self, owner: Section | Question, key: str) -> Position:
        return self.index.position_of(owner.position, key)
