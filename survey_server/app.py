"""Wiring: build the application, open its database, register its rooms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from survey_server import api, web
from survey_server.services.survey import Survey
from survey_server.settings import Settings
from survey_server.storage.database import Database, open_database
from survey_server.web import assets

MAX_FORM_BYTES = 8 * 1024 * 1024


class Plain(Flask):
    """None of our functions is a coroutine; Flask would examine each of them anew in each request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """The WSGI application. Opens the settings' database where none is given."""
    app = build_app()
    take_up(app, settings, database or open_database(settings))
    return app


def build_app() -> Flask:
    """All of it that is the same for every survey."""
    app = Plain("survey_server", static_folder=None, template_folder="web/templates")
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=5_000,
        SESSION_COOKIE_NAME="survey_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,  # web.security checks every form, and draws it again where that fails
        WTF_CSRF_TIME_LIMIT=None,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]
    api.register(app)
    web.register(app)
    return app


def take_up(app: Flask, settings: Settings, database: Database) -> None:
    """Give the application its survey."""
    app.config.update(SECRET_KEY=settings.secret_key, SURVEY_LANGUAGE=settings.language)
    app.extensions["survey"] = Survey(settings, database)
    assets.take_up(app, settings)
