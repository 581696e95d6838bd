"""A whole number: typed like any number; the checker refuses fractions."""

from survey_server.web.questions.decimal import WEB

__all__ = ["WEB"]
