"""Every kind of chart, over rounds of several shapes: nothing leaves the picture, nothing overlaps."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from analysis.charts.chart import Chart, ChartKind
from analysis.render import style
from analysis.render.figure import draw_figure
from analysis.render.spec import Dot, HatchedCell, Line, Mark, Rectangle, Text
from analysis.render.svg import svg
from analysis.render.text_artist import TextArtist
from analysis.report import KINDS, charts_of
from analysis.round_tally import RoundTally
from tests.analysis.samples import make_small_round, small_round, with_own_level

ROUNDS = {
    "two provinces": lambda: small_round(),
    "one province, few residents": lambda: small_round(1, residents=1),
    "63 provinces": lambda: small_round(63, residents=2),
    "nobody yet": lambda: _empty(),
    "30 communes": lambda: small_round(1, communes=30),
    "one locality": lambda: small_round(1, communes=1),
    "all suppressed": lambda: small_round(1, residents=1, communes=1),
    "hostile names": lambda: renamed(small_round(), HOSTILE),
    "long names": lambda: renamed(small_round(), LONG),
    "committees of every level": lambda: with_own_level(small_round(), residents=4),
    "committees of every level, long names": lambda: renamed(with_own_level(small_round()), LONG),
    "one long word": lambda: renamed(small_round(), "Krông" * 60),
}
HOSTILE = """<script>alert("1")</script>&"'$x^{2}$ %s {0} \x00\x1b \\u202e Xã"""
LONG = "Thị trấn Nông trường Việt Lâm thuộc huyện Vị Xuyên tỉnh Hà Giang nước Cộng hòa xã hội chủ nghĩa Việt Nam " * 2


def renamed(rt: RoundTally, name: str) -> RoundTally:
    places = {path: replace(row, name=name) for path, row in rt.localities.items()}
    return RoundTally(rt.round, rt.framework, rt.codebook, places, rt.leaves, rt.expected, rt.cut)


def _empty() -> RoundTally:
    rt = small_round()
    return RoundTally(rt.round, rt.framework, rt.codebook, rt.localities, {}, rt.expected, rt.cut)


def every_chart(rt: RoundTally, language: str = "vi") -> Iterator[Chart]:
    commune = next(path for path in rt.localities if path.count("/") == 3)
    for path in ("VN", "VN/00", commune.rpartition("/")[0], commune):
        if len(rt.localities) < 500 or path != commune.rpartition("/")[0]:
            yield from charts_of(rt, path, language)


