"""Which of two responses counts: the rules by which an incoming response is a duplicate, a conflict or a correction.

In this order; the first that holds decides:

| stored already                                                | receipt       | state of the new row    |
| ------------------------------------------------------------- | ------------- | ----------------------- |
| the same bytes under its id                                   | `duplicate`   | not stored again        |
| other bytes under its id                                      | `conflict`    | conflict                |
| (it is quarantined for a reason of its own)                   | `quarantined` | quarantined             |
| another correction of what it corrects, or the two correct each other | `conflict` | conflict           |
| what it corrects, and that is not the sender's to correct     | `conflict`    | conflict                |
| what it corrects, and that was withdrawn or waits for a decision | `conflict` | conflict                |
| what it corrects, and that is about something else            | `conflict`    | conflict                |
| a correction of it, which arrived before it                   | `stored`      | superseded              |
| nothing of these                                              | `stored`      | submitted               |

A quarantined response that also conflicts stays quarantined. Only the last two may supersede what they correct.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from survey_server.domain import CORRECTABLE, Correction, NewResponse, State, Status
from survey_server.problems import ProblemType, receiving as problems


class Earlier(NamedTuple):
    """The stored response that a correction supersedes, and its state."""

    revision: Correction
    state: str


class Stored(NamedTuple):
    """What is stored, as far as it concerns one incoming response. `digests`: of the rows under its id; `corrections`:
    of itself, which arrived before it; `other_corrections`: of the response that it corrects; `earlier`: that
    response, None where it has not arrived yet or nothing is corrected."""

    digests: Collection[str] = ()
    corrections: Sequence[Correction] = ()
    other_corrections: Sequence[Correction] = ()
    earlier: Earlier | None = None


class Decision(NamedTuple):
    """`state`: of the new row, None where none is stored; `conflict`: why it may not count."""

    status: Status
    state: State | None
    conflict: ProblemType | None = None


def decide(row: NewResponse, stored: Stored) -> Decision:
    if row.sha256 in stored.digests:
        return Decision(Status.DUPLICATE, None)
    if stored.digests:
        return _conflict(row, problems.OTHER_BYTES)
    if row.state == State.QUARANTINED:
        return Decision(Status.QUARANTINED, State.QUARANTINED)
    obstacle = _obstacle_to_correcting(row, stored) if row.supersedes is not None else None
    if obstacle is not None:
        return _conflict(row, obstacle)
    is_corrected = any(_are_revisions(each, row.correction) for each in stored.corrections)
    return Decision(Status.STORED, State.SUPERSEDED if is_corrected else State.SUBMITTED)


def _conflict(row: NewResponse, problem: ProblemType) -> Decision:
    if row.state == State.QUARANTINED:
        return Decision(Status.QUARANTINED, State.QUARANTINED, problem)
    return Decision(Status.CONFLICT, State.CONFLICT, problem)


def _obstacle_to_correcting(row: NewResponse, stored: Stored) -> ProblemType | None:
    own = row.correction
    is_circle = any(each.id == row.supersedes for each in stored.corrections)
    if is_circle or any(each.id != row.id and _are_revisions(each, own) for each in stored.other_corrections):
        return problems.TWO_REVISIONS
    if stored.earlier is None:
        return None
    revision, state = stored.earlier
    if not _may_correct(own, revision):
        return problems.NOT_OWN
    if state not in CORRECTABLE:
        return problems.CORRECTS_HELD
    return None if _are_revisions(revision, own) else problems.OTHER_SUBJECT


def _are_revisions(one: Correction, other: Correction) -> bool:
    """Whether two rows are revisions of one response. Another questionnaire, round or locality is another response,
    which a correction must not take out of the results."""
    return one.subject == other.subject and _may_correct(one, other)


def _may_correct(one: Correction, other: Correction) -> bool:
    """Whether two rows have the same author or the same assignment; training never touches results."""
    same_assignment = one.assignment_id is not None and one.assignment_id == other.assignment_id
    return (one.person_id == other.person_id or same_assignment) and one.training == other.training
