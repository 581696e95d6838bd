"""What an uploaded response refers to: version, round, locality, assignment and visit, and whether all of it is the
sender's work."""

from __future__ import annotations

from typing import NamedTuple

from survey_server.caches import PermanentCache
from survey_server.domain import Assignment, Locality, Round, covers
from survey_server.problems import Problem, ProblemType, receiving as problems
from survey_server.services.assigned_work import AssignedWork, AssignedWorkCache
from survey_server.services.questionnaire_versions import CompiledVersion, QuestionnaireVersions
from survey_server.services.receiving.incoming import Sender
from survey_server.services.receiving.parse import Envelope
from survey_server.storage import Database, localities, rounds

MAX_ROUNDS = 1_000
MAX_LOCALITIES = 50_000  # all units of both schemes are fewer


class ReceivingContext:
    """One database with the caches of receiving. What receiving needs of a round or a locality never changes, so
    nothing invalidates these two caches; what does not exist is looked up again each time."""

    def __init__(self, database: Database, versions: QuestionnaireVersions, assigned_work: AssignedWorkCache) -> None:
        self.database = database
        self.versions = versions
        self.assigned_work = assigned_work
        self._rounds: PermanentCache[str, Round] = PermanentCache(MAX_ROUNDS)
        self._localities: PermanentCache[tuple[str, str, str], Locality] = PermanentCache(MAX_LOCALITIES)

    @classmethod
    def of(cls, database: Database) -> ReceivingContext:
        """With caches of its own, for a process that serves no requests."""
        return cls(database, QuestionnaireVersions(database), AssignedWorkCache(database))

    def round(self, code: str) -> Round | None:
        return self._rounds.get(code, lambda: self._read_round(code))

    def locality(self, scheme: str, level: str, code: str) -> Locality | None:
        return self._localities.get((scheme, level, code), lambda: self._read_locality(scheme, level, code))

    def _read_round(self, code: str) -> Round | None:
        with self.database.read() as connection:
            return rounds.by_code(connection, code)

    def _read_locality(self, scheme: str, level: str, code: str) -> Locality | None:
        with self.database.read() as connection:
            return localities.find(connection, scheme, level, code)


class Resolved(NamedTuple):
    """None for what this server does not know, and for an assignment that the sender does not have. `visit_problem`:
    what is wrong with the visit that the response names; `quarantine`: why a person has to decide about the response.
    """

    version: CompiledVersion | None
    round: Round | None
    locality: Locality | None
    assignment: Assignment | None
    visit_id: str | None
    visit_problem: ProblemType | None
    quarantine: Problem | None


def resolve(context: ReceivingContext, sender: Sender, envelope: Envelope) -> Resolved:
    version = context.versions.find(envelope.questionnaire, envelope.version)
    round_ = context.round(envelope.round)
    locality = context.locality(envelope.scheme, envelope.level, envelope.code)
    visit_id, visit_problem = None, None
    assignment = None
    if round_ is not None and locality is not None:
        visit_id, visit_problem = _find_visit(context, sender, envelope, round_, locality)
        assignment = _find_assignment(context, sender, envelope, round_, locality)
    quarantine: Problem | None = None
    if sender.quarantine is not None:
        quarantine = Problem(sender.quarantine)
    elif not context.assigned_work.of(sender.person_id).may_fill:
        quarantine = Problem(problems.MAY_NOT_FILL)
    elif is_falsely_simulated(envelope, round_):
        quarantine = Problem(problems.SIMULATED_IN_REAL_ROUND)
    elif version is None:
        quarantine = Problem(problems.UNKNOWN_VERSION, {"id": envelope.questionnaire, "version": envelope.version})
    elif assignment is None:
        quarantine = Problem(problems.OUTSIDE_WORK)
    elif envelope.unusable is not None:
        quarantine = envelope.unusable
    return Resolved(version, round_, locality, assignment, visit_id, visit_problem, quarantine)


def is_falsely_simulated(envelope: Envelope, round_: Round | None) -> bool:
    """Whether a response is marked as simulated in a round that is not: it can never count there."""
    return envelope.simulated and round_ is not None and not round_.simulated


def _find_assignment(
    context: ReceivingContext, sender: Sender, envelope: Envelope, round_: Round, locality: Locality
) -> Assignment | None:
    """The sender's assignment of this questionnaire here; read again where the cached work does not have it."""
    subject = (round_.id, envelope.questionnaire, envelope.version, locality.id)
    reads = (context.assigned_work.of, context.assigned_work.refresh)
    found = (_assignment_in(read(sender.person_id), envelope.assignment, subject) for read in reads)
    return next((each for each in found if each is not None), None)


def _assignment_in(
    work: AssignedWork, assignment_id: str | None, subject: tuple[int, str, str, int]
) -> Assignment | None:
    if assignment_id is None:
        return work.by_subject.get(subject)
    found = work.by_id.get(assignment_id)
    if found is None or (found.round_id, found.questionnaire, found.version, found.locality_id) != subject:
        return None
    return found


def _find_visit(
    context: ReceivingContext, sender: Sender, envelope: Envelope, round_: Round, locality: Locality
) -> tuple[str | None, ProblemType | None]:
    """The visit that the response belongs to, and what is wrong with the one that it names.

    A visit's team may open what belongs to the visit. So the visit of another team is not taken from the response,
    only noted; and where the assignment has a visit, the response belongs to that one.
    """
    if envelope.visit is None and envelope.assignment is None:
        return None, None
    found = _visit_in(context.assigned_work.of(sender.person_id), envelope, round_, locality)
    if found[1] is None:
        return found
    return _visit_in(context.assigned_work.refresh(sender.person_id), envelope, round_, locality)


def _visit_in(
    work: AssignedWork, envelope: Envelope, round_: Round, locality: Locality
) -> tuple[str | None, ProblemType | None]:
    assignment = work.by_id.get(envelope.assignment) if envelope.assignment is not None else None
    if assignment is not None and (assignment.round_id, assignment.locality_id) == (round_.id, locality.id):
        assigned = assignment.visit_id
        if assigned is not None:
            return assigned, None if envelope.visit in (None, assigned) else problems.VISIT_NOT_ASSIGNED
    if envelope.visit is None:
        return None, None
    visit = work.visits.get(envelope.visit)
    if visit is None:
        return None, problems.VISIT_NOT_OWN
    is_here = (visit.round, visit.scheme) == (round_.code, locality.scheme) and covers(visit.path, locality.path)
    return (visit.id, None) if is_here else (None, problems.VISIT_ELSEWHERE)