def boxes_of_texts(figure: Figure) -> list[tuple[str, float, float, float, float]]:
    """What is drawn, as (text, left, bottom, right, top) in pixels; the labels of ticks included."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    artists = [*figure.artists, *(artist for axes in figure.axes for artist in axes.artists)]
    drawn = [text for artist in artists if isinstance(artist, TextArtist) for text in artist.get_children()]
    axis = [each for axes in figure.axes for each in (axes.xaxis, axes.yaxis) if each.get_visible()]
    drawn += [label for each in axis for label in each.get_ticklabels()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in drawn if text.get_text()]
    return [(text, box.x0, box.y0, box.x1, box.y1) for text, box in boxes]


@pytest.mark.slow
@pytest.mark.parametrize("shape", ROUNDS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_texts_stay_inside_and_apart(shape: str, language: str) -> None:
    """In the bare figure of PNG and PDF: texts are at the same places as in the SVG."""
    for chart in every_chart(ROUNDS[shape](), language):
        assert_texts_inside_and_apart(draw_figure(chart.spec, with_axes=False), f"{chart.id} {chart.locality}")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_texts_stay_inside_and_apart_in_a_figure_with_axes(kind: ChartKind) -> None:
    charts = [each for each in charts_of(small_round(), "VN", "vi") if each.kind == kind.name]
    assert charts
    for chart in charts:
        assert_texts_inside_and_apart(chart.figure(), chart.id)


def assert_texts_inside_and_apart(figure: Figure, name: str) -> None:
    wide, high = (72 * inches for inches in figure.get_size_inches())
    found = boxes_of_texts(figure)
    assert found, name
    outside = [each for each in found if each[1] < 0 or each[2] < 0 or each[3] > wide or each[4] > high]
    assert outside == [], name
    overlapping = [
        (a[0], b[0])
        for a, b in combinations(found, 2)
        if min(a[3], b[3]) - max(a[1], b[1]) > 1.0 and min(a[4], b[4]) - max(a[2], b[2]) > 4.0
    ]
    assert overlapping == [], name


def corners(mark: Mark) -> list[tuple[float, float]]:
    match mark:
        case Rectangle() | HatchedCell():
            return [(mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)]
        case Line():
            return [(mark.x1, mark.y1), (mark.x2, mark.y2)]
        case Dot():
            return [(mark.x - mark.radius, mark.y - mark.radius), (mark.x + mark.radius, mark.y + mark.radius)]
        case Text():
            return [(mark.x, mark.y)]


@pytest.mark.slow
def test_marks_stay_inside_the_picture() -> None:
    for chart in every_chart(small_round()):
        spec = chart.spec
        points = [point for mark in spec.all_marks() if not isinstance(mark, Text) for point in corners(mark)]
        assert points, chart.id
        for x, y in points:
            assert -1 <= x <= spec.width + 1, chart.id
            assert -1 <= y <= spec.height + 1, chart.id


@pytest.mark.slow
def test_marks_of_a_panel_stay_inside_its_axes() -> None:
    """Lines of a whole and of zero begin a few pixels above."""
    for chart in every_chart(small_round()):
        for panel in chart.spec.panels:
            for mark in panel.marks:
                for x, y in corners(mark) if isinstance(mark, Rectangle | HatchedCell | Line) else ():
                    assert panel.x.start - 0.01 <= x <= panel.x.end + 0.01, chart.id
                    assert panel.y.start - 8.01 <= y <= panel.y.end + 8.01, chart.id


@pytest.mark.slow
def test_the_line_of_the_whole_crosses_no_sentence_of_a_hidden_row() -> None:
    charts = [*every_chart(ROUNDS["63 provinces"]()), *every_chart(ROUNDS["30 communes"]())]
    hidden_beside_a_line = 0
    for panel in (panel for chart in charts if chart.kind == "dots" for panel in chart.spec.panels):
        lines = [mark for mark in panel.marks if isinstance(mark, Line) and mark.colour == style.SOFT]
        cells = [mark for mark in panel.marks if isinstance(mark, HatchedCell)]
        hidden_beside_a_line += bool(lines and cells)
        assert all(
            max(line.y1, line.y2) <= cell.y or min(line.y1, line.y2) >= cell.y + cell.height
            for line in lines
            for cell in cells
        )
    assert hidden_beside_a_line


@pytest.mark.slow
def test_axes_have_the_limits_and_ticks_of_the_data() -> None:
    charts = {chart.kind: chart for chart in charts_of(small_round(), "VN", "vi")}
    dots, heat_map = charts["dots"].figure(), charts["heat_map"].figure()
    assert len(dots.axes) == 6
    for axes in dots.axes:
        assert axes.get_xlim() == pytest.approx((0, 100))
        assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "25", "50", "75", "100"]
        assert [label.get_text() for label in axes.get_yticklabels()] == ["Tỉnh số 0", "Tỉnh số 1"]
    (axes,) = heat_map.axes
    assert axes.get_ylim() == pytest.approx((1.5, -0.5))  # rows run down
    assert len(axes.get_xticks()) == 6
    assert {len(charts[kind].figure().axes) for kind in ("ratings_by_task", "tile_diagram")} == {1, 6}


def test_dots_are_at_their_scores() -> None:
    chart = next(each for each in charts_of(small_round(), "VN", "vi") if each.kind == "dots")
    first = chart.table[chart.table["task"] == "task1"]
    (dots,) = [each for each in chart.figure().axes[0].collections if len(each.get_offsets()) > 1]
    x, y = np.asarray(dots.get_offsets()).T.tolist()
    assert x == pytest.approx(list(first["estimate"]))
    assert y == pytest.approx(range(len(first)))


@pytest.mark.slow
def test_a_figure_with_axes_is_the_same_picture() -> None:
    """Marks and texts as in the PNG; only the labels of ticks, which matplotlib sets itself, may lie a pixel apart."""
    for chart in charts_of(small_round(), "VN", "vi"):
        bare, with_axes = (pixels(draw_figure(chart.spec, with_axes=each)) for each in (False, True))
        assert bare.shape == with_axes.shape
        other = (abs(bare.astype(int) - with_axes).max(axis=2) > 40).mean()
        assert other < (0.01 if chart.kind == "dots" else 0.0001), chart.id


def pixels(figure: Figure) -> NDArray[np.uint8]:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


@pytest.mark.slow
def test_no_mark_of_a_figure_leaves_it() -> None:
    for chart in charts_of(small_round(), "VN", "vi"):
        figure = chart.figure()
        wide, high = (72 * inches for inches in figure.get_size_inches())
        renderer = FigureCanvasAgg(figure).get_renderer()
        collections = [each for each in figure.findobj(Collection) if isinstance(each, Collection)]
        assert len(collections) > 1
        for each in collections:
            box = each.get_window_extent(renderer)
            assert box.x0 >= -1, chart.id
            assert box.y0 >= -1, chart.id
            assert box.x1 <= wide + 1, chart.id
            assert box.y1 <= high + 1, chart.id


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes() -> None:
    first, second = ([chart.svg() for chart in every_chart(make_small_round())] for _ in range(2))
    assert first == second
    chart = next(every_chart(small_round()))
    assert chart.png() == chart.png()
    assert chart.pdf() == chart.pdf()


@pytest.mark.slow
def test_svg_obeys_a_strict_policy_and_has_title_and_description() -> None:
    for chart in every_chart(small_round()):
        written = chart.svg()
        assert not re.search(r"\bstyle=|<style|<script|\bon\w+=|javascript:", written)
        root = ElementTree.fromstring(written)
        assert root.attrib["role"] == "img"
        titles = [each.text for each in root if each.tag.endswith(("title", "desc"))]
        assert titles == [chart.title, chart.description]
        ids = re.findall(r'\bid="([^"]+)"', written)
        assert len(ids) == len(set(ids))


@pytest.mark.slow
@pytest.mark.parametrize("name", [HOSTILE, LONG])
def test_any_name_gives_valid_xml(name: str) -> None:
    for chart in every_chart(renamed(small_round(), name)):
        written = svg(chart.spec, id_=f"{chart.id} <&>", title=chart.title, description=chart.description)
        root = ElementTree.fromstring(written)
        assert {each.tag.rpartition("}")[2] for each in root.iter()} <= {
            "svg", "title", "desc", "defs", "pattern", "rect", "path", "text", "line", "circle",
        }  # fmt: skip


def test_charts_of_one_page_share_no_id() -> None:
    page = "".join(chart.svg() for chart in charts_of(small_round(1, residents=6), "VN/00/000", "vi"))
    assert "url(#" in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {*re.findall(r"url\(#([^)]+)\)", page), *" ".join(re.findall(r'labelledby="([^"]+)"', page)).split()} <= {
        *ids
    }


@pytest.mark.slow
def test_another_process_writes_the_same_bytes() -> None:
    script = (
        "import hashlib; from tests.analysis.samples import small_round; from analysis.report import charts_of; "
        "print(hashlib.sha256(b''.join(c.svg().encode() + c.png() "
        "for c in charts_of(small_round(), 'VN/00', 'vi'))).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(found) == 1


@pytest.mark.slow
def test_matplotlib_itself_can_save_a_chart() -> None:
    figure = next(every_chart(small_round())).figure()
    for form, begins in (("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")):
        out = io.BytesIO()
        figure.savefig(out, format=form)
        assert out.getvalue().startswith(begins)


@pytest.mark.slow
def test_a_hostile_name_is_only_text() -> None:
    rt = renamed(small_round(), '<script>$x_{1}$</script> & "Xã"')
    written = "".join(chart.svg() for chart in every_chart(rt))
    assert "<script" not in written


def test_hidden_numbers_are_nowhere() -> None:
    """Communes whose residents are published at the district: no chart shows their answers by commune."""
    rt = small_round(1, residents=4)
    hidden = [path for path in rt.localities if rt.shown(path, "residents").hidden]
    assert hidden
    for chart in every_chart(rt):
        if chart.questionnaire != "residents":
            continue
        for row in chart.table.to_dict("records"):
            if row.get("locality", chart.locality) in hidden:
                values = [row.get(key) for key in ("estimate", "low", "high", "share", "count", "received")]
                assert all(value is None or value != value for value in values)
        if chart.locality in hidden:
            assert chart.n is None
            assert "n =" not in chart.description


@pytest.mark.slow
def test_a_picture_keeps_the_colours_of_the_key() -> None:
    from PIL import Image

    drawn = charts_of(small_round(1, residents=6), "VN/00/000", "vi")
    heat = next(each for each in drawn if each.kind == "heat_map" and each.table["hidden"].any())
    picture = Image.open(io.BytesIO(heat.png())).convert("RGB")
    found = {colour for _, colour in picture.getcolors(1 << 24) or []}
    keyed = [style.PAPER, style.HIDDEN, *(colour for _, colour in style.CLASSES)]
    for red, green, blue in (bytes.fromhex(each[1:]) for each in keyed):
        assert any(max(abs(r - red), abs(g - green), abs(b - blue)) <= 5 for r, g, b in found)
    assert picture.getpixel((2, 2)) == (255, 255, 255)
