"""A whole number: typed like any number; the checker refuses fractions."""

from __future__ import annotations

from survey_server.web.questions.decimal import WEB

__all__ = ["WEB"]
