"""What the pages make once, from the program's own files and from published versions of questionnaires."""

from __future__ import annotations

from typing import cast

from flask import current_app
from flask_wtf import FlaskForm

from survey_server.caches import PermanentCache
from survey_server.questionnaire.model import Questionnaire
from survey_server.settings import Settings
from survey_server.web.question_fields import form_class
from survey_server.web.static_files import StaticFiles
from survey_server.web.tablet_shell import Shell, build_shell

MAX_VERSIONS = 200  # of questionnaires in use at a time


class WebState:
    """The application has one, made when a runtime is bound. A published version and the program's files never change
    under a running server, so nothing invalidates what it caches."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._static_files: PermanentCache[str, StaticFiles] = PermanentCache(1)
        self.tablet_pages: PermanentCache[tuple[str, str], bytes] = PermanentCache(MAX_VERSIONS)
        self._forms: PermanentCache[str, type[FlaskForm]] = PermanentCache(MAX_VERSIONS)
        self._shell: PermanentCache[str, Shell] = PermanentCache(1)

    @property
    def static_files(self) -> StaticFiles:
        """Read when first needed: a start does not need them, and reading them takes 0.015 s in each worker."""
        return self._static_files.get_existing("", lambda: StaticFiles(self._settings))

    @property
    def shell(self) -> Shell:
        """The tablet's shell; rendering it needs an application context."""
        return self._shell.get_existing(self.static_files.version, lambda: build_shell(self.static_files))

    def form_class(self, questionnaire: Questionnaire) -> type[FlaskForm]:
        return self._forms.get_existing(questionnaire.sha256, lambda: form_class(questionnaire))


def web_state() -> WebState:
    return cast(WebState, current_app.extensions["survey_web"])
