"""The OpenAPI document and the blueprint class of the API modules."""

from __future__ import annotations

from flask import Flask, Response, jsonify
from flask_smorest import Api, Blueprint

from survey_server.api.errors import answer_problem
from survey_server.api.guard import public
from survey_server.api.schemas import ErrorSchema
from survey_server.problems import ProblemError

PREFIX = "/api/v1"
TITLE = "survey-server: device API"
BEARER = {"type": "http", "scheme": "bearer", "description": "the token issued when the device was enrolled"}


class DeviceApi(Api):  # type: ignore[misc]  # flask-smorest is untyped
    """flask-smorest without its app-wide error handler, which would answer web pages' errors as JSON."""

    ERROR_SCHEMA = ErrorSchema

    def _register_error_handlers(self) -> None:
        """Errors are handled by the blueprints and by the app."""


def api_blueprint(name: str, description: str) -> Blueprint:
    blueprint = Blueprint(f"api_{name}", __name__, url_prefix=PREFIX, description=description)
    blueprint.register_error_handler(ProblemError, answer_problem)
    return blueprint


def serve_document(app: Flask, api: DeviceApi) -> None:
    @public
    def openapi() -> Response:
        answer = jsonify(api.spec.to_dict())
        answer.headers["Cache-Control"] = "public, no-cache"
        return answer

    app.add_url_rule(f"{PREFIX}/openapi.json", endpoint="api_document", view_func=openapi)


def new_api(app: Flask) -> DeviceApi:
    api = DeviceApi(
        app,
        spec_kwargs={
            "title": TITLE,
            "version": "v1",
            "openapi_version": "3.1.0",
            "security": [{"device": []}],
        },
    )
    api.spec.components.security_scheme("device", BEARER)
    return api
