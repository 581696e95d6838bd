"""Viet Nam is seven hours ahead of the UTC instants of the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from survey_server.clock import now_in_vietnam, now_text


def test_both_clocks_tell_the_same_moment() -> None:
    before, wall, after = (datetime.fromisoformat(each()) for each in (now_text, now_in_vietnam, now_text))
    assert before - timedelta(seconds=1) < wall <= after
    assert wall.utcoffset() == timedelta(hours=7)
    assert now_in_vietnam()[:10] == (datetime.fromisoformat(now_text()) + timedelta(hours=7)).date().isoformat()
