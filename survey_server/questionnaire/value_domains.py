"""What is known of the questions of a questionnaire before anybody answers: their values, and when they are asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from survey_server.questionnaire.language import domains, ranges
from survey_server.questionnaire.language.domains import Domain, Some, Ticked
from survey_server.questionnaire.language.terms import Term, freeze
from survey_server.questionnaire.language.truth import Solver, State
from survey_server.questionnaire.model import MAX_NUMBER, ChoiceList, Expression, Question, Section

_VALID_NUMBERS = ranges.between(-MAX_NUMBER, MAX_NUMBER)


class ValueDomains:
    """The domains of valid answers: codes of choices, numbers and moments that the constraint lets through. Every
    question may be unanswered."""

    def __init__(self, sections: Sequence[Section], choices: Mapping[str, ChoiceList]) -> None:
        self.solver = Solver(self.value_of, self.asked_if)
        self._choices = choices
        self._questions: dict[str, Question] = {}
        self._repeats: dict[str, str | None] = {}
        self._conditions: dict[str, list[Term]] = {}
        self._known: dict[str, Domain] = {}
        names: Counter[str] = Counter()
        for section in sections:
            around = [] if section.relevant is None else [freeze(section.relevant)]
            self._add(section.questions, around, None, names)
        for name, count in names.items():
            if count > 1:  # which of them is meant is not known
                self._known[name] = domains.ANYTHING

    def _add(self, questions: Sequence[Question], around: list[Term], repeat: str | None, names: Counter[str]) -> None:
        for question in questions:
            names[question.name] += 1
            self._questions.setdefault(question.name, question)
            self._repeats[question.name] = repeat
            own = around if question.relevant is None else [*around, freeze(question.relevant)]
            self._conditions[question.name] = own
            self._add(question.questions, own, question.name if question.role == "repeat" else repeat, names)

    def asked_if(self, name: str) -> Sequence[Term]:
        """The conditions around and of a question, the outermost first."""
        return self._conditions.get(name, ())

    def value_of(self, name: str) -> Domain:
        """The domain of a question's value as expressions see it."""
        if name not in self._known:
            question = self._questions.get(name)
            if question is None:
                return domains.ANYTHING
            self._known[name] = domains.ANYTHING if question.role == "calculated" else self._by_type(question)
            if question.calculation is not None:
                self._known[name] = self._calculated(question)
            elif question.constraint is not None:
                self._known[name] = self._constrained(question)
        return self._known[name]

    def own_term(self, question: Question) -> Term:
        """How the expressions of a question refer to its value."""
        return ("ref" if self._repeats.get(question.name) is None else "here", question.name)

    def term_of(self, tree: Expression, question: Question | None) -> Term:
        """A compiled tree with `.` as the reference that it is."""
        frozen = freeze(tree)
        return frozen if question is None else _replace_self(frozen, self.own_term(question))

    def answered(self, question: Question, states: Sequence[State]) -> list[State]:
        """The states in which a constraint is looked at: the question is answered, not with a reason for no answer."""
        domain = self._by_type(question).filled()
        listed = self._choices.get(question.choices or "")
        if listed is not None and isinstance(domain.content, Some):
            reasons = frozenset(choice.code for choice in listed.missing)
            domain = replace(domain, content=Some(domain.content.members - reasons))
        return [{**state, self.own_term(question): domain} for state in states]

    def _by_type(self, question: Question) -> Domain:
        kind = question.type.value_kind
        listed = self._choices.get(question.choices or "")
        if kind == "number":
            return Domain("number", replace(_VALID_NUMBERS, is_whole=question.type.is_whole))
        if kind == "text" and listed is not None:
            return Domain("text", Some(listed.codes))
        if kind == "codes" and listed is not None:
            return Domain("codes", Ticked(may=listed.codes))
        return domains.of_kind(kind)

    def _calculated(self, question: Question) -> Domain:
        found = self.solver.domain(self.term_of(question.calculation, None), {})
        if found.kind == "number" and isinstance(found.content, ranges.Ranges):
            found = replace(found, content=found.content.meet(_VALID_NUMBERS))
        return replace(found, may_be_empty=True)

    def _constrained(self, question: Question) -> Domain:
        """The values of a question's type that its constraint lets through; all where it lets none through, which is
        reported elsewhere."""
        whole, own = self._by_type(question), self.own_term(question)
        condition = self.term_of(question.constraint, question)
        states = self.solver.assume(self.answered(question, [{}]), condition, True)
        if not states:
            return whole
        found = states[0].get(own, whole)
        for state in states[1:]:
            found = found.join(state.get(own, whole))
        listed = self._choices.get(question.choices or "")
        if listed is not None and isinstance(found.content, Some):
            found = found.join(Domain("text", Some(frozenset(choice.code for choice in listed.missing))))
        return replace(found, may_be_empty=True)


def _replace_self(term: Term, own: Term) -> Term:
    if not isinstance(term, tuple):
        return term
    return own if term == ("self",) else tuple([_replace_self(part, own) for part in term])
