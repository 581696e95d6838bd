"""The registry of chart kinds: each kind has everything that pages, folders and notebooks need."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import pytest

from analysis import report
from analysis.charts.chart import Chart, ChartKind
from analysis.report import KINDS, charts_of
from tests.analysis.samples import small_round


@pytest.fixture(scope="module")
def all_charts() -> list[Chart]:
    return [
        chart
        for language in ("vi", "en")
        for path in ("VN", "VN/00/000/00000")
        for chart in charts_of(small_round(), path, language)
    ]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def charts(request: pytest.FixtureRequest, all_charts: list[Chart]) -> list[Chart]:
    kind: ChartKind = request.param
    found = [chart for chart in all_charts if chart.definition is kind]
    assert {chart.language for chart in found} == {"vi", "en"}
    return found


def test_names_are_unique() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert set(KINDS) == {*report.QUESTIONNAIRE_KINDS, *report.LOCALITY_KINDS}


def test_the_picture_contains_the_title_the_subtitle_the_source_and_the_base(charts: list[Chart]) -> None:
    for chart in charts:
        texts = chart.spec.texts
        assert texts.heading == chart.title
        assert texts.subtitle
        assert texts.foot[0] == chart.subject.base(is_weighted=False)
        assert texts.foot[-1] == chart.subject.source()
        printed = " ".join(chart.svg().replace("</text>", " ").split("<text")).replace("&amp;", "&")
        for text in (texts.heading, texts.subtitle, *texts.foot):
            assert all(word.replace("<", "&lt;") in printed for word in text.split()), (chart.id, text)


@pytest.mark.slow
def test_svg_figure_png_and_pdf_can_be_drawn(charts: list[Chart]) -> None:
    for chart in charts:
        assert chart.svg().startswith("<svg ")
        figure = chart.figure()
        assert figure.axes, chart.id
        assert (72 * figure.get_size_inches()).tolist() == pytest.approx([chart.spec.width, chart.spec.height])
    assert charts[0].png().startswith(b"\x89PNG")
    assert charts[0].pdf().startswith(b"%PDF")


def test_the_text_version_and_the_csv_have_a_cell_for_each_head(charts: list[Chart]) -> None:
    for chart in charts:
        table = chart.readable_table()
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.heads)}
        assert set(table.figures) < set(range(len(table.heads)))
        head, *rows = csv.reader(io.StringIO(chart.csv().decode("utf-8-sig")))
        assert len(rows) == len(chart.table)
        codes = {"task", "questionnaire", "category"} & set(chart.table.columns)
        columns = set(chart.table.columns) - {
            "own",
            "hidden",
            "withheld",
            *([] if chart.subject.is_about_people else ["answers"]),
        }
        assert len(set(head)) == len(head) == len(columns) + len(codes) + 6  # a name for each code; the context


@pytest.mark.slow
def test_the_plot_function_of_a_kind_draws_the_same_chart(charts: list[Chart]) -> None:
    """Notebooks call it; the module of each kind defines one."""
    chart = charts[0]
    module = vars(sys.modules[chart.definition.build_spec.__module__])
    (plot,) = (function for name, function in module.items() if name.startswith("plot_"))
    drawn = plot(chart.table, chart.subject)
    assert drawn.get_size_inches().tolist() == chart.figure().get_size_inches().tolist()
    assert len(drawn.axes) == len(chart.figure().axes)


@pytest.mark.slow
def test_an_svg_needs_no_matplotlib() -> None:
    script = (
        "import sys; from tests.analysis.samples import small_round; from analysis.report import charts_of; "
        "print(sum(len(c.svg()) for c in charts_of(small_round(), 'VN', 'vi')) > 0, 'matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
