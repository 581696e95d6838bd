"""The part of the charts page that shows the charts of a bundle: figures with their pictures, links and tables.

It is the same for every reader, so that it is written and compressed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from analysis.charts.texts import format_number, say
from survey_server.domain import ChartKey
from survey_server.services.published_charts import ChartEntry

if TYPE_CHECKING:
    from analysis.charts.tables import ReadableTable

LINKED_FORMATS = ("csv", "svg", "png", "pdf")
_TABLE = "table"  # the name of a text of the charts


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart on the page. The picture is inlined, so that it uses the page's font and a screen reader finds its title
    and description; it is written from escaped texts only."""

    entry: ChartEntry
    svg: str
    table: ReadableTable


def page_part(key: ChartKey, figures: Sequence[Figure]) -> bytes:
    return "".join(_figure(key, each) for each in figures).encode()


def _figure(key: ChartKey, figure: Figure) -> str:
    entry = figure.entry
    id_, title = escape(entry.id), escape(entry.title)
    n = f'<span class="n">n = {format_number(entry.n, entry.language)}</span>' if entry.n is not None else ""
    address = "/".join(quote(part) for part in ("", "charts", key.round, key.level, key.code, "file"))
    links = "\n".join(
        f'<a href="{address}/{quote(entry.file(format_))}">{format_.upper()}'
        f'<span class="hidden-label">: {title}</span></a>'
        for format_ in LINKED_FORMATS
    )
    return f"""<figure class="chart" id="{id_}" aria-labelledby="heading-{id_}">
<h2 class="hidden-label" id="heading-{id_}">{title}</h2>
<div class="picture" tabindex="0" role="group" aria-label="{title}">{figure.svg}</div>
<figcaption>
{n}
{links}
{_numbers(figure.table, entry.language, title)}</figcaption>
</figure>
"""


def _numbers(table: ReadableTable, language: str, title: str) -> str:
    """The table, folded; nothing where it has no rows. `title` is escaped."""
    if not table.rows:
        return ""
    heading = escape(say(_TABLE, language))
    heads = "".join(
        f'<th scope="col"{_class(table, column)}>{escape(head)}</th>' for column, head in enumerate(table.heads)
    )
    rows = "".join(f"<tr>{_cells(table, row)}</tr>" for row in table.rows)
    note = f'<p class="hint">{escape(table.note)}</p>\n' if table.note else ""
    return f"""<details class="numbers"><summary>{heading}<span class="hidden-label">: {title}</span></summary>
<div class="scroll" tabindex="0" role="group" aria-label="{heading}: {title}"><table>
<thead><tr>{heads}</tr></thead>
<tbody>{rows}</tbody>
</table></div>
{note}</details>
"""


def _cells(table: ReadableTable, row: Sequence[str]) -> str:
    first, *others = row
    cells = (f"<td{_class(table, column)}>{escape(cell)}</td>" for column, cell in enumerate(others, 1))
    return f'<th scope="row">{escape(first)}</th>{"".join(cells)}'


def _class(table: ReadableTable, column: int) -> str:
    return ' class="number"' if column in table.figures else ""
