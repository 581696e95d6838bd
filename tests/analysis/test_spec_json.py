"""A chart's specification as JSON draws the same picture."""

from __future__ import annotations

import pytest

from analysis.render.figure import draw_figure
from analysis.render.spec_json import spec_from_json, spec_to_json
from analysis.report import KINDS, charts_of
from tests.analysis.samples import small_round


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_a_specification_is_read_as_it_was_written(kind: str) -> None:
    chart = next(each for each in charts_of(small_round(), "VN", "vi") if each.kind == kind)
    read = spec_from_json(spec_to_json(chart.spec))
    assert read == chart.spec
    assert draw_figure(read, with_axes=False).png() == chart.png()
