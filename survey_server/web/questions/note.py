"""A text without inputs."""

from survey_server.web.question_types import WebType

WEB = WebType()
