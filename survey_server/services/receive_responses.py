"""The one door for responses: tablets, the web form, imports and the demo all come through here.

What was sent is never thrown away: invalid answers are kept with their problems, what a person must decide about is
kept apart, and only what cannot be identified is rejected. Reading and checking happen in the caller's thread; the
writer's transaction only compares, inserts, marks the leaves and writes the audit entry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from survey_server.fieldwork.localities import Locality
from survey_server.fieldwork.responses import COUNTING, AnswerProblem, LeafKey, Receipt, State, Status
from survey_server.problems import Entry, Problem
from survey_server.problems import receiving as said
from survey_server.questionnaire.answers import Finding
from survey_server.services.find_questionnaire import Ready, find_ready
from survey_server.services.kept_problems import as_kept
from survey_server.services.own_work import OwnWork, own_work, settle_visit
from survey_server.services.uploaded_rows import Envelope, RejectedError, UploadedRow, read_row
from survey_server.storage import audit, leaves, localities, responses, rounds
from survey_server.storage.database import Database
from survey_server.storage.responses import Kept, Reviser
from survey_server.storage.rounds import Round

__all__ = ["Sender", "UploadedRow", "identified", "receive"]
_CORRECTABLE = frozenset({*COUNTING, State.RETURNED, State.SUPERSEDED})
_HOLDING = frozenset(entry.code for entry in (said.REVOKED, said.UNKNOWN_VERSION, said.OUTSIDE_WORK))


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, from which device if from one; what a revoked device sends is quarantined."""

    person_id: int
    device_id: str | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class _Upload:
    """What the rows of one request have in common."""

    sender: Sender
    language: str
    now: datetime


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row that will be kept, as the table has it, and what its receipt will say if nothing else comes between."""

    upload: _Upload
    index: int
    sent: UploadedRow
    envelope: Envelope
    row: dict[str, Any]
    status: Status
    problems: tuple[Finding, ...]

    @property
    def reviser(self) -> Reviser:
        """The row as those see it that it corrects, or that correct it."""
        row = self.row
        subject = (row["questionnaire"], row["round_id"], row["locality_id"])
        return Reviser(self.envelope.id, row["assignment_id"], row["person_id"], row["training"], subject)

    def afresh(self) -> _Candidate:
        """With a row of its own to write on."""
        row = dict(self.row)
        return _Candidate(self.upload, self.index, self.sent, self.envelope, row, self.status, self.problems)


def receive(database: Database, sender: Sender, rows: Sequence[UploadedRow], language: str = "vi") -> list[Receipt]:
    """Keep responses; returns a receipt a row, in order, after everything is durable. One bad row fails no other.

    `language`: of the problems that the receipts tell. Raises DatabaseUnavailableError where nothing can be kept now.
    """
    upload = _Upload(sender, language, datetime.now(UTC))
    at = _instant(upload.now)
    receipts: dict[int, Receipt] = {}
    candidates: list[_Candidate] = []
    for index, row in enumerate(rows):
        try:
            candidates.append(_candidate(database, upload, index, row, at))
        except RejectedError as rejected:
            told = _told((_finding(rejected.problem),), language)
            receipts[index] = Receipt(index, row.id, row.sha256, Status.REJECTED, upload.now, told)
    if candidates:
        for receipt in database.write_joined(_keep, candidates):
            receipts[receipt.index] = receipt
    return [receipts[index] for index in range(len(rows))]


def identified(database: Database, row: UploadedRow, person_id: int) -> dict[str, Any] | None:
    """What a held row of a person is about, by what the server knows today: values of the table; None where that is
    still not known."""
    envelope = read_row(database, row)
    ready = find_ready(database, envelope.questionnaire, envelope.version)
    round_, locality = _place(database, envelope)
    if ready is None or round_ is None or locality is None:
        return None
    checked = ready.checker.check(envelope.answers, envelope.completed_at)
    visit, doubt = settle_visit(database, person_id, envelope.visit, envelope.assignment, round_, locality)
    return {
        "round_id": round_.id,
        "locality_id": locality.id,
        "visit_id": visit,
        "evidence": ready.questionnaire.evidence,
        "respondent": ready.questionnaire.respondent,
        "problems": as_kept(_with(doubt, checked.problems)),
        "not_asked": json.dumps(checked.not_asked),
    }


def _candidate(database: Database, upload: _Upload, index: int, sent: UploadedRow, now: str) -> _Candidate:
    sender = upload.sender
    envelope = read_row(database, sent)
    ready = find_ready(database, envelope.questionnaire, envelope.version)
    round_, locality = _place(database, envelope)
    held = _why_held(database, sender, envelope, ready, round_, locality)
    row = _row(sender, envelope, ready, round_, locality, now)
    doubt = None
    if round_ is not None and locality is not None:
        row["visit_id"], doubt = settle_visit(
            database, sender.person_id, envelope.visit, envelope.assignment, round_, locality
        )
    if held is not None:
        problems = _with(doubt, (_finding(held),))
        row["state"] = State.QUARANTINED.value
        status = Status.QUARANTINED
    else:
        assert ready is not None
        checked = ready.checker.check(envelope.answers, envelope.completed_at)
        problems = _with(doubt, checked.problems)
        row["not_asked"] = _names(checked.not_asked)
        status = Status.STORED
    row["problems"] = as_kept(problems)
    return _Candidate(upload, index, sent, envelope, row, status, problems)


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
    return any(
        _is_in(own_work(database, sender.person_id, fresh=fresh), envelope, round_, locality) for fresh in (False, True)
    )


def _is_in(work: OwnWork, envelope: Envelope, round_: Round, locality: Locality) -> bool:
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
        "visit_id": None,
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


def _keep(connection: Connection, uploads: Sequence[Sequence[_Candidate]]) -> list[list[Receipt]]:
    """Inside the writer's transaction: what several senders sent at the same time, as if one after another."""
    receipts = iter(_Keeping(connection, [each.afresh() for upload in uploads for each in upload]).receipts())
    return [list(islice(receipts, len(upload))) for upload in uploads]


