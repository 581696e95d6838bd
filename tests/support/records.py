"""Records of the domain made for a test, with what the test does not name filled in."""

from __future__ import annotations

from typing import Any

from survey_server.domain.responses import NewResponse, Response, State

_DEFAULTS: dict[str, Any] = {
    "id": "11111111-1111-4111-8111-111111111111", "sha256": "0" * 64, "body": "{}", "questionnaire": "first_steps",
    "version": "1", "assignment_id": None, "visit_id": None, "supersedes": None, "evidence": "visit",
    "respondent": "organisation", "state": State.SUBMITTED, "state_at": "2012-06-05T07:05:00.000Z",
    "completed_at": None, "received_at": "2012-06-05T07:05:00.000Z", "person_id": 1, "locality_id": None,
    "mode": "tablet", "simulated": False, "training": False, "problems": "[]", "late": False,
}  # fmt: skip


def make_response(**given: Any) -> Response:
    known = {"seq": 1, "round": "r1", "locality_name": None, "scheme": None, "path": None, "person_name": None}
    return Response(**{**_DEFAULTS, **known, **given})


def make_new_response(**given: Any) -> NewResponse:
    known = {
        "round_id": None, "stratum": "", "cluster": "", "weight": 1.0, "weights_version": 0, "started_at": None,
        "clock_offset_ms": None, "device_id": None, "not_asked": "[]", "calculated": None,
    }  # fmt: skip
    return NewResponse(**{**_DEFAULTS, **known, **given})
