"""Checking the answers of a resolved response, in the caller's thread: the writer only compares and inserts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from survey_server.domain import Assignment, NewResponse, State, is_late
from survey_server.problems import Problem
from survey_server.questionnaire.answers import AnswerProblem
from survey_server.services.receiving.incoming import IncomingResponse, Upload, response_problem
from survey_server.services.receiving.parse import Envelope, UploadedRow
from survey_server.services.receiving.resolve import Resolved
from survey_server.services.stored_answers import calculated_to_json
from survey_server.services.stored_problems import problems_to_json
from survey_server.storage.column_types import compress


def validate(
    upload: Upload, index: int, uploaded: UploadedRow, envelope: Envelope, resolved: Resolved
) -> IncomingResponse:
    """Answers of a response that is quarantined are not checked: it may be accepted under other circumstances."""
    if resolved.quarantine is not None:
        checked = CheckedAnswers((response_problem(resolved.quarantine),), "[]", None)
    else:
        checked = check_answers(envelope, resolved)
    problems = checked.problems
    if resolved.visit_problem is not None:
        problems = (*problems, response_problem(Problem(resolved.visit_problem)))
    row = _new_response(upload, envelope, resolved, checked, problems)
    return IncomingResponse(upload, index, uploaded, row, problems)


class CheckedAnswers(NamedTuple):
    """What is stored of a check: `not_asked` and `calculated` as in `NewResponse`."""

    problems: tuple[AnswerProblem, ...]
    not_asked: str
    calculated: str | None


def check_answers(envelope: Envelope, resolved: Resolved) -> CheckedAnswers:
    """Check the answers of a response whose version is known."""
    assert resolved.version is not None
    checker = resolved.version.checker
    checked = checker.check(envelope.answers, envelope.completed_at)
    calculated = calculated_to_json(checked.recomputed) if checker.has_derived_values else None
    problems = checked.problems
    if envelope.unusable is not None:
        problems = (*problems, response_problem(envelope.unusable))
    return CheckedAnswers(problems, _names_to_json(checked.not_asked), calculated)


def decide_late(envelope: Envelope, resolved: Resolved, assignment: Assignment | None, received_at: datetime) -> bool:
    """Whether the response is late for its assignment or, without one, for its round. `resolved` knows the round and
    the version. Simulated responses of a simulated round were never sent."""
    assert resolved.round is not None
    assert resolved.version is not None
    return is_late(
        resolved.version.questionnaire.evidence,
        envelope.completed_at,
        envelope.clock_offset_ms,
        received_at,
        assignment.due_on if assignment is not None else resolved.round.due_on,
        is_simulated=envelope.simulated and resolved.round.simulated,
    )


def _new_response(
    upload: Upload, envelope: Envelope, resolved: Resolved, checked: CheckedAnswers, problems: Sequence[AnswerProblem]
) -> NewResponse:
    questionnaire = resolved.version.questionnaire if resolved.version is not None else None
    is_accepted = resolved.quarantine is None
    return NewResponse(
        id=envelope.id,
        sha256=envelope.sha256,
        body=compress(envelope.text),
        questionnaire=envelope.questionnaire,
        version=envelope.version,
        round_id=resolved.round.id if resolved.round is not None else None,
        locality_id=resolved.locality.id if resolved.locality is not None else None,
        assignment_id=envelope.assignment,
        visit_id=resolved.visit_id,
        supersedes=envelope.supersedes,
        evidence=questionnaire.evidence if questionnaire is not None else "",
        respondent=questionnaire.respondent if questionnaire is not None else "",
        state=(State.SUBMITTED if is_accepted else State.QUARANTINED).value,
        state_at=upload.received_text,
        stratum="",
        cluster="",
        weight=1.0,
        weights_version=0,
        started_at=envelope.started_at,
        completed_at=envelope.completed_at,
        clock_offset_ms=envelope.clock_offset_ms,
        received_at=upload.received_text,
        person_id=upload.sender.person_id,
        device_id=upload.sender.device_id,
        mode=envelope.mode,
        simulated=envelope.simulated,
        training=envelope.training,
        problems=problems_to_json(problems),
        not_asked=checked.not_asked,
        late=is_accepted and decide_late(envelope, resolved, resolved.assignment, upload.received_at),
        calculated=checked.calculated,
    )


@lru_cache(1024)
def _names_to_json(names: tuple[str, ...]) -> str:
    """Cached: the combinations of questions that are not asked in a questionnaire are few."""
    return json.dumps(names)
