"""API errors, all shaped {"error": {"code", "message", "details"}}, in the requested language."""

from __future__ import annotations

from functools import lru_cache

from flask import Response, current_app, jsonify, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from survey_server.i18n import languages
from survey_server.problems import ProblemError

STATUS_BY_CODE = {
    "token_missing": 401,
    "token_unknown": 401,
    "code_refused": 403,
    "device_revoked": 403,
    "token_uploads_only": 403,
    "questionnaire_unknown": 404,
    "body_too_large": 413,
    "too_many_rows": 413,
    "attachment_too_large": 413,
    "too_many_tries": 429,
    "attachment_quota": 429,
    "content_type": 415,
    "encoding_unknown": 415,
}
DEFAULT_STATUS = 400


def requested_language() -> str:
    """Return `?lang=`, else the best match of Accept-Language, else the server's default language."""
    asked = request.args.get("lang", "") if request.query_string else ""
    own: str = current_app.config["SURVEY_LANGUAGE"]
    return asked if asked in languages() else _best_match(request.headers.get("Accept-Language", ""), own)


@lru_cache(256)
def _best_match(accepted: str, own: str) -> str:
    """Cached: clients send few distinct Accept-Language headers."""
    return str(parse_accept_header(accepted, LanguageAccept).best_match(languages(), own))


def answer_problem(error: ProblemError, status: int | None = None) -> Response:
    problem = error.problem
    language = requested_language()
    message = problem.text_and_hint(language)
    details = {
        name: part if isinstance(part, (int, float)) else str(part)
        for name, part in problem.message.parts_in(language).items()
    }
    response = jsonify(error={"code": problem.code, "message": message, "details": details})
    response.status_code = status or STATUS_BY_CODE.get(problem.code, DEFAULT_STATUS)
    if response.status_code == 429:
        response.headers["Retry-After"] = str(problem.parts["seconds"])
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
