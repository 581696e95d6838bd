"""The table under a chart is read from the file that the publisher wrote beside the picture."""

from __future__ import annotations

from pathlib import Path

from analysis.report import charts_of
from survey_server.web.charts import ReadableTable, read_table
from tests.analysis.samples import small_round


def test_the_page_shows_the_table_that_the_publisher_wrote(tmp_path: Path) -> None:
    for chart in charts_of(small_round(), "VN", "vi"):
        written = chart.readable_table()
        (tmp_path / "chart.json").write_bytes(written.to_json())
        assert read_table(tmp_path / "chart.csv") == ReadableTable(
            written.heads, written.figures, written.rows, written.note
        )


def test_a_chart_of_an_earlier_release_has_no_table(tmp_path: Path) -> None:
    assert read_table(tmp_path / "chart.csv") is None
