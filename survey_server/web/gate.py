"""The gate before every view: who may not open it is asked to sign in, or refused."""

from __future__ import annotations

from typing import cast

from flask import Flask, abort, request
from werkzeug.wrappers import Response

from survey_server.domain.people import Action
from survey_server.web.permissions import DEVICE, PUBLIC, SIGNED_IN, permission_of, require, visitor
from survey_server.web.sign_in import ask_to_sign_in


def _admit() -> Response | str | tuple[str, int] | None:
    if request.endpoint is None:
        return None  # no such page: the 404 says so
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
    app.before_request(_admit)
    app.jinja_env.globals.update(visitor=visitor, Action=Action)
