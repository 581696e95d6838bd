"""The pages of the folder: HTML with the charts inlined, so that they use the style sheet's font."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from analysis.charts.chart import Chart
from analysis.charts.texts import in_language, say
from analysis.i18n import languages
from analysis.render import fonts
from analysis.round_tally import RoundTally, with_ancestors

_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="../../charts.css"></head>
<body><nav>{ancestors}</nav><h1>{title}</h1><p>{switch}</p>{below}
{charts}
</body></html>
"""
_INDEX = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="refresh" content="0; url={target}"></head>
<body><p><a href="{target}">{title}</a></p></body></html>
"""
_CSS = """body { font-family: "Be Vietnam Pro", "DejaVu Sans", sans-serif; line-height: 1.5; margin: 1.5rem auto;
  max-width: 60rem; padding: 0 1rem; color: #1c2326; }
figure { margin: 1.5rem 0; border-top: 1px solid #c9d0d3; padding-top: 1rem; break-inside: avoid; }
svg { max-width: 100%; height: auto; } nav a::after { content: " ›"; } ul { columns: 3 14rem; }
details { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.85rem; }
th, td { border: 1px solid #c9d0d3; padding: 0.2rem 0.5rem; text-align: left; }
@media print { nav, details { display: none; } figure:not([id*="completeness"]) svg { max-height: 24cm; } }
"""
_FACE = (
    '@font-face {{ font-family: "Be Vietnam Pro"; font-weight: {weight}; src: url(data:font/woff;base64,{font}); }}\n'
)
# The code points of the embedded font: Latin with diacritics, Vietnamese, punctuation, signs in charts.
_LETTERS = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x1A0, 0x1B1), *range(0x300, 0x330), *range(0x1E00, 0x1F00)]
_LETTERS += [*range(0x2010, 0x2040), 0x20AB, 0x2212, 0x2264, 0x2265]


@dataclass(frozen=True, slots=True)
class WrittenChart:
    """A chart whose files are written: `name` is their name without the ending."""

    chart: Chart
    name: str
    svg: str


def style_sheet() -> str:
    """With the charts' font embedded, since a page opened from a USB stick cannot fetch it from elsewhere."""
    return "".join(_face(bold) for bold in (False, True)) + _CSS


def _face(bold: bool) -> str:
    """ "" where Be Vietnam Pro is not installed; the pictures then use DejaVu Sans too."""
    file = fonts.font_files(bold)[0]
    if not file.name.startswith("BeVietnamPro"):
        return ""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(file, recalcTimestamp=False)
    subsetter = Subsetter(Options(layout_features=["*"]))
    subsetter.populate(unicodes=_LETTERS)
    subsetter.subset(font)
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    return _FACE.format(weight=600 if bold else 400, font=base64.b64encode(out.getvalue()).decode())


def index_page(title: str, target: str) -> str:
    return _INDEX.format(title=title, target=target)


def locality_page(
    rt: RoundTally, path: str, language: str, charts: Sequence[WrittenChart], shown: frozenset[str]
) -> str:
    """`shown`: the paths of the localities that have a page."""
    *above, _ = with_ancestors(path)
    below = [row for row in rt.children(path) if row.path in shown]
    others = [each for each in languages() if each != language]
    return _PAGE.format(
        language=language,
        title=escape(f"{rt.localities[path].name} – {in_language(rt.round.name, language)}"),
        ancestors=" ".join(_link(rt, each, language) for each in above),
        switch=" ".join(
            f'<a href="index.{each}.html" lang="{each}">{say("language_name", each)}</a>' for each in others
        ),
        below=f"<ul>{''.join(f'<li>{_link(rt, row.path, language)}</li>' for row in below)}</ul>" if below else "",
        charts="\n".join(_figure(each) for each in charts),
    )


def _link(rt: RoundTally, path: str, language: str) -> str:
    row = rt.localities[path]
    return f'<a href="../../{row.level}/{row.code}/index.{language}.html">{escape(row.name)}</a>'


def _figure(drawn: WrittenChart) -> str:
    files = " · ".join(
        f'<a href="{escape(drawn.name)}.{format_}">{format_.upper()}</a>' for format_ in ("svg", "png", "csv")
    )
    numbers = f"<details><summary>{say('table', drawn.chart.language)}</summary>{_table(drawn.chart)}</details>"
    return f'<figure id="{escape(drawn.name)}">{drawn.svg}<figcaption>{files}</figcaption>{numbers}</figure>'


def _table(chart: Chart) -> str:
    table = chart.readable_table()
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in table.heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{each}</td>" for each in others)}</tr>'
        for first, *others in (map(escape, row) for row in table.rows)
    )
    note = f"<p>{escape(table.note)}</p>" if table.note else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"
