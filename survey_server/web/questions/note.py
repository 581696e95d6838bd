"""A text without inputs."""

from __future__ import annotations

from survey_server.web.question_types import WebType

WEB = WebType()
