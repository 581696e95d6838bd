from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from survey_server.web.question_fields import form_class
from survey_server.web.question_pages import render_questionnaire
from tests.web.every_type import EVERY_TYPE, HOSTILE

TEMPLATES = Path(__file__).parents[2] / "survey_server" / "web" / "templates"


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask(__name__, template_folder=str(TEMPLATES))
    app.config.update(SECRET_KEY="only in this test, long enough", WTF_CSRF_ENABLED=False)
    with app.test_request_context(method="POST"):
        yield app


def page(typed: dict[str, Any] | None = None, **options: Any) -> str:
    form = form_class(EVERY_TYPE)(MultiDict(typed or {}))
    return str(render_questionnaire(EVERY_TYPE, form=form, **options))


@pytest.mark.slow
@pytest.mark.usefixtures("app")
def test_each_question_stands_in_its_wrapper() -> None:
    written = page()
    for question in EVERY_TYPE.walk():
        if question.name not in ("number", "issued_on"):
            assert f'id="field-{question.name}"' in written
            assert f'data-question="{question.name}" data-type="{question.type}"' in written
    assert '<section class="section" id="section-first" data-section="first"' in written


@pytest.mark.usefixtures("app")
def test_hostile_labels_and_values_are_text() -> None:
    written = page({"q_data": f'">{HOSTILE}'})
    assert HOSTILE not in written
    assert "&lt;script&gt;" in written
    assert "<strong>Đậm</strong> &amp; nghiêng" in written


@pytest.mark.usefixtures("app")
def test_fill_shows_one_language_and_the_tablet_both() -> None:
    assert "Phần một" in page()
    assert "Part one" not in page()
    assert "Part one" in page(language="en")
    both = page(mode="tablet")
    assert '<span class="t" lang="vi">Phần một</span><span class="t" lang="en">Part one</span>' in both


@pytest.mark.usefixtures("app")
def test_what_was_typed_stands_there_again() -> None:
    written = page(
        {
            "q_staff": "mười hai",
            "q_rated": "good",
            "q_figures-classes-y2010-missing": "none_arose",
            "q_documents-4-q_number": "12/KH-MT",
        },
        problems={"staff": "Ghi bằng số."},
    )
    assert 'value="mười hai"' in written
    assert 'value="good" checked' in written
    assert 'value="none_arose" data-vi="Không phát sinh" data-en="none arose" selected' in written
    assert 'name="q_documents-0-q_number"' in written
    assert ">12/KH-MT</textarea>" in written
    assert 'id="problem-staff" role="alert">Ghi bằng số.</div>' in written
    assert 'name="remove" value="documents-0"' in written


@pytest.mark.slow
@pytest.mark.usefixtures("app")
def test_the_tablet_page_carries_a_blank_instance() -> None:
    assert 'name="q_documents-__i__-q_number"' in page(mode="tablet")
    assert 'data-path="documents-__i__-number"' in page(mode="tablet")
    assert "__i__" not in page()


@pytest.mark.slow
@pytest.mark.usefixtures("app")
def test_questions_off_the_route_are_left_out_of_the_filling_page_only() -> None:
    relevant = frozenset({"staff"})
    assert 'id="field-rated"' not in page(relevant=relevant)
    assert 'id="field-rated"' in page(mode="tablet", relevant=relevant)
