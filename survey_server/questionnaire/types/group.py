"""Questions under one heading and one condition; a group has no answer of its own."""

from __future__ import annotations

from survey_server.questionnaire.model import COMMON_KEYS, QuestionType

TYPE = QuestionType(name="group", keys=(*COMMON_KEYS, "questions"), role="group", may_repeat=False)
