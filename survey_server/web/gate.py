"""What every request passes: one check before its view, one step after it. Each hook of Flask costs all uploads."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import RequestRedirect

from survey_server.domain import Action
from survey_server.web.assets import compress_response
from survey_server.web.navigation import keep_switches
from survey_server.web.permissions import DEVICE, PUBLIC, SIGNED_IN, permission_of, require, visitor
from survey_server.web.required_steps import ALWAYS_OPEN, required_page
from survey_server.web.security import check_forgery, clean_form, refuse_unreadable, texts_of
from survey_server.web.sign_in import ask_to_sign_in


def _check_request() -> ResponseReturnValue | None:
    if isinstance(request.routing_exception, RequestRedirect):
        return _redirect_here(request.routing_exception)
    permission = permission_of(request.endpoint)
    if permission == DEVICE:  # the device API checks the tablet's token, has no forms and reads its body strictly
        refuse_unreadable(request.path)
        return None
    refused = _check_access(permission) if request.endpoint is not None else None  # None: Flask answers 404
    if refused is not None:
        return refused
    refuse_unreadable(request.path, *texts_of(request.args))
    clean_form()
    return check_forgery()


def _redirect_here(found: RequestRedirect) -> ResponseReturnValue:
    """To the canonical form of an address, such as the one with its slash. werkzeug takes the host from the request,
    where anybody can write it. One slash at the beginning: two would make the path a host."""
    parts = urlsplit(found.new_url)
    return redirect(urlunsplit(("", "", "/" + parts.path.lstrip("/\\"), parts.query, "")), found.code)


def _check_access(permission: object | None) -> ResponseReturnValue | None:
    if permission == PUBLIC:
        return None
    if permission is None:
        abort(403)
    person = visitor()
    if person is None:
        return ask_to_sign_in()
    required = required_page()
    if required is not None and request.endpoint not in (required, ALWAYS_OPEN):
        return redirect(url_for(required))
    if permission == SIGNED_IN:
        return None
    actions = cast("frozenset[Action]", permission)
    require(any(person.may(action) for action in actions))
    return None


def _finish_response(response: Response) -> Response:
    if request.query_string:
        keep_switches(response)
    return compress_response(response)


def register(app: Flask) -> None:
    app.before_request(_check_request)
    app.after_request(_finish_response)
    app.jinja_env.globals.update(visitor=visitor, Action=Action)
