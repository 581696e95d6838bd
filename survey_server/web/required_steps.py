"""What somebody has to do after signing in before any other page opens: choose a password, set up a second factor."""

from __future__ import annotations

from typing import cast

from flask import g

from survey_server.services import second_factor
from survey_server.web.permissions import runtime, visitor

CHANGE_PASSWORD = "account.change_password"  # noqa: S105  an endpoint
SET_UP_SECOND_FACTOR = "account.change_second_factor"
ALWAYS_OPEN = "sign_in.logout"


def required_page() -> str | None:
    """The endpoint of the page; looked up once a request."""
    if "required_page" not in g:
        g.required_page = _find_required_page()
    return cast("str | None", g.required_page)


def _find_required_page() -> str | None:
    person = visitor()
    if person is None:
        return None
    if person.must_change_password:
        return CHANGE_PASSWORD
    if not person.has_second_factor and second_factor.is_required(runtime().database, runtime().settings, person):
        return SET_UP_SECOND_FACTOR
    return None
