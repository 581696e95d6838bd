"""/monitor rounds as the charts do."""

from __future__ import annotations

import pytest

from analysis.charts.texts import format_percent as in_a_chart
from survey_server.web.monitor import percent


@pytest.mark.parametrize(("done", "target", "shown"), [(45, 62, 73), (26, 30, 87), (1, 200, 1), (0, 7, 0), (7, 7, 100)])
def test_a_share_is_rounded_as_in_the_charts(done: int, target: int, shown: int) -> None:
    assert percent(done, target) == shown
    assert in_a_chart(done / target, "vi") == f"{shown}%"
