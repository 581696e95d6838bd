"""The device API of tablets and scripts: JSON over HTTP."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Register the API blueprints and the OpenAPI document at /api/v1/openapi.json."""
    from survey_server.api import attachments, devices, document, health, questionnaires, responses, work

    api = document.new_api(app)
    for module in (devices, work, questionnaires, responses, attachments, health):
        api.register_blueprint(module.blueprint)
    document.serve_document(app, api)
