"""round.json: written and read back, and read as earlier releases wrote it."""

from __future__ import annotations

import pytest

from analysis.round_info import Expected, RoundInfo

INFO = RoundInfo(
    "r1", {"vi": "Đợt một", "en": "Round one"}, "gso-2019-10", "2012-06-30", True, 10, {"kind": "clustered"},
    ("VN/01",), (Expected("VN/01/001", "visit", 2, "2012-06-15"),),
)  # fmt: skip


def test_it_is_read_back_as_it_was_written() -> None:
    assert RoundInfo.from_json(INFO.to_json()) == INFO
    assert INFO.to_json()["expected"] == [
        {"locality": "VN/01/001", "questionnaire": "visit", "quantity": 2, "due_on": "2012-06-15"}
    ]


def test_what_a_dataset_need_not_have_may_be_missing() -> None:
    given = {key: INFO.to_json()[key] for key in ("code", "name", "simulated", "suppress_below", "expected")}
    found = RoundInfo.from_json(given)
    assert (found.selected, found.suppress_below, found.expected) == ((), 10, INFO.expected)
    del given["suppress_below"]
    with pytest.raises(KeyError):
        RoundInfo.from_json(given)
