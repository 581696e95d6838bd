"""Who may call an address of the device API: each view names it by `reads`, `uploads` or `without_token`.

The marks are read by the web's guard, which leaves these views to this one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, request

from survey_server.problems import ProblemError
from survey_server.problems.device_api import DEVICE_REVOKED, TOKEN_MISSING, TOKEN_UNKNOWN, TOKEN_UPLOADS_ONLY
from survey_server.services.identify_device import DeviceIdentity, identify
from survey_server.services.survey import Survey

DEVICE = "device"
PUBLIC = "public"
View = TypeVar("View", bound=Callable[..., Any])


def reads(view: View) -> View:
    """Open a view to devices that hold the reading token and are not revoked."""

    @wraps(view)
    def guarded(*arguments: Any, **named: Any) -> Any:
        device = _identified()
        if device.revoked:
            raise ProblemError(DEVICE_REVOKED)
        if not device.can_read:
            raise ProblemError(TOKEN_UPLOADS_ONLY)
        g.device = device
        return view(*arguments, **named)

    return _mark(cast(View, guarded), DEVICE)


def uploads(view: View) -> View:
    """Open a view to every device that was ever enrolled: what a revoked one sends is kept in quarantine."""

    @wraps(view)
    def guarded(*arguments: Any, **named: Any) -> Any:
        g.device = _identified()
        return view(*arguments, **named)

    return _mark(cast(View, guarded), DEVICE)


def without_token(view: View) -> View:
    """For enrolling, which gives the token; no cookie counts here, so no form's token is asked for."""
    return _mark(view, DEVICE)


def public(view: View) -> View:
    return _mark(view, PUBLIC)


def this_device() -> DeviceIdentity:
    return cast(DeviceIdentity, g.device)


def survey() -> Survey:
    return cast(Survey, current_app.extensions["survey"])


def _identified() -> DeviceIdentity:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ProblemError(TOKEN_MISSING)
    device = identify(survey().database, token.strip())
    if device is None:
        raise ProblemError(TOKEN_UNKNOWN)
    return device


def _mark(view: View, permission: str) -> View:
    cast(Any, view).permission = permission
    return view
