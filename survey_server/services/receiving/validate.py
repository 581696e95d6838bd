"""Checking the answers of a resolved response, in the caller's thread: the writer only compares and inserts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

from survey_server.domain import NewResponse, State
from survey_server.problems import Problem
from survey_server.questionnaire.answers import AnswerProblem
from survey_server.services.receiving.incoming import IncomingResponse, Upload, response_problem
from survey_server.services.receiving.parse import Envelope, UploadedRow
from survey_server.services.receiving.resolve import Resolved
from survey_server.services.stored_problems import problems_to_json


def validate(
    upload: Upload, index: int, uploaded: UploadedRow, envelope: Envelope, resolved: Resolved
) -> IncomingResponse:
    """Answers of a response that is quarantined are not checked: it may be accepted under other circumstances."""
    problems: tuple[AnswerProblem, ...]
    if resolved.quarantine is not None:
        problems, not_asked = (response_problem(resolved.quarantine),), "[]"
    else:
        problems, not_asked = check_answers(envelope, resolved)
    if resolved.visit_problem is not None:
        problems = (*problems, response_problem(Problem(resolved.visit_problem)))
    row = _new_response(upload, envelope, resolved, problems, not_asked)
    return IncomingResponse(upload, index, uploaded, row, problems)


def check_answers(envelope: Envelope, resolved: Resolved) -> tuple[tuple[AnswerProblem, ...], str]:
    """The problems of the answers, and the names of the questions that were not asked as a JSON array."""
    assert resolved.version is not None
    checked = resolved.version.checker.check(envelope.answers, envelope.completed_at)
    return checked.problems, _names_to_json(checked.not_asked)


def _new_response(
    upload: Upload, envelope: Envelope, resolved: Resolved, problems: Sequence[AnswerProblem], not_asked: str
) -> NewResponse:
    questionnaire = resolved.version.questionnaire if resolved.version is not None else None
    state = State.SUBMITTED if resolved.quarantine is None else State.QUARANTINED
    return NewResponse(
        id=envelope.id,
        sha256=envelope.sha256,
        body=envelope.text,
        questionnaire=envelope.questionnaire,
        version=envelope.version,
        round_id=resolved.round.id if resolved.round is not None else None,
        locality_id=resolved.locality.id if resolved.locality is not None else None,
        assignment_id=envelope.assignment,
        visit_id=resolved.visit_id,
        supersedes=envelope.supersedes,
        evidence=questionnaire.evidence if questionnaire is not None else "",
        respondent=questionnaire.respondent if questionnaire is not None else "",
        state=state.value,
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
        not_asked=not_asked,
    )


@lru_cache(1024)
def _names_to_json(names: tuple[str, ...]) -> str:
    """Cached: the combinations of questions that are not asked in a questionnaire are few."""
    return json.dumps(names)
