"""The one door for responses: tablets, the web form, imports and the demo all come through here.

What was sent is never thrown away: invalid answers are kept with their problems, what a person must decide about is
kept apart, and only what cannot be identified is rejected. Reading and checking happen in the caller's thread; the
writer's transaction only compares, inserts, marks the leaves and writes the audit entry.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from survey_server.fieldwork.localities import Locality
from survey_server.fieldwork.responses import AnswerProblem, LeafKey, Receipt, State, Status
from survey_server.problems import Entry, Problem
from survey_server.problems import receiving as said
from survey_server.services.find_questionnaire import Ready, find_ready
from survey_server.services.own_work import own_work
from survey_server.services.uploaded_rows import Envelope, RejectedError, UploadedRow, read_row
from survey_server.storage import audit, leaves, localities, responses, rounds
from survey_server.storage.database import Database
from survey_server.storage.responses import Kept
from survey_server.storage.rounds import Round

__all__ = ["Sender", "UploadedRow", "receive"]
_LANGUAGE = "vi"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, from which device if from one; what a revoked device sends is quarantined."""

    person_id: int
    device_id: str | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row that will be kept, as the table has it, and what its receipt will say if nothing else comes between."""

    index: int
    envelope: Envelope
    row: dict[str, Any]
    status: Status
    problems: tuple[AnswerProblem, ...]


def receive(database: Database, sender: Sender, rows: Sequence[UploadedRow]) -> list[Receipt]:
    """Keep responses; returns a receipt a row, in order, after everything is durable. One bad row fails no other.

    Raises DatabaseUnavailableError where nothing can be kept now.
    """
    now = datetime.now(UTC)
    receipts: dict[int, Receipt] = {}
    candidates: list[_Candidate] = []
    for index, row in enumerate(rows):
        try:
            candidates.append(_candidate(database, sender, index, read_row(database, row), now))
        except RejectedError as rejected:
            problem = _answer_problem(rejected.problem)
            receipts[index] = Receipt(index, row.id, row.sha256, Status.REJECTED, now, (problem,))
    if candidates:
        for receipt in database.write(lambda connection: _keep(connection, sender, candidates, now)):
            receipts[receipt.index] = receipt
    return [receipts[index] for index in range(len(rows))]


def _candidate(database: Database, sender: Sender, index: int, envelope: Envelope, now: datetime) -> _Candidate:
    ready = find_ready(database, envelope.questionnaire, envelope.version)
    round_, locality = _place(database, envelope)
    held = _why_held(database, sender, envelope, ready, round_, locality)
    row = _row(sender, envelope, ready, round_, locality, _instant(now))
    if held is not None:
        problems: tuple[AnswerProblem, ...] = (_answer_problem(held),)
        row["state"] = State.QUARANTINED.value
        status = Status.QUARANTINED
    else:
        assert ready is not None
        checked = ready.checker.check(envelope.answers, envelope.completed_at)
        problems = tuple(AnswerProblem(each.path, each.code, each.text(_LANGUAGE)) for each in checked.problems)
        row["not_asked"] = json.dumps(checked.not_asked)
        status = Status.STORED
    row["problems"] = _as_json(problems)
    return _Candidate(index, envelope, row, status, problems)


_ROUNDS: dict[tuple[str, str], Round] = {}
_PLACES: dict[tuple[str, str, str, str], Locality] = {}


def _place(database: Database, envelope: Envelope) -> tuple[Round | None, Locality | None]:
    """The round and the locality; both never change once they are there, so what was found stays true."""
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
    return _ROUNDS.get(round_key), _PLACES.get(place_key)


def _why_held(
    database: Database,
    sender: Sender,
    envelope: Envelope,
    ready: Ready | None,
    round_: Round | None,
    locality: Locality | None,
) -> Problem | None:
    if sender.revoked:
        return Problem(said.REVOKED)
    if ready is None:
        return Problem(said.UNKNOWN_VERSION, {"id": envelope.questionnaire, "version": envelope.version})
    if round_ is None or locality is None or not _is_own(database, sender, envelope, round_, locality):
        return Problem(said.OUTSIDE_WORK)
    return None


def _is_own(database: Database, sender: Sender, envelope: Envelope, round_: Round, locality: Locality) -> bool:
    work = own_work(database, sender.person_id)
    if envelope.assignment is not None:
        assigned = work.by_id.get(envelope.assignment)
        return assigned is not None and (
            assigned.round_id, assigned.questionnaire, assigned.version, assigned.locality_id
        ) == (round_.id, envelope.questionnaire, envelope.version, locality.id)  # fmt: skip
    return (round_.id, envelope.questionnaire, envelope.version, locality.id) in work.by_place


def _row(
    sender: Sender, envelope: Envelope, ready: Ready | None, round_: Round | None, locality: Locality | None, now: str
) -> dict[str, Any]:
    questionnaire = ready.questionnaire if ready is not None else None
    return {
        "id": envelope.id,
        "sha256": envelope.sha256,
        "body": envelope.text,
        "questionnaire": envelope.questionnaire,
        "version": envelope.version,
        "round_id": round_.id if round_ is not None else None,
        "locality_id": locality.id if locality is not None else None,
        "assignment_id": envelope.assignment,
        "visit_id": envelope.visit,
        "supersedes": envelope.supersedes,
        "evidence": questionnaire.evidence if questionnaire is not None else "",
        "respondent": questionnaire.respondent if questionnaire is not None else "",
        "state": State.SUBMITTED.value,
        "state_at": now,
        "stratum": "",
        "cluster": "",
        "weight": 1.0,
        "weights_version": 0,
        "started_at": envelope.started_at,
        "completed_at": envelope.completed_at,
        "clock_offset_ms": envelope.clock_offset_ms,
        "received_at": now,
        "person_id": sender.person_id,
        "device_id": sender.device_id,
        "mode": envelope.mode,
        "simulated": envelope.simulated,
        "training": envelope.training,
        "problems": "[]",
        "not_asked": "[]",
    }


def _keep(connection: Connection, sender: Sender, candidates: Sequence[_Candidate], now: datetime) -> list[Receipt]:
    """Inside the writer's transaction."""
    return _Keeping(connection, sender, candidates, now).receipts()


