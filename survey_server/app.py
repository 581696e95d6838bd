"""Wiring: build the application, register the pages and the API, bind both to a runtime."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Flask

from survey_server import api, web
from survey_server.runtime import Runtime, open_runtime
from survey_server.settings import Settings
from survey_server.storage.database import Database, open_database
from survey_server.web.failure_log import log_failure
from survey_server.web.state import WebState

MAX_FORM_BYTES = 8 * 1024 * 1024


class SurveyFlask(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """None of our functions is a coroutine, so that Flask need not test each of them in each request."""
        return func

    def log_exception(self, exc_info: Any) -> None:
        """Without the path and the texts of errors, which Flask would write."""
        log_failure(exc_info[1])


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """The WSGI application. Opens the settings' database where none is given."""
    app = build_app()
    bind_runtime(app, open_runtime(settings, database or open_database(settings)))
    return app


def build_app() -> Flask:
    """The application without a runtime: routes and templates."""
    app = SurveyFlask("survey_server", static_folder=None, template_folder="web/templates")
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=5_000,
        SESSION_COOKIE_NAME="survey_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,  # web.security checks every form, and shows it again where that fails
        WTF_CSRF_TIME_LIMIT=None,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    api.register(app)
    web.register(app)
    return app


def bind_runtime(app: Flask, runtime: Runtime) -> None:
    """Let the application work on a runtime; whatever it had of an earlier one is dropped."""
    app.config.update(SECRET_KEY=runtime.settings.secret_key, SURVEY_LANGUAGE=runtime.settings.language)
    app.extensions["survey_runtime"] = runtime
    app.extensions["survey_web"] = WebState(runtime.settings)


def runtime_of(app: Flask) -> Runtime:
    return cast(Runtime, app.extensions["survey_runtime"])
