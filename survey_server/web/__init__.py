"""The web pages: Flask and Flask-WTF, no JavaScript needed for anything but the tablet and the charts' comfort."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Hang the pages on the application; the guards first, so that no page is reached without them."""
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
    for room in (sign_in, tablet, fill, responses, monitor, visits, charts, questionnaires, people, quarantine):
        app.register_blueprint(room.pages)
