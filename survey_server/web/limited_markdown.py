"""The Markdown subset of questionnaire texts: **bold**, *italic*, line breaks. All else is escaped."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_BOLD = re.compile(r"\*\*(?=\S)([^*]+?)(?<=\S)\*\*")
_ITALIC = re.compile(r"(?<!\*)\*(?=\S)([^*]+?)(?<=\S)\*(?!\*)")


def render_markdown(text: str) -> Markup:
    html = str(escape(text.strip()))
    html = _ITALIC.sub(r"<em>\1</em>", _BOLD.sub(r"<strong>\1</strong>", html))
    return Markup(html.replace("\n", "<br>"))  # noqa: S704  escaped above