class _Keeping:
    def __init__(self, connection: Connection, sender: Sender, candidates: Sequence[_Candidate], now: datetime) -> None:
        self._connection = connection
        self._sender = sender
        self._candidates = candidates
        self._now = now
        ids = {each.envelope.id for each in candidates}
        revised = {each.envelope.supersedes for each in candidates if each.envelope.supersedes}
        kept = responses.kept_under(connection, ids | revised)
        self._digests = {id_: {each.sha256 for each in found} for id_, found in kept.items()}
        self._first = {id_: found[0] for id_, found in kept.items()}
        # A correction may arrive before what it corrects, so every id is asked for.
        self._revisers = responses.superseders(connection, ids | revised)
        self._new: dict[str, _Candidate] = {}
        self._rows: list[dict[str, Any]] = []
        self._leaves: list[LeafKey] = []

    def receipts(self) -> list[Receipt]:
        made = [self._receipt(candidate) for candidate in self._candidates]
        responses.add_all(self._connection, self._rows)
        leaves.touch_all(self._connection, self._leaves)
        audit.record_all(self._connection, [self._entry(row) for row in self._rows])
        return made

    def _receipt(self, candidate: _Candidate) -> Receipt:
        envelope = candidate.envelope
        digests = self._digests.setdefault(envelope.id, set())
        if envelope.sha256 in digests:
            return self._told(candidate, Status.DUPLICATE, candidate.problems)
        if digests:
            digests.add(envelope.sha256)
            return self._conflict(candidate, said.OTHER_BYTES)
        digests.add(envelope.sha256)
        if candidate.status is Status.QUARANTINED:
            self._rows.append(candidate.row)
            return self._told(candidate, Status.QUARANTINED, candidate.problems)
        if self._revisers.get(envelope.id):
            candidate.row["state"] = State.SUPERSEDED.value
        elif envelope.supersedes is not None and not self._supersede(candidate, envelope.supersedes):
            return self._conflict(candidate, said.TWO_REVISIONS)
        self._store(candidate)
        return self._told(candidate, Status.STORED, candidate.problems)

    def _supersede(self, candidate: _Candidate, superseded: str) -> bool:
        """Take the earlier revision out of the results; False where another one has done so already."""
        if self._revisers.get(superseded, set()) - {candidate.envelope.id}:
            return False
        self._revisers.setdefault(superseded, set()).add(candidate.envelope.id)
        earlier = self._new.get(superseded)
        if earlier is not None:
            earlier.row["state"] = State.SUPERSEDED.value
            return True
        known = self._first.get(superseded)
        if known is None:
            return True
        if not self._belongs(known, candidate):
            return False
        if known.leaf is not None:
            self._leaves.append(known.leaf)
        responses.set_state(self._connection, known.seq, State.SUPERSEDED, _instant(self._now))
        responses.add_event(
            self._connection, known.seq, _instant(self._now), self._sender.person_id, known.state,
            State.SUPERSEDED.value, candidate.envelope.id,
        )  # fmt: skip
        return True

    def _belongs(self, known: Kept, candidate: _Candidate) -> bool:
        """Whoever wrote the earlier revision, or has its assignment, may correct it."""
        same_assignment = known.assignment_id is not None and known.assignment_id == candidate.envelope.assignment
        return known.person_id == self._sender.person_id or same_assignment

    def _store(self, candidate: _Candidate) -> None:
        self._new[candidate.envelope.id] = candidate
        self._rows.append(candidate.row)
        leaf = responses.leaf_of(candidate.row)
        if leaf is not None:
            self._leaves.append(leaf)

    def _conflict(self, candidate: _Candidate, entry: Entry) -> Receipt:
        row = {**candidate.row, "state": State.CONFLICT.value}
        problems = (*candidate.problems, _answer_problem(Problem(entry)))
        row["problems"] = _as_json(problems)
        self._rows.append(row)
        return self._told(candidate, Status.CONFLICT, problems)

    def _told(self, candidate: _Candidate, status: Status, problems: tuple[AnswerProblem, ...]) -> Receipt:
        envelope = candidate.envelope
        return Receipt(candidate.index, envelope.id, envelope.sha256, status, self._now, problems)

    def _entry(self, row: dict[str, Any]) -> dict[str, object]:
        return audit.entry(
            "receive_response", f"response:{row['id']}", person_id=self._sender.person_id,
            device_id=self._sender.device_id, detail={"sha256": row["sha256"], "state": row["state"]},
        )  # fmt: skip


def _answer_problem(problem: Problem) -> AnswerProblem:
    return AnswerProblem(None, problem.code, problem.text(_LANGUAGE))


def _as_json(problems: Sequence[AnswerProblem]) -> str:
    if not problems:
        return "[]"
    listed = [{"question": each.question, "code": each.code, "message": each.message} for each in problems]
    return json.dumps(listed, ensure_ascii=False)


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
