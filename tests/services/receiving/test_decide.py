"""The rules by which an incoming response counts, a case each."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from survey_server.domain.responses import Correction, NewResponse, State, Status
from survey_server.problems import ProblemType, receiving as problems
from survey_server.services.receiving.decide import CORRECTABLE, Decision, Earlier, Stored, decide

HANOI, SAIGON = ("first_steps", 1, 1), ("first_steps", 1, 79)


def new_response(**changed: Any) -> NewResponse:
    """The response `new` of person 1 about HANOI, by assignment `a`, not a correction."""
    row = NewResponse(
        id="new", sha256="digest", body="{}", questionnaire="first_steps", version="1", round_id=1, locality_id=1,
        assignment_id="a", visit_id=None, supersedes=None, evidence="visit", respondent="organisation",
        state=State.SUBMITTED, state_at="", stratum="", cluster="", weight=1.0, weights_version=0, started_at=None,
        completed_at=None, clock_offset_ms=None, received_at="", person_id=1, device_id=None, mode="tablet",
        simulated=False, training=False, problems="[]", not_asked="[]", late=False, calculated=None,
    )  # fmt: skip
    return row._replace(**changed)


def revision(id_: str = "old", **changed: Any) -> Correction:
    """Another revision of the same response, as `new_response` has it."""
    parts: dict[str, Any] = {"assignment_id": "a", "person_id": 1, "training": False, "subject": HANOI}
    return Correction(id_, **parts | changed)


def conflict(problem: ProblemType) -> Decision:
    return Decision(Status.CONFLICT, State.CONFLICT, problem)


SUBMITTED = Decision(Status.STORED, State.SUBMITTED)
SUPERSEDED = Decision(Status.STORED, State.SUPERSEDED)
QUARANTINED = Decision(Status.QUARANTINED, State.QUARANTINED)
DUPLICATE = Decision(Status.DUPLICATE, None)
CORRECTION = new_response(supersedes="old")


@pytest.mark.parametrize(
    ("row", "stored", "decision"),
    [
        (new_response(), Stored(), SUBMITTED),
        (new_response(), Stored(digests={"digest"}), DUPLICATE),
        (new_response(), Stored(digests={"other", "digest"}), DUPLICATE),
        (new_response(), Stored(digests={"other"}), conflict(problems.OTHER_BYTES)),
        (new_response(), Stored(corrections=[revision("later")]), SUPERSEDED),
        (CORRECTION, Stored(), SUBMITTED),
        (CORRECTION, Stored(earlier=Earlier(revision(), State.SUBMITTED)), SUBMITTED),
        (CORRECTION, Stored(other_corrections=[revision("another")]), conflict(problems.TWO_REVISIONS)),
        (CORRECTION, Stored(other_corrections=[revision("new")]), SUBMITTED),
        (CORRECTION, Stored(other_corrections=[revision("another", person_id=2, assignment_id="b")]), SUBMITTED),
        (CORRECTION, Stored(corrections=[revision("old")]), conflict(problems.TWO_REVISIONS)),
        (CORRECTION, Stored(corrections=[revision("later")]), SUPERSEDED),
    ],
)
def test_what_is_stored_decides(row: NewResponse, stored: Stored, decision: Decision) -> None:
    assert decide(row, stored) == decision


@pytest.mark.parametrize("state", State)
def test_only_what_counts_was_returned_or_superseded_is_corrected(state: State) -> None:
    correctable = (State.SUBMITTED, State.APPROVED, State.RETURNED, State.SUPERSEDED)
    decision = decide(CORRECTION, Stored(earlier=Earlier(revision(), state)))
    assert decision == (SUBMITTED if state in correctable else conflict(problems.CORRECTS_HELD))
    assert (state in CORRECTABLE) is (state in correctable)


@pytest.mark.parametrize(("same_person", "same_assignment", "same_kind"), list(product([True, False], repeat=3)))
def test_the_author_or_the_holder_of_the_assignment_corrects_and_training_only_training(
    same_person: bool, same_assignment: bool, same_kind: bool
) -> None:
    earlier = revision(
        person_id=1 if same_person else 2, assignment_id="a" if same_assignment else "b", training=not same_kind
    )
    is_own = (same_person or same_assignment) and same_kind
    decision = decide(CORRECTION, Stored(earlier=Earlier(earlier, State.SUBMITTED)))
    assert decision == (SUBMITTED if is_own else conflict(problems.NOT_OWN))
    assert decide(new_response(), Stored(corrections=[earlier])) == (SUPERSEDED if is_own else SUBMITTED)


def test_two_responses_without_an_assignment_do_not_share_one() -> None:
    row = CORRECTION._replace(assignment_id=None)
    earlier = Earlier(revision(assignment_id=None, person_id=2), State.SUBMITTED)
    assert decide(row, Stored(earlier=earlier)) == conflict(problems.NOT_OWN)


def test_another_locality_is_another_response() -> None:
    elsewhere = revision(subject=SAIGON)
    assert decide(CORRECTION, Stored(earlier=Earlier(elsewhere, State.SUBMITTED))) == conflict(problems.OTHER_SUBJECT)
    assert decide(new_response(), Stored(corrections=[elsewhere])) == SUBMITTED


@pytest.mark.parametrize(
    ("stored", "decision"),
    [
        (Stored(), QUARANTINED),
        (Stored(digests={"digest"}), DUPLICATE),
        (Stored(digests={"other"}), QUARANTINED._replace(conflict=problems.OTHER_BYTES)),
        (Stored(other_corrections=[revision("another")], corrections=[revision("later")]), QUARANTINED),
    ],
)
def test_what_is_quarantined_supersedes_nothing_and_stays_quarantined(stored: Stored, decision: Decision) -> None:
    assert decide(CORRECTION._replace(state=State.QUARANTINED), stored) == decision
