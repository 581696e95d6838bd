"""Keeping what was read and checked: the part of receiving that runs in the writer's transaction.

It compares with what is there, inserts, takes corrected revisions out of the results, marks the leaves and writes the
audit entries: a few statements for all the rows of all the requests that wait at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from survey_server.domain.responses import (
    COUNTING,
    Correction,
    LeafKey,
    NewResponse,
    Receipt,
    State,
    Status,
    StoredHead,
    leaf_of,
)
from survey_server.problems import Problem, ProblemType
from survey_server.problems import receiving as receiving_problems
from survey_server.questionnaire.answers import Finding
from survey_server.services.receiving.resolve import Candidate, finding
from survey_server.services.stored_problems import problems_to_json
from survey_server.storage import audit, leaves, responses
from survey_server.storage.audit import AuditEntry
from survey_server.storage.database import Connection

_CORRECTABLE = frozenset({*COUNTING, State.RETURNED, State.SUPERSEDED})
_HOLDING = frozenset(
    each.code
    for each in (receiving_problems.REVOKED, receiving_problems.UNKNOWN_VERSION, receiving_problems.OUTSIDE_WORK)
)


def keep(connection: Connection, uploads: Sequence[Sequence[Candidate]]) -> list[list[Receipt]]:
    """What several senders sent at the same time, as if one after another; the receipts of each, in order."""
    receipts = iter(_Keeping(connection, [each for upload in uploads for each in upload]).receipts())
    return [list(islice(receipts, len(upload))) for upload in uploads]


class _Keeping:
    def __init__(self, connection: Connection, candidates: Sequence[Candidate]) -> None:
        self._connection = connection
        self._candidates = candidates
        ids = {each.envelope.id for each in candidates}
        revised = {each.envelope.supersedes for each in candidates if each.envelope.supersedes}
        kept = responses.heads_under(connection, ids | revised)
        self._states = {id_: {each.sha256: each.state for each in found} for id_, found in kept.items()}
        self._kept = kept
        # A correction may arrive before what it corrects, so every id is asked for.
        self._corrections = responses.corrections_of(connection, ids | revised)
        self._new: dict[str, int] = {}  # the first row of each id that is new: where it stands in `_rows`
        self._rows: list[NewResponse] = []
        self._leaves: list[LeafKey] = []

    def receipts(self) -> list[Receipt]:
        made = [self._receipt(candidate) for candidate in self._candidates]
        responses.add_all(self._connection, self._rows)
        leaves.touch_all(self._connection, self._leaves)
        audit.record_all(self._connection, [_entry(row) for row in self._rows])
        return made

    def _receipt(self, candidate: Candidate) -> Receipt:
        envelope = candidate.envelope
        here = self._states.setdefault(envelope.id, {})
        if envelope.sha256 in here:
            return candidate.receipt(Status.DUPLICATE, _of_duplicate(candidate, here[envelope.sha256]))
        others, here[envelope.sha256] = bool(here), candidate.row.state
        if others:
            return self._set_beside(candidate, receiving_problems.OTHER_BYTES)
        if candidate.status is Status.QUARANTINED:
            self._store(candidate, State.QUARANTINED)
            return candidate.receipt(Status.QUARANTINED, candidate.problems)
        is_revised = any(self._belongs(each, candidate) for each in self._corrections.get(envelope.id, ()))
        if envelope.supersedes is not None:
            obstacle = self._supersede(candidate, envelope.supersedes)
            if obstacle is not None:
                return self._set_beside(candidate, obstacle)
        self._store(candidate, State.SUPERSEDED if is_revised else State.SUBMITTED)
        return candidate.receipt(Status.STORED, candidate.problems)

    def _supersede(self, candidate: Candidate, superseded: str) -> ProblemType | None:
        """Take the earlier revision out of the results; what stands against it, if anything does."""
        id_ = candidate.envelope.id
        others = [each for each in self._corrections.get(superseded, ()) if self._belongs(each, candidate)]
        circle = any(each.id == superseded for each in self._corrections.get(id_, ()))
        if circle or any(each.id != id_ for each in others):
            return receiving_problems.TWO_REVISIONS
        earlier = self._new.get(superseded)
        known = _standing(self._kept.get(superseded, ()), candidate.envelope.training)
        if earlier is not None:
            row = self._rows[earlier]
            if obstacle := self._obstacle(row.correction, row.state, candidate):
                return obstacle
            self._rows[earlier] = row._replace(state=State.SUPERSEDED.value)
        elif known is not None:
            if obstacle := self._obstacle(known.correction, known.state, candidate):
                return obstacle
            self._take_out(known, candidate)
        self._corrections.setdefault(superseded, []).append(candidate.row.correction)
        return None

    def _obstacle(self, earlier: Correction, state: str, candidate: Candidate) -> ProblemType | None:
        if not self._is_own(earlier, candidate):
            return receiving_problems.NOT_OWN
        if state not in _CORRECTABLE:
            return receiving_problems.CORRECTS_HELD
        return None if self._belongs(earlier, candidate) else receiving_problems.OTHER_SUBJECT

    def _take_out(self, known: StoredHead, by: Candidate) -> None:
        leaf = leaf_of(known)
        if leaf is not None:
            self._leaves.append(leaf)
        at, sender = by.upload.at, by.upload.sender
        responses.set_state(self._connection, known.seq, State.SUPERSEDED, at)
        responses.add_event(
            self._connection, known.seq, at, sender.person_id, known.state, State.SUPERSEDED.value, by.envelope.id
        )

    def _belongs(self, other: Correction, candidate: Candidate) -> bool:
        """Whether two rows are revisions of one response: the same person's, about the same. Another questionnaire,
        round or locality is another response, which a correction must not take out of the results."""
        return other.subject == candidate.row.correction.subject and self._is_own(other, candidate)

    def _is_own(self, other: Correction, candidate: Candidate) -> bool:
        """Whoever wrote the earlier revision, or has its assignment, may correct it; training never touches results."""
        same_assignment = other.assignment_id is not None and other.assignment_id == candidate.envelope.assignment
        is_own = other.person_id == candidate.upload.sender.person_id or same_assignment
        return is_own and other.training == candidate.envelope.training

    def _store(self, candidate: Candidate, state: State) -> None:
        """Keep a row, the first under its id."""
        row = candidate.row if candidate.row.state == state else candidate.row._replace(state=state.value)
        self._new[candidate.envelope.id] = len(self._rows)
        self._rows.append(row)
        leaf = leaf_of(row)
        if leaf is not None:
            self._leaves.append(leaf)

    def _set_beside(self, candidate: Candidate, type_: ProblemType) -> Receipt:
        """Keep what cannot count beside what is there: a conflict; but what is held for a reason of its own, as a
        revoked device's upload is, stays quarantined, and both reasons are told."""
        held = candidate.status is Status.QUARANTINED
        state, status = (State.QUARANTINED, Status.QUARANTINED) if held else (State.CONFLICT, Status.CONFLICT)
        problems = (*candidate.problems, finding(Problem(type_)))
        if candidate.envelope.id not in self._kept:
            self._new.setdefault(candidate.envelope.id, len(self._rows))
        self._rows.append(candidate.row._replace(state=state.value, problems=problems_to_json(problems)))
        return candidate.receipt(status, problems)


def _entry(row: NewResponse) -> AuditEntry:
    return audit.entry(
        "receive_response", f"response:{row.id}", person_id=row.person_id, device_id=row.device_id,
        detail={"sha256": row.sha256, "state": row.state}, at=row.received_at,
    )  # fmt: skip


def _standing(found: Sequence[StoredHead], training: bool) -> StoredHead | None:
    """The row under an id that a correction takes the place of: the one that counts or was returned, else the first;
    training among training, where there is any."""
    among = [each for each in found if each.training == training] or found
    return next((each for each in among if each.state in _CORRECTABLE - {State.SUPERSEDED}), next(iter(among), None))


def _of_duplicate(candidate: Candidate, state: str) -> tuple[Finding, ...]:
    """What a receipt tells of bytes that are here already: what would hold them today does not hold what was kept."""
    if candidate.status is not Status.QUARANTINED or state == State.QUARANTINED:
        return candidate.problems
    return tuple(each for each in candidate.problems if each.code not in _HOLDING)
