"""The figure of a chart, which shows itself in a notebook."""

from __future__ import annotations

from matplotlib.figure import Figure


class Picture(Figure):
    """A bare `Figure` is shown by pyplot only, which no chart uses. As PNG, not SVG: the reader of a notebook may lack
    the charts' font, and two SVGs of one notebook would share their ids."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """The bytes, and the width in pixels at which a page shows them."""
        from analysis.plots.render import png  # which imports what a canvas needs

        return png(self), {"width": round(72 * float(self.get_size_inches()[0]))}
