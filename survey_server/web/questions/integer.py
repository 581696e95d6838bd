"""A whole number: typed like any number; the checker refuses fractions."""

from __future__ import annotations

from dataclasses import replace

from survey_server.web.question_types import field_of
from survey_server.web.questions.decimal import WEB as DECIMAL, NumberField


class IntegerField(NumberField):
    """Of two readings the whole one: "1.500" is 1500, and "1,500" may be."""

    is_whole = True


WEB = replace(DECIMAL, make_field=field_of(IntegerField))
