"""The rules that look at a whole questionnaire: names, tasks, indicators, scores, consent, the order of questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from survey_server.problems import language as problems
from survey_server.questionnaire.dependencies import references
from survey_server.questionnaire.faults import Findings
from survey_server.questionnaire.link import consent_question, walk
from survey_server.questionnaire.model import Position, Question, Questionnaire, Section, Task
from survey_server.questionnaire.personal import asks_personal, titled_personal
from survey_server.questionnaire.questions import Written
from survey_server.questionnaire.source import Mapping

_SCORED_KINDS = ("rating", "yes_no")
_COUNTED_TYPES = ("integer", "decimal", "calculate", "number_table", "repeat")  # of a repeat: how many instances


def check_rules(questionnaire: Questionnaire, root: Mapping, written: Written, findings: Findings) -> None:
    rules = _Rules(questionnaire, root, written, findings)
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
    written: Written
    findings: Findings

    def check_names(self) -> None:
        sections = [(each.name, self._at(each, "name")) for each in self.questionnaire.sections]
        questions = [(each.name, self._at(each, "name")) for each in self.questionnaire.walk()]
        for named in (sections, questions):
            taken: dict[str, Position] = {}
            for name, place in named:
                if name and name in taken:
                    self.findings.add(place, problems.DUPLICATE_NAME, name=name, line=taken[name].line)
                taken.setdefault(name, place)

    def check_choices(self) -> None:
        lists = self.questionnaire.choices
        used: set[str] = set()
        for question in self.questionnaire.walk():
            if question.choices is None:
                continue
            used.add(question.choices)
            if question.choices not in lists:
                self.findings.add(
                    self._at(question, "choices"), problems.UNKNOWN_CHOICES,
                    owner=question.name, name=question.choices, meant=(question.choices, lists),
                )  # fmt: skip
        node = self.root.entries.get("choices")
        for name in lists:
            if name not in used and isinstance(node, Mapping):
                self.findings.add(node.keys[name], problems.UNUSED_CHOICES, name=name)

    def check_tasks(self) -> None:
        tasks = {each.code: each for each in self.questionnaire.framework.tasks}
        if not tasks:
            return  # the framework is at fault, and that has been said
        owners: list[Section | Question] = [*self.questionnaire.sections, *self.questionnaire.walk()]
        for owner in owners:
            if owner.task is not None and owner.task not in tasks:
                self.findings.add(
                    self._at(owner, "task"), problems.UNKNOWN_TASK, name=owner.task, meant=(owner.task, tasks)
                )
        for section, question, task in _with_tasks(self.questionnaire):
            if task is None:
                self._check_unclaimed(section, question)
            elif task in tasks:
                for name, place in self._indicators(question):
                    self._check_indicator(question, tasks[task], name, place)

    def _indicators(self, question: Question) -> Iterator[tuple[str, Position]]:
        if question.indicator:
            yield question.indicator, self._at(question, "indicator")
        for row in question.rows:
            if row.indicator:
                yield row.indicator, self._at(question, f"{row.code}.indicator")

    def _check_unclaimed(self, section: Section, question: Question) -> None:
        named = list(self._indicators(question))
        for name, place in named:
            self.findings.add(place, problems.INDICATOR_WITHOUT_TASK, owner=question.name, name=name)
        meant = section.consent or section.outside_tasks or named
        if not meant and question.type not in ("note", "group", "repeat", "calculate"):
            self.findings.add(question.position, problems.NO_TASK, name=question.name)

    def _check_indicator(self, question: Question, task: Task, name: str, place: Position) -> None:
        known = {indicator.code: indicator for indicator in task.indicators}
        indicator = known.get(name)
        if indicator is None:
            self.findings.add(place, problems.UNKNOWN_INDICATOR, task=task.code, name=name, meant=(name, known))
        elif indicator.kind in _SCORED_KINDS:
            self._check_scored(question, name, place)
        elif question.type not in _COUNTED_TYPES:
            self.findings.add(
                place, problems.CANNOT_COUNT,
                name=question.name, type=question.type, indicator=name, kind=indicator.kind,
            )  # fmt: skip

    def _check_scored(self, question: Question, indicator: str, place: Position) -> None:
        """A score is one answer's of the response: of a list with scores, and not of an instance of a repeat."""
        listed = self.questionnaire.choices.get(question.choices or "")
        if question.type != "select_one":
            self.findings.add(place, problems.CANNOT_SCORE, name=question.name, type=question.type, indicator=indicator)
        elif question.position in self._in_repeats():
            self.findings.add(place, problems.SCORED_IN_REPEAT, name=question.name, indicator=indicator)
        elif listed is not None and not listed.scores:
            self.findings.add(
                place, problems.NOT_SCORED, name=question.name, indicator=indicator, choices=question.choices
            )

    def _in_repeats(self) -> set[Position]:
        """Where the questions of repeats stand: names may be missing or given twice."""
        return {
            question.position
            for section in self.questionnaire.sections
            for question, repeat in walk(section.questions)
            if repeat is not None
        }

    def check_consent(self) -> None:
        sections = self.questionnaire.sections
        if not sections:
            return
        if self.questionnaire.respondent != "organisation" and not sections[0].consent:
            self.findings.add(sections[0].position, problems.NO_CONSENT)
        for section in sections[1:]:
            if section.consent:
                self.findings.add(self._at(section, "consent"), problems.BAD_CONSENT)
        if sections[0].consent and not self._asks_for_consent(sections[0]):
            self.findings.add(self._at(sections[0], "consent"), problems.BAD_CONSENT)

    def _asks_for_consent(self, section: Section) -> bool:
        """One question with yes and no, always asked, and nothing else before there is an answer to it."""
        asked = consent_question(section)
        if asked is None or asked.relevant is not None or section.relevant is not None:
            return False
        if any(each.type != "note" for each in section.questions if each.name != asked.name):
            return False
        listed = self.questionnaire.choices.get(asked.choices or "")
        return listed is None or {"yes", "no"} <= {choice.code for choice in listed.options}

    def check_personal(self) -> None:
        if self.questionnaire.respondent == "organisation":
            return
        for section in self.questionnaire.sections:
            if (word := titled_personal(section)) is not None:
                self.findings.add(self._at(section, "title"), problems.PERSONAL, name=section.name, word=word)
        for question in self.questionnaire.walk():
            listed = self.questionnaire.choices.get(question.choices or "")
            asked = asks_personal(question, (*listed.options, *listed.missing) if listed is not None else ())
            if asked is not None:
                key, word = asked
                self.findings.add(self._at(question, key), problems.PERSONAL, name=question.name, word=word)

    def check_order(self) -> None:
        """A condition on a question that comes later jumps under the reader's hands."""
        met: set[str] = set()
        for section in self.questionnaire.sections:
            self._check_backward(section, met)
            for question, _ in walk(section.questions):
                # What a group contains and depends on is a circle, and that has been said.
                self._check_backward(question, met | {inner.name for inner, _ in walk((question,))})
                met.add(question.name)

    def _check_backward(self, owner: Section | Question, met: set[str]) -> None:
        for name in dict.fromkeys(references(owner.relevant)):
            if name not in met:
                self.findings.add(self._at(owner, "relevant"), problems.BACKWARD, owner=owner.name or "…", name=name)

    def _at(self, owner: Section | Question, key: str) -> Position:
        return self.written.place(owner.position, key)


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
