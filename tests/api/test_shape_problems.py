"""Wrong shapes are reported in the language asked for, with one full stop."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields

from survey_server.api.bodies import shape_problems
from survey_server.api.schemas import EnrolSchema
from survey_server.i18n import LibraryMessage
from survey_server.problems import Problem
from survey_server.problems.device_api import WRONG_SHAPE


@pytest.mark.parametrize(
    "sent",
    [
        {},
        [],
        {"code": None, "name": "x"},
        {"code": 5, "name": "x"},
        {"code": "", "name": "x" * 101},
        {"code": "x", "name": "x", "device_id": "x" * 37},
    ],
)
def test_every_wrong_shape_is_described_in_both_languages(sent: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        EnrolSchema().load(sent)
    problem = Problem(WRONG_SHAPE, {"fields": shape_problems(refused.value)})
    vi, en = problem.text("vi"), problem.text("en")
    assert "không đúng mẫu" not in vi
    assert not any(word in vi for word in ("field", "Field", "Length", "valid", "Invalid", "_schema"))
    assert en.isascii()
    assert not vi.endswith("..")
    assert not en.endswith("..")


def test_every_text_of_marshmallow_is_translated() -> None:
    texts = {**fields.String().error_messages, **Schema.error_messages}
    known = {name: text for name, text in texts.items() if name != "invalid_utf8"}  # JSON that is read is text
    translated = {name: LibraryMessage(str(text), "marshmallow").text("vi") for name, text in known.items()}
    assert "không đúng mẫu" not in translated.values()
