"""Draws the sections and questions of a questionnaire: one markup for /fill and for the tablet page.

Every question is `<div class="question" id="field-<path>" data-question data-type data-path>`; a path joins the
names and instance numbers with "-" ("documents-0-number"). On the tablet each text stands there in both languages,
in `<span class="t" lang="…">`, and the style sheet shows one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from flask import current_app, render_template
from markupsafe import Markup, escape

from survey_server.i18n import Message, languages
from survey_server.questionnaire.model import Choice, ChoiceList, Question, Questionnaire, Section, Text
from survey_server.web.language import in_every_language, in_language
from survey_server.web.question_fields import PREFIX

Mode = Literal["fill", "tablet"]
_BOLD = re.compile(r"\*\*(?=\S)([^*]+?)(?<=\S)\*\*")
_ITALIC = re.compile(r"(?<!\*)\*(?=\S)([^*]+?)(?<=\S)\*(?!\*)")
_NO_CHOICES = ChoiceList(name="", scale="nominal", options=())


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """What the templates of questions ask: texts in the right language, problems, what is hidden."""

    questionnaire: Questionnaire
    mode: Mode
    language: str
    problems: Mapping[str, str] = field(default_factory=dict)  # path → message
    relevant: frozenset[str] | None = None  # names; None: all
    calculated: Mapping[str, str] = field(default_factory=dict)  # path → value as shown

    def text(self, text: Text) -> Markup:
        return self._both(lambda language: render_markdown(in_language(text, language)))

    def say(self, message: str, **parts: object) -> Markup:
        """A text of the page itself."""
        return self._both(lambda language: escape(Message(message, **parts).text(language)))

    def plain(self, text: Text | str, language: str | None = None) -> str:
        """For places that take no markup, as an `<option>`. A str is a text of the page itself."""
        shown = language or self.language
        return Message(text).text(shown) if isinstance(text, str) else in_language(text, shown)

    def plain_in_all(self, text: Text | str) -> dict[str, str]:
        """{language: text}, for `data-<language>`."""
        return {language: self.plain(text, language) for language in languages()}

    def choices(self, question: Question) -> ChoiceList:
        return self.questionnaire.choices.get(question.choices or "", _NO_CHOICES)

    def missing(self, question: Question) -> tuple[Choice, ...]:
        return (*self.choices(question).missing, *question.missing)

    def required(self, question: Question) -> bool:
        """Whether the question is ever required; one that never is is marked as optional."""
        return question.required is not False

    def shows(self, question: Question) -> bool:
        return self.mode == "tablet" or self.relevant is None or question.name in self.relevant

    def draw(self, question: Question, form: Any, parent: str = "") -> Markup:
        """One question; `form` holds its field, `parent` is the path of the repeat's instance that it stands in."""
        if not self.shows(question):
            return Markup("")
        path = f"{parent}-{question.name}" if parent else question.name
        template = current_app.jinja_env.get_template(f"questions/{question.type}.html")
        shown = getattr(template.module, "question")  # noqa: B009  a macro, unknown to the type checker
        name = PREFIX + question.name
        field = form[name] if name in form else None  # noqa: SIM401  a form has no get
        return cast(Markup, shown(self, question, field, path, form))

    def draw_all(self, questions: tuple[Question, ...], form: Any, parent: str = "") -> Markup:
        return Markup("").join(self.draw(question, form, parent) for question in questions)

    def instances(self, field: Any) -> Iterator[tuple[int, Any]]:
        """The instances of a repeat: their numbers in the input names, and their forms."""
        for entry in field.entries:
            yield int(entry.name.rpartition("-")[2]), entry.form

    def blank_instance(self, field: Any) -> Any:
        """An empty instance, its number written `__i__`, for the page's script to copy."""
        unbound = field.unbound_field.bind(form=None, name="blank", prefix="", _meta=field.meta)
        unbound.name = f"{field.name}-__i__"
        unbound.process(None)
        return unbound.form

    def _both(self, write: Callable[[str], Markup]) -> Markup:
        if self.mode == "fill":
            return write(self.language)
        return in_every_language(write)


def render_questionnaire(
    questionnaire: Questionnaire,
    *,
    mode: Mode = "fill",
    language: str = "vi",
    form: Any,
    sections: tuple[Section, ...] | None = None,
    problems: Mapping[str, str] | None = None,
    relevant: frozenset[str] | None = None,
    calculated: Mapping[str, str] | None = None,
) -> Markup:
    """The sections (all by default) as HTML, without the `<form>` around them."""
    page = QuestionPage(questionnaire, mode, language, problems or {}, relevant, calculated or {})
    shown = questionnaire.sections if sections is None else sections
    return Markup(render_template("questions/sections.html", page=page, sections=shown, form=form))  # noqa: S704  the template escapes


def render_markdown(text: str) -> Markup:
    """The Markdown of questionnaire texts: **bold**, *italic*, line breaks. All else is escaped."""
    html = _ITALIC.sub(r"<em>\1</em>", _BOLD.sub(r"<strong>\1</strong>", str(escape(text.strip()))))
    return Markup(html.replace("\n", "<br>"))  # noqa: S704  escaped above