class _Keeping:
    def __init__(self, connection: Connection, candidates: Sequence[_Candidate]) -> None:
        self._connection = connection
        self._candidates = candidates
        ids = {each.envelope.id for each in candidates}
        revised = {each.envelope.supersedes for each in candidates if each.envelope.supersedes}
        kept = responses.kept_under(connection, ids | revised)
        self._states = {id_: {each.sha256: each.state for each in found} for id_, found in kept.items()}
        self._kept = kept
        # A correction may arrive before what it corrects, so every id is asked for.
        self._revisers = responses.superseders(connection, ids | revised)
        self._new: dict[str, _Candidate] = {}
        self._rows: list[dict[str, Any]] = []
        self._leaves: list[LeafKey] = []

    def receipts(self) -> list[Receipt]:
        made = [self._receipt(candidate) for candidate in self._candidates]
        responses.add_all(self._connection, self._rows)
        leaves.touch_all(self._connection, self._leaves)
        audit.record_all(self._connection, [_entry(row) for row in self._rows])
        return made

    def _receipt(self, candidate: _Candidate) -> Receipt:
        envelope = candidate.envelope
        here = self._states.setdefault(envelope.id, {})
        if envelope.sha256 in here:
            return self._told(candidate, Status.DUPLICATE, _of_duplicate(candidate, here[envelope.sha256]))
        others, here[envelope.sha256] = bool(here), candidate.row["state"]
        if others:
            return self._set_beside(candidate, said.OTHER_BYTES)
        if candidate.status is Status.QUARANTINED:
            self._store(candidate)
            return self._told(candidate, Status.QUARANTINED, candidate.problems)
        is_revised = any(self._belongs(each, candidate) for each in self._revisers.get(envelope.id, ()))
        if envelope.supersedes is not None:
            obstacle = self._supersede(candidate, envelope.supersedes)
            if obstacle is not None:
                return self._set_beside(candidate, obstacle)
        if is_revised:
            candidate.row["state"] = State.SUPERSEDED.value
        self._store(candidate)
        return self._told(candidate, Status.STORED, candidate.problems)

    def _supersede(self, candidate: _Candidate, superseded: str) -> Entry | None:
        """Take the earlier revision out of the results; what stands against it, if anything does."""
        id_ = candidate.envelope.id
        others = [each for each in self._revisers.get(superseded, ()) if self._belongs(each, candidate)]
        circle = any(each.id == superseded for each in self._revisers.get(id_, ()))
        if circle or any(each.id != id_ for each in others):
            return said.TWO_REVISIONS
        earlier = self._new.get(superseded)
        known = _standing(self._kept.get(superseded, ()), candidate.envelope.training)
        if earlier is not None:
            if obstacle := self._obstacle(earlier.reviser, earlier.row["state"], candidate):
                return obstacle
            earlier.row["state"] = State.SUPERSEDED.value
        elif known is not None:
            own = Reviser(superseded, known.assignment_id, known.person_id, known.training, known.subject)
            if obstacle := self._obstacle(own, known.state, candidate):
                return obstacle
            self._take_out(known, candidate)
        self._revisers.setdefault(superseded, []).append(candidate.reviser)
        return None

    def _obstacle(self, earlier: Reviser, state: str, candidate: _Candidate) -> Entry | None:
        if not self._is_own(earlier, candidate):
            return said.NOT_OWN
        if state not in _CORRECTABLE:
            return said.CORRECTS_HELD
        return None if self._belongs(earlier, candidate) else said.OTHER_SUBJECT

    def _take_out(self, known: Kept, by: _Candidate) -> None:
        if known.leaf is not None:
            self._leaves.append(known.leaf)
        at, sender = _instant(by.upload.now), by.upload.sender
        responses.set_state(self._connection, known.seq, State.SUPERSEDED, at)
        responses.add_event(
            self._connection, known.seq, at, sender.person_id, known.state, State.SUPERSEDED.value, by.envelope.id
        )

    def _belongs(self, other: Reviser, candidate: _Candidate) -> bool:
        """Whether two rows are revisions of one response: the same person's, about the same. Another questionnaire,
        round or locality is another response, which a correction must not take out of the results."""
        return other.subject == candidate.reviser.subject and self._is_own(other, candidate)

    def _is_own(self, other: Reviser, candidate: _Candidate) -> bool:
        """Whoever wrote the earlier revision, or has its assignment, may correct it; training never touches results."""
        same_assignment = other.assignment_id is not None and other.assignment_id == candidate.envelope.assignment
        is_own = other.person_id == candidate.upload.sender.person_id or same_assignment
        return is_own and other.training == candidate.envelope.training

    def _store(self, candidate: _Candidate) -> None:
        """Keep a row, the first under its id."""
        self._new[candidate.envelope.id] = candidate
        self._rows.append(candidate.row)
        leaf = responses.leaf_of(candidate.row)
        if leaf is not None:
            self._leaves.append(leaf)

    def _set_beside(self, candidate: _Candidate, entry: Entry) -> Receipt:
        """Keep what cannot count beside what is there: a conflict; but what is held for a reason of its own, as a
        revoked device's upload is, stays quarantined, and both reasons are told."""
        if candidate.status is not Status.QUARANTINED:
            candidate.row["state"] = State.CONFLICT.value
        status = Status.QUARANTINED if candidate.status is Status.QUARANTINED else Status.CONFLICT
        problems = (*candidate.problems, _finding(Problem(entry)))
        candidate.row["problems"] = as_kept(problems)
        self._rows.append(candidate.row)
        if candidate.envelope.id not in self._kept:
            self._new.setdefault(candidate.envelope.id, candidate)
        return self._told(candidate, status, problems)

    def _told(self, candidate: _Candidate, status: Status, problems: tuple[Finding, ...]) -> Receipt:
        sent, upload = candidate.sent, candidate.upload
        return Receipt(candidate.index, sent.id, sent.sha256, status, upload.now, _told(problems, upload.language))


