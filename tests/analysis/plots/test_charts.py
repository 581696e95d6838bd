"""Every kind of chart, over rounds of several shapes: nothing leaves the picture, nothing overlaps, nothing leaks."""

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

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.plots import render, style
from analysis.plots.written import Texts
from analysis.report import Chart, charts_of
from analysis.round_tally import RoundTally
from tests.analysis.samples import small_round, with_own_level

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


def texts(figure: Figure) -> list[tuple[str, float, float, float, float]]:
    renderer = FigureCanvasAgg(figure).get_renderer()
    found = []
    for text in (text for each in figure.artists if isinstance(each, Texts) for text in each.as_texts()):
        if text.get_text():
            box = text.get_window_extent(renderer)
            found.append((text.get_text(), box.x0, box.y0, box.x1, box.y1))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("shape", ROUNDS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_texts_stay_inside_and_apart(shape: str, language: str) -> None:
    for chart in every_chart(ROUNDS[shape](), language):
        figure = chart.figure()
        wide, high = (72 * inches for inches in figure.get_size_inches())
        found = texts(figure)
        outside = [each for each in found if each[1] < 0 or each[2] < 0 or each[3] > wide or each[4] > high]
        assert outside == [], chart.id
        overlapping = [
            (a[0], b[0])
            for a, b in combinations(found, 2)
            if min(a[3], b[3]) - max(a[1], b[1]) > 1.0 and min(a[4], b[4]) - max(a[2], b[2]) > 4.0
        ]
        assert overlapping == [], f"{chart.id} {chart.locality}"


def test_marks_stay_inside_the_picture() -> None:
    for chart in every_chart(small_round()):
        figure = chart.figure()
        wide, high = (72 * inches for inches in figure.get_size_inches())
        collections = [each for each in figure.artists if isinstance(each, Collection)]
        marks = [path.vertices for each in collections for path in each.get_paths()]
        points = [tuple(point) for vertices in marks for point in vertices]
        assert points, chart.id
        for x, y in points:
            assert -1 <= x <= wide + 1, chart.id
            assert -1 <= y <= high + 1, chart.id


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes() -> None:
    first = [render.svg(chart.figure(), id_=chart.id) for chart in every_chart(small_round())]
    second = [render.svg(chart.figure(), id_=chart.id) for chart in every_chart(small_round())]
    assert first == second
    chart = next(every_chart(small_round()))
    assert render.png(chart.figure()) == render.png(chart.figure())
    assert render.pdf(chart.figure()) == render.pdf(chart.figure())


def test_svg_obeys_a_strict_policy_and_speaks() -> None:
    for chart in every_chart(small_round()):
        written = render.svg(chart.figure(), id_=chart.id, title=chart.title, description=chart.description)
        assert not re.search(r"\bstyle=|<style|<script|\bon\w+=|javascript:", written)
        root = ElementTree.fromstring(written)
        assert root.attrib["role"] == "img"
        titles = [each.text for each in root if each.tag.endswith(("title", "desc"))]
        assert titles == [chart.title, chart.description]
        ids = re.findall(r'\bid="([^"]+)"', written)
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", [HOSTILE, LONG])
def test_any_name_gives_valid_xml(name: str) -> None:
    for chart in every_chart(renamed(small_round(), name)):
        written = render.svg(chart.figure(), id_=f"{chart.id} <&>", title=chart.title, description=chart.description)
        root = ElementTree.fromstring(written)
        assert {each.tag.rpartition("}")[2] for each in root.iter()} <= {
            "svg", "title", "desc", "defs", "pattern", "rect", "path", "text",
        }  # fmt: skip


def test_charts_of_one_page_share_no_id() -> None:
    page = "".join(render.svg(c.figure(), id_=f"{c.id}-{c.language}") for c in charts_of(small_round(), "VN", "vi"))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {*re.findall(r"url\(#([^)]+)\)", page), *" ".join(re.findall(r'labelledby="([^"]+)"', page)).split()} <= {
        *ids
    }


@pytest.mark.slow
def test_another_process_writes_the_same_bytes() -> None:
    script = (
        "import hashlib; from tests.analysis.samples import small_round; from analysis.report import charts_of; "
        "from analysis.plots import render; "
        "print(hashlib.sha256(b''.join(render.svg(c.figure()).encode() + render.png(c.figure()) "
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


def test_matplotlib_itself_can_save_a_chart() -> None:
    figure = next(every_chart(small_round())).figure()
    for form, begins in (("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")):
        out = io.BytesIO()
        figure.savefig(out, format=form)
        assert out.getvalue().startswith(begins)


def test_the_renderer_writes_dashes_opacity_and_turned_texts() -> None:
    figure = Figure(figsize=(2, 2), dpi=72)
    figure.add_artist(Line2D([0, 1], [0, 1], linestyle="--", alpha=0.5, color="red"))
    figure.text(0.5, 0.5, "a<b", rotation=90)
    written = render.svg(figure)
    assert 'stroke-dasharray="' in written
    assert 'stroke-opacity="0.5"' in written
    assert re.search(r'transform="rotate\(-90 [^"]+"', written)
    assert "a&lt;b" in written


def test_a_hostile_name_is_only_text() -> None:
    rt = small_round()
    hostile = '<script>$x_{1}$</script> & "Xã"'
    name = next(path for path in rt.localities if path.count("/") == 1)
    object.__setattr__(rt.localities[name], "name", hostile)
    written = "".join(render.svg(chart.figure(), title=chart.description) for chart in every_chart(rt))
    assert "<script" not in written


def test_hidden_numbers_are_nowhere() -> None:
    """A commune with three residents: no chart of it or of what lies above tells what they said."""
    rt = small_round(1, residents=2)
    hidden = [path for path, shown in rt.shown("residents").items() if shown.hidden]
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


def test_a_picture_keeps_the_colours_of_the_key() -> None:
    from PIL import Image

    drawn = charts_of(small_round(1, residents=2), "VN/00", "vi")
    heat = next(each for each in drawn if each.kind == "heat_map" and each.table["hidden"].any())
    picture = Image.open(io.BytesIO(render.png(heat.figure()))).convert("RGB")
    found = {colour for _, colour in picture.getcolors(1 << 24) or []}
    keyed = [style.PAPER, style.HIDDEN, *(colour for _, colour in style.CLASSES)]
    for red, green, blue in (bytes.fromhex(each[1:]) for each in keyed):
        assert any(max(abs(r - red), abs(g - green), abs(b - blue)) <= 5 for r, g, b in found)
    assert picture.getpixel((2, 2)) == (255, 255, 255)
