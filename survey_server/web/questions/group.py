"""Questions under a heading; the group itself has no inputs."""

from __future__ import annotations

from survey_server.web.question_types import WebType

WEB = WebType()
