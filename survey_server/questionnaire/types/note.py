"""A text that is shown and asks nothing."""

from __future__ import annotations

from survey_server.questionnaire.model import COMMON_KEYS, QuestionType

TYPE = QuestionType(name="note", keys=COMMON_KEYS, role="note")
