"""The access check before every view: ask to sign in, or refuse."""

from __future__ import annotations

from typing import cast

from flask import Flask, abort, request
from werkzeug.wrappers import Response

from survey_server.domain.people import Action
from survey_server.web.permissions import DEVICE, PUBLIC, SIGNED_IN, permission_of, require, visitor
from survey_server.web.sign_in import ask_to_sign_in


def _check_access() -> Response | str | tuple[str, int] | None:
    if request.endpoint is None:
        return None  # Flask answers 404
    permission = permission_of(request.endpoint)
    if permission in (PUBLIC, DEVICE):
        return None
    if permission is None:
        abort(403)
    person = visitor()
    if person is None:
        return ask_to_sign_in()
    if permission == SIGNED_IN:
        return None
    actions = cast("frozenset[Action]", permission)
    require(any(person.may(action) for action in actions))
    return None


def register(app: Flask) -> None:
    app.before_request(_check_access)
    app.jinja_env.globals.update(visitor=visitor, Action=Action)
