"""A value that is shown and not typed."""

from __future__ import annotations

from survey_server.web.question_types import WebType

WEB = WebType()
