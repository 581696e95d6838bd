"""A text that is shown and asks nothing."""

from survey_server.questionnaire.question import COMMON_KEYS, QuestionType

TYPE = QuestionType(name="note", keys=COMMON_KEYS, role="note")
