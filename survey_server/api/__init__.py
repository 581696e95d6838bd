"""The device API: what tablets and scripts speak, over HTTP and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Hang the API on the application, and its OpenAPI document at /api/v1/openapi.json."""
    from survey_server.api import attachments, devices, document, health, questionnaires, responses, work

    api = document.new_api(app)
    for room in (devices, work, questionnaires, responses, attachments, health):
        api.register_blueprint(room.blueprint)
    document.serve_document(app, api)
