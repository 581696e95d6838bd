"""Widths of texts, without matplotlib: never less than what matplotlib draws."""

from __future__ import annotations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from analysis.render import fonts
from analysis.render.figure import draw_figure
from analysis.render.spec import ChartSpec, ChartTexts
from analysis.render.text_artist import font_properties

TEXTS = ("Điểm trung bình theo địa bàn", "Tỷ lệ nộp phiếu", "AVATAR WAY", "0123456789,5", "→")


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("text", TEXTS)
def test_a_width_is_that_of_the_drawn_text_without_kerning(text: str, bold: bool) -> None:
    draw_figure(ChartSpec(10, 10, ChartTexts((), "", "", "", ())))  # registers the fonts
    figure = Figure(dpi=72)
    drawn = figure.text(0, 0, text, fontproperties=font_properties(40.0, bold), parse_math=False)
    box = drawn.get_window_extent(FigureCanvasAgg(figure).get_renderer())
    width = fonts.width(text, 40.0, bold)
    assert box.width - 2 <= width <= 1.15 * box.width
    assert fonts.max_width(text, 40.0, bold) >= width


def test_wrapped_lines_fit_and_lose_no_word() -> None:
    text = "Nâng cao nhận thức về vai trò, trách nhiệm của Đảng, chính quyền đối với Mặt trận"
    lines = fonts.wrap(text, 10.0, 120.0)
    assert " ".join(lines) == text
    assert len(lines) > 2
    assert all(fonts.width(line, 10.0) <= 120.0 for line in lines)
    two = fonts.wrap_at_most(2, text, 10.0, 120.0)
    assert len(two) == 2
    assert two[1].endswith(" …")
    assert fonts.width(two[1], 10.0) <= 120.0
    assert fonts.wrap("Krông" * 9, 10.0, 60.0) != ["Krông" * 9]
