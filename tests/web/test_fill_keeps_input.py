"""What is typed at /fill is never lost: not by what is pasted, not by a link, not by the language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.web.filling import Filling, demo_app


@pytest.fixture(scope="module")
def app(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with demo_app(prepared_demo, tmp_path_factory.mktemp("fill")) as app:
        yield app


@pytest.fixture
def filling(app: Flask) -> Filling:
    filling = Filling(app, "surveyor", "commune_visit")
    filling.put_in({})
    filling.open("awareness")
    return filling


NUMBER = "q_documents-0-q_document_number"


def test_a_pasted_control_character_costs_nothing_else(filling: Filling) -> None:
    answer = filling.press("save", [(NUMBER, "07\0-HD\x1b/MT\u200b"), ("q_plan_issued", "yes")])
    assert answer.status_code == 200
    assert filling.drafted()["documents"] == [{"document_number": "07-HD/MT"}]
    assert filling.drafted()["plan_issued"] == "yes"


def test_lines_that_are_pasted_stay_lines(filling: Filling) -> None:
    filling.press("save", [(NUMBER, "07-HD/MT\r\n08-HD/MT\v09-HD/MT")])
    assert filling.drafted()["documents"] == [{"document_number": "07-HD/MT\n08-HD/MT\n09-HD/MT"}]


def test_invisible_characters_are_no_answer(filling: Filling) -> None:
    filling.press("save", [(NUMBER, "\u200b\u2060 \u3164")])
    assert "documents" not in filling.drafted()
