"""Storing incoming responses: the part of receiving that runs in the writer's transaction.

It compares with what is stored, inserts, supersedes corrected revisions and writes the audit entries, in a few
statements for all rows of all requests that wait at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from survey_server.domain import REPLACEABLE, NewResponse, Receipt, State, Status, StoredHead, is_revision_late
from survey_server.problems import Problem, receiving as receiving_problems
from survey_server.questionnaire.answers import AnswerProblem
from survey_server.services.receiving.decide import Earlier, Stored, decide
from survey_server.services.receiving.incoming import IncomingResponse, response_problem
from survey_server.services.stored_problems import problems_to_json
from survey_server.storage import Connection, audit, responses

_QUARANTINE_CODES = frozenset(
    each.code
    for each in (
        receiving_problems.FROM_REVOKED_DEVICE,
        receiving_problems.UNSIGNED_FILE,
        receiving_problems.MAY_NOT_FILL,
        receiving_problems.SIMULATED_IN_REAL_ROUND,
        receiving_problems.UNKNOWN_VERSION,
        receiving_problems.OUTSIDE_WORK,
        receiving_problems.UNUSABLE_PARTS,
    )
)


def store(connection: Connection, uploads: Sequence[Sequence[IncomingResponse]]) -> list[list[Receipt]]:
    """Store the uploads of several senders as if one had come after another; the receipts of each, in order."""
    receipts = iter(_Storing(connection, [each for upload in uploads for each in upload]).store_all())
    return [list(islice(receipts, len(upload))) for upload in uploads]


class _Storing:
    """One transaction: what was stored before it, and what it adds."""

    def __init__(self, connection: Connection, incoming: Sequence[IncomingResponse]) -> None:
        self._connection = connection
        self._incoming = incoming
        ids = {each.row.id for each in incoming}
        superseded = {each.row.supersedes for each in incoming if each.row.supersedes}
        self._heads = responses.heads_under(connection, ids | superseded)
        # A correction may arrive before what it corrects: corrections of the new ids count too.
        self._corrections = responses.corrections_of(connection, ids | superseded)
        self._states = {id_: {each.sha256: each.state for each in heads} for id_, heads in self._heads.items()}
        self._positions: dict[str, int] = {}  # in `_rows`, of the first row of each id that was not stored before
        self._rows: list[NewResponse] = []

    def store_all(self) -> list[Receipt]:
        receipts = [self._store_one(each) for each in self._incoming]
        responses.add_all(self._connection, self._rows)
        entries = (
            audit.entry(
                "receive_response", f"response:{row.id}", person_id=row.person_id, device_id=row.device_id,
                detail={"sha256": row.sha256, "state": row.state}, at=row.received_at,
            )
            for row in self._rows
        )  # fmt: skip
        audit.record_all(self._connection, entries)
        return receipts

    def _store_one(self, incoming: IncomingResponse) -> Receipt:
        row = incoming.row
        states = self._states.setdefault(row.id, {})
        decision = decide(row, self._stored_around(row))
        if decision.state is None:
            return incoming.receipt(decision.status, _problems_of_duplicate(incoming, states[row.sha256]))
        states[row.sha256] = decision.state
        problems = incoming.problems
        if decision.conflict is not None:
            problems = (*problems, response_problem(Problem(decision.conflict)))
            row = row._replace(problems=problems_to_json(problems))
        elif decision.status is Status.STORED and row.supersedes is not None:
            earlier = row.supersedes
            if row.late and not is_revision_late(row.evidence, True, self._were_late(earlier, row.training)):
                row = row._replace(late=False)
            self._supersede(incoming, earlier)
        self._add(row if row.state == decision.state else row._replace(state=decision.state.value))
        return incoming.receipt(decision.status, problems)

    def _stored_around(self, row: NewResponse) -> Stored:
        digests, corrections = self._states[row.id], self._corrections.get(row.id, ())
        if row.supersedes is None:
            return Stored(digests, corrections)
        other_corrections = self._corrections.get(row.supersedes, ())
        return Stored(digests, corrections, other_corrections, self._earlier(row.supersedes, row.training))

    def _earlier(self, id_: str, training: bool) -> Earlier | None:
        position = self._positions.get(id_)
        if position is not None:
            return Earlier(self._rows[position].correction, self._rows[position].state)
        head = _current_head(self._heads.get(id_, ()), training)
        return Earlier(head.correction, head.state) if head is not None else None

    def _were_late(self, id_: str, training: bool) -> list[bool]:
        """Whether the response that is corrected was late; empty where it has not arrived yet."""
        position = self._positions.get(id_)
        if position is not None:
            return [self._rows[position].late]
        head = _current_head(self._heads.get(id_, ()), training)
        return [bool(head.late)] if head is not None else []

    def _supersede(self, by: IncomingResponse, id_: str) -> None:
        position = self._positions.get(id_)
        head = _current_head(self._heads.get(id_, ()), by.row.training)
        if position is not None:
            self._rows[position] = self._rows[position]._replace(state=State.SUPERSEDED.value)
        elif head is not None:
            at, person_id = by.row.received_at, by.row.person_id
            responses.set_state(self._connection, head.seq, State.SUPERSEDED, at)
            responses.add_event(
                self._connection, head.seq, at, person_id, State(head.state), State.SUPERSEDED, by.row.id
            )
        self._corrections.setdefault(id_, []).append(by.row.correction)

    def _add(self, row: NewResponse) -> None:
        if row.id not in self._heads:
            self._positions.setdefault(row.id, len(self._rows))
        self._rows.append(row)


def _current_head(heads: Sequence[StoredHead], training: bool) -> StoredHead | None:
    """The row under an id that a correction supersedes: the one that counts or was returned, else the first; among
    training rows for training, where there are any."""
    same_kind = [each for each in heads if each.training == training] or heads
    current = (each for each in same_kind if each.state in REPLACEABLE)
    return next(current, next(iter(same_kind), None))


def _problems_of_duplicate(incoming: IncomingResponse, state: str) -> tuple[AnswerProblem, ...]:
    """What would quarantine these bytes today does not concern a row that was stored without quarantine."""
    if incoming.row.state != State.QUARANTINED or state == State.QUARANTINED:
        return incoming.problems
    return tuple(each for each in incoming.problems if each.code not in _QUARANTINE_CODES)
