"""The web pages: Flask and Flask-WTF. Only the tablet needs JavaScript; the charts page uses a little."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register the pages; the access checks come first, so that no page is reached without them."""
    from survey_server.web import (
        assets,
        charts,
        errors,
        fill,
        gate,
        language,
        monitor,
        navigation,
        people,
        quarantine,
        questionnaires,
        responses,
        security,
        sign_in,
        tablet,
        visits,
    )

    errors.register(app)
    language.register(app)
    gate.register(app)
    security.register(app)
    navigation.register(app)
    assets.register(app)
    for module in (
        sign_in,
        tablet,
        fill,
        responses,
        monitor,
        visits,
        charts,
        questionnaires,
        people,
        quarantine,
    ):
        app.register_blueprint(module.pages)
