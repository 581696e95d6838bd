"""Receiving responses: tablets, the web form, imports and the demo all send through `receive`.

The steps, a module each: `parse` (digest, JSON, shape), `resolve` (version, round, locality, assignment, visit) and
`validate` (answers) run in the caller's thread; `store` runs in the writer's transaction and asks `decide` which of
two responses counts. Only what cannot be identified is rejected: invalid answers are stored with their problems, and
what a person has to decide about is quarantined.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from survey_server.domain import Assignment, Identity, Locality, Receipt, Round, Status
from survey_server.problems import Problem
from survey_server.services.receiving.incoming import IncomingResponse, Sender, Upload, response_problem
from survey_server.services.receiving.parse import Envelope, RejectedError, UploadedRow, parse_row
from survey_server.services.receiving.resolve import ReceivingContext, is_falsely_simulated, resolve
from survey_server.services.receiving.store import store
from survey_server.services.receiving.validate import check_answers, decide_late, validate
from survey_server.services.stored_problems import problems_to_json
from survey_server.storage import rounds

__all__ = ["ReceivingContext", "Sender", "UploadedRow", "identify_quarantined", "receive"]


def receive(
    context: ReceivingContext, sender: Sender, rows: Sequence[UploadedRow], language: str = "vi"
) -> list[Receipt]:
    """Store responses; returns a receipt a row, in order, after everything is durable. One bad row fails no other.

    `language`: of the problems in the receipts. Raises DatabaseUnavailableError where nothing can be stored now.
    """
    upload = Upload.now(sender, language)
    receipts: dict[int, Receipt] = {}
    incoming: list[IncomingResponse] = []
    for index, row in enumerate(rows):
        try:
            envelope = parse_row(context.database, row)
        except RejectedError as rejected:
            receipts[index] = upload.receipt(index, row, Status.REJECTED, (response_problem(rejected.problem),))
            continue
        incoming.append(validate(upload, index, row, envelope, resolve(context, sender, envelope)))
    if incoming:
        for receipt in context.database.write_joined(store, incoming):
            receipts[receipt.index] = receipt
    return [receipts[index] for index in range(len(rows))]


def identify_quarantined(
    context: ReceivingContext, row: UploadedRow, person_id: int, received_at: datetime
) -> Identity | None:
    """What a quarantined response of a person is about, by what the server knows now; None where that is still not
    known, and for a simulated response in a round that is not."""
    envelope = parse_row(context.database, row)
    resolved = resolve(context, Sender(person_id), envelope)
    if resolved.version is None or resolved.round is None or resolved.locality is None:
        return None
    if is_falsely_simulated(envelope, resolved.round):
        return None
    checked = check_answers(envelope, resolved)
    problems = checked.problems
    if resolved.visit_problem is not None:
        problems = (*problems, response_problem(Problem(resolved.visit_problem)))
    assignment = resolved.assignment or _assignment_of_others(context, envelope, resolved.round, resolved.locality)
    return Identity(
        round_id=resolved.round.id,
        locality_id=resolved.locality.id,
        visit_id=resolved.visit_id,
        evidence=resolved.version.questionnaire.evidence,
        respondent=resolved.version.questionnaire.respondent,
        problems=problems_to_json(problems),
        not_asked=checked.not_asked,
        late=decide_late(envelope, resolved, assignment, received_at),
        calculated=checked.calculated,
    )


def _assignment_of_others(
    context: ReceivingContext, envelope: Envelope, round_: Round, locality: Locality
) -> Assignment | None:
    """The assignment that a response names, if it is about the same: of any person."""
    if envelope.assignment is None:
        return None
    with context.database.read() as connection:
        found = rounds.assignment_by_id(connection, envelope.assignment)
    subject = (round_.id, envelope.questionnaire, locality.id)
    return found if found is not None and (found.round_id, found.questionnaire, found.locality_id) == subject else None
