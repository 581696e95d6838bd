"""A response as it will be kept: read, checked by the rules, put where it belongs.

All of it is done in the caller's thread, so that the writer is left with what only the writer can know: what is there
already.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from survey_server.clock import instant_text
from survey_server.domain.localities import Locality
from survey_server.domain.responses import Identity, NewResponse, Receipt, ReceiptProblem, State, Status
from survey_server.domain.rounds import Round
from survey_server.problems import Problem, ProblemType
from survey_server.problems import receiving as receiving_problems
from survey_server.questionnaire.answers import Finding
from survey_server.services.assigned_work import AssignedWork, assigned_work, settle_visit
from survey_server.services.find_questionnaire import Ready, find_ready
from survey_server.services.receiving.parse import Envelope, UploadedRow, parse_row
from survey_server.services.stored_problems import problems_to_json
from survey_server.storage import localities, rounds
from survey_server.storage.database import Database


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, from which device if from one; what a revoked device sends is quarantined."""

    person_id: int
    device_id: str | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """What the rows of one request have in common. `language`: of the problems that the receipts tell."""

    sender: Sender
    language: str
    now: datetime

    @property
    def at(self) -> str:
        return instant_text(self.now)

    def receipt(self, index: int, sent: UploadedRow, status: Status, problems: Sequence[Finding]) -> Receipt:
        told = tuple(ReceiptProblem(each.path, each.code, each.text(self.language)) for each in problems)
        return Receipt(index, sent.id, sent.sha256, status, self.now, told)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that will be kept, as the table has it, and what its receipt will say if nothing else comes between."""

    upload: Upload
    index: int
    sent: UploadedRow
    envelope: Envelope
    row: NewResponse
    status: Status
    problems: tuple[Finding, ...]

    def receipt(self, status: Status, problems: Sequence[Finding]) -> Receipt:
        return self.upload.receipt(self.index, self.sent, status, problems)


def candidate_of(database: Database, upload: Upload, index: int, sent: UploadedRow) -> Candidate:
    """Raises RejectedError for what cannot be identified."""
    sender = upload.sender
    envelope = parse_row(database, sent)
    about = _about(database, envelope)
    held = _why_held(database, sender, envelope, about)
    visit_id, doubt = _visit(database, sender.person_id, envelope, about)
    if held is not None:
        state, status = State.QUARANTINED, Status.QUARANTINED
        problems, not_asked = _with(doubt, (finding(held),)), "[]"
    else:
        assert about.ready is not None
        checked = about.ready.checker.check(envelope.answers, envelope.completed_at)
        state, status = State.SUBMITTED, Status.STORED
        problems, not_asked = _with(doubt, checked.problems), _names(checked.not_asked)
    row = _row(upload, envelope, about, visit_id, state, problems_to_json(problems), not_asked)
    return Candidate(upload, index, sent, envelope, row, status, problems)


class _About(NamedTuple):
    """What a response is about; None what this server does not know."""

    ready: Ready | None
    round: Round | None
    locality: Locality | None


_ROUNDS: dict[tuple[str, str], Round] = {}
_PLACES: dict[tuple[str, str, str, str], Locality] = {}


def _about(database: Database, envelope: Envelope) -> _About:
    """A version, a round and a locality never change once they are there, so what was found stays true."""
    ready = find_ready(database, envelope.questionnaire, envelope.version)
    round_key = (database.address, envelope.round)
    place_key = (database.address, envelope.scheme, envelope.level, envelope.code)
    if round_key not in _ROUNDS or place_key not in _PLACES:
        with database.read() as connection:
            round_ = rounds.by_code(connection, envelope.round)
            locality = localities.find(connection, envelope.scheme, envelope.level, envelope.code)
        if round_ is not None:
            _ROUNDS[round_key] = round_
        if locality is not None:
            _PLACES[place_key] = locality
    return _About(ready, _ROUNDS.get(round_key), _PLACES.get(place_key))


def _why_held(database: Database, sender: Sender, envelope: Envelope, about: _About) -> Problem | None:
    if sender.revoked:
        return Problem(receiving_problems.REVOKED)
    if about.ready is None:
        return Problem(receiving_problems.UNKNOWN_VERSION, {"id": envelope.questionnaire, "version": envelope.version})
    return None if _is_own(database, sender, envelope, about) else Problem(receiving_problems.OUTSIDE_WORK)


def _is_own(database: Database, sender: Sender, envelope: Envelope, about: _About) -> bool:
    return any(
        _is_in(assigned_work(database, sender.person_id, fresh=fresh), envelope, about) for fresh in (False, True)
    )


def _is_in(work: AssignedWork, envelope: Envelope, about: _About) -> bool:
    if about.round is None or about.locality is None:
        return False
    place = (about.round.id, envelope.questionnaire, envelope.version, about.locality.id)
    if envelope.assignment is None:
        return place in work.by_subject
    given = work.by_id.get(envelope.assignment)
    return given is not None and (given.round_id, given.questionnaire, given.version, given.locality_id) == place


def _visit(
    database: Database, person_id: int, envelope: Envelope, about: _About
) -> tuple[str | None, ProblemType | None]:
    """The visit that a response belongs to, and what is doubtful about it."""
    if about.round is None or about.locality is None:
        return None, None
    return settle_visit(database, person_id, envelope.visit, envelope.assignment, about.round, about.locality)


def _row(
    upload: Upload,
    envelope: Envelope,
    about: _About,
    visit_id: str | None,
    state: State,
    problems: str,
    not_asked: str,
) -> NewResponse:
    questionnaire = about.ready.questionnaire if about.ready is not None else None
    return NewResponse(
        id=envelope.id,
        sha256=envelope.sha256,
        body=envelope.text,
        questionnaire=envelope.questionnaire,
        version=envelope.version,
        round_id=about.round.id if about.round is not None else None,
        locality_id=about.locality.id if about.locality is not None else None,
        assignment_id=envelope.assignment,
        visit_id=visit_id,
        supersedes=envelope.supersedes,
        evidence=questionnaire.evidence if questionnaire is not None else "",
        respondent=questionnaire.respondent if questionnaire is not None else "",
        state=state.value,
        state_at=upload.at,
        stratum="",
        cluster="",
        weight=1.0,
        weights_version=0,
        started_at=envelope.started_at,
        completed_at=envelope.completed_at,
        clock_offset_ms=envelope.clock_offset_ms,
        received_at=upload.at,
        person_id=upload.sender.person_id,
        device_id=upload.sender.device_id,
        mode=envelope.mode,
        simulated=envelope.simulated,
        training=envelope.training,
        problems=problems,
        not_asked=not_asked,
    )


def identified(database: Database, row: UploadedRow, person_id: int) -> Identity | None:
    """What a quarantined response of a person is about, by what the server knows now; None where that is still not
    known."""
    envelope = parse_row(database, row)
    about = _about(database, envelope)
    if about.ready is None or about.round is None or about.locality is None:
        return None
    checked = about.ready.checker.check(envelope.answers, envelope.completed_at)
    visit, doubt = _visit(database, person_id, envelope, about)
    return Identity(
        round_id=about.round.id,
        locality_id=about.locality.id,
        visit_id=visit,
        evidence=about.ready.questionnaire.evidence,
        respondent=about.ready.questionnaire.respondent,
        problems=problems_to_json(_with(doubt, checked.problems)),
        not_asked=_names(checked.not_asked),
    )


def finding(problem: Problem) -> Finding:
    """A problem of the response as a whole."""
    return Finding(None, problem, {})


def _with(doubt: ProblemType | None, problems: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return problems if doubt is None else (*problems, finding(Problem(doubt)))


@lru_cache(1024)
def _names(names: tuple[str, ...]) -> str:
    """As JSON; the routes that people take through a questionnaire are few."""
    return json.dumps(names)