def _entry(row: Mapping[str, Any]) -> dict[str, object]:
    return audit.entry(
        "receive_response", f"response:{row['id']}", person_id=row["person_id"], device_id=row["device_id"],
        detail={"sha256": row["sha256"], "state": row["state"]}, at=row["received_at"],
    )  # fmt: skip


def _standing(found: Sequence[Kept], training: bool) -> Kept | None:
    """The row under an id that a correction takes the place of: the one that counts or was returned, else the first;
    training among training, where there is any."""
    among = [each for each in found if each.training == training] or found
    return next((each for each in among if each.state in _CORRECTABLE - {State.SUPERSEDED}), next(iter(among), None))


def _of_duplicate(candidate: _Candidate, state: str) -> tuple[Finding, ...]:
    """What a receipt tells of bytes that are here already: what would hold them today does not hold what was kept."""
    if candidate.status is not Status.QUARANTINED or state == State.QUARANTINED:
        return candidate.problems
    return tuple(each for each in candidate.problems if each.code not in _HOLDING)


def _finding(problem: Problem) -> Finding:
    return Finding(None, problem, {})


def _with(doubt: Entry | None, problems: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return problems if doubt is None else (*problems, _finding(Problem(doubt)))


def _told(problems: Sequence[Finding], language: str) -> tuple[AnswerProblem, ...]:
    return tuple(AnswerProblem(each.path, each.code, each.text(language)) for each in problems)


@lru_cache(1024)
def _names(names: tuple[str, ...]) -> str:
    """As JSON; the routes that people take through a questionnaire are few."""
    return json.dumps(names)


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
