"""The web pages: Flask and Flask-WTF. Only the tablet needs JavaScript; the charts page uses a little."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Register the pages; the access checks come first, so that no page is reached without them."""
    from survey_server.web import (
        account,
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
        security_txt,
        sign_in,
        tablet,
        visits,
    )

    for module in (errors, language, gate, security, navigation, assets):
        module.register(app)
    for pages in (
        sign_in.pages,
        account.pages,
        tablet.pages,
        fill.pages,
        responses.pages,
        monitor.pages,
        visits.pages,
        charts.pages,
        questionnaires.pages,
        people.pages,
        quarantine.pages,
        security_txt.pages,
    ):
        app.register_blueprint(pages)
