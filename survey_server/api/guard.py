"""Access to the device API: each view declares it with `reads`, `uploads` or `without_token`.

`web.gate` reads the same marks and leaves views marked DEVICE to this module.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, request

from survey_server.problems import ProblemError
from survey_server.problems.device_api import DEVICE_REVOKED, TOKEN_MISSING, TOKEN_UNKNOWN, TOKEN_UPLOADS_ONLY
from survey_server.runtime import Runtime
from survey_server.services.devices import DeviceIdentity

DEVICE = "device"
PUBLIC = "public"
View = TypeVar("View", bound=Callable[..., Any])


def reads(view: View) -> View:
    """Admit devices that present the reading token and are not revoked."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        device = _identify_device()
        if device.is_revoked:
            raise ProblemError(DEVICE_REVOKED)
        if not device.can_read:
            raise ProblemError(TOKEN_UPLOADS_ONLY)
        g.device = device
        return view(*args, **kwargs)

    return _mark(cast(View, guarded), DEVICE)


def uploads(view: View) -> View:
    """Admit every device that was ever enrolled; uploads of a revoked one are quarantined."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        g.device = _identify_device()
        return view(*args, **kwargs)

    return _mark(cast(View, guarded), DEVICE)


def without_token(view: View) -> View:
    """For enrolment, which issues the token. Cookies have no effect here, so no CSRF token is needed."""
    return _mark(view, DEVICE)


def public(view: View) -> View:
    return _mark(view, PUBLIC)


def current_device() -> DeviceIdentity:
    return cast(DeviceIdentity, g.device)


def runtime() -> Runtime:
    return cast(Runtime, current_app.extensions["survey_runtime"])


def _identify_device() -> DeviceIdentity:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ProblemError(TOKEN_MISSING)
    device = runtime().devices.identify(token.strip())
    if device is None:
        raise ProblemError(TOKEN_UNKNOWN)
    return device


def _mark(view: View, permission: str) -> View:
    cast(Any, view).permission = permission
    return view
