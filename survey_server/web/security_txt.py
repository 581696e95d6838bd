"""/.well-known/security.txt (RFC 9116): whom to tell about a vulnerability."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from survey_server.clock import now_text, shift_instant
from survey_server.i18n import languages
from survey_server.web.permissions import public, runtime

EXPIRES_AFTER = 180 * 24 * 3600  # seconds; the RFC recommends less than a year

pages = Blueprint("security_txt", __name__)


@pages.route("/.well-known/security.txt")
@public
def show() -> Response:
    """404 where no contact is set: the RFC requires one."""
    contact = runtime().settings.security_contact
    if not contact:
        abort(404)
    expires = f"{shift_instant(now_text(), EXPIRES_AFTER)[:10]}T00:00:00Z"
    lines = (f"Contact: {contact}", f"Expires: {expires}", f"Preferred-Languages: {', '.join(languages())}")
    return Response("\r\n".join(lines) + "\r\n", content_type="text/plain; charset=utf-8")
