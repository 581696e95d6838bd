"""Pages that contain parts which were compressed before: they are sent as they are stored."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import cast

from flask import Response, g, request, session
from markupsafe import Markup

from survey_server.deflated import DeflatedPart, GzipJoiner

READY_PARTS = Markup("\0")  # where a template shows the parts; no text contains it
CONTENT_TYPE = "text/html; charset=utf-8"


def join_parts(page: str, parts: Sequence[DeflatedPart]) -> Response:
    """The response for a rendered page that names READY_PARTS once.

    A browser may keep it, and must ask each time whether it is still the same. Its tag covers everything that the page
    shows, and the key of the session's forms, without which a kept form would no longer be accepted.
    """
    before, _mark, after = page.partition(READY_PARTS)
    response = Response(content_type=CONTENT_TYPE, headers={"Cache-Control": "private, no-cache"})
    response.vary.add("Accept-Encoding")
    response.set_etag(_tag(before + after, parts), weak=True)
    response.make_conditional(request)
    if response.status_code == 304:
        return response
    if request.accept_encodings["gzip"] > 0:
        joiner = GzipJoiner()
        joiner.add(before.encode())
        for part in parts:
            joiner.add_part(part)
        joiner.add(after.encode())
        response.set_data(joiner.finish())
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_data(b"".join([before.encode(), *(part.inflate() for part in parts), after.encode()]))
    return response


def _tag(frame: str, parts: Sequence[DeflatedPart]) -> str:
    """The token of the forms differs in each response; the session's key, which it is made from, does not."""
    token = cast(str, g.get("csrf_token", ""))
    key = str(session.get("csrf_token", ""))
    shown = frame.replace(token, key) if token else frame
    digest = hashlib.sha256(shown.encode())
    for part in parts:
        digest.update(part.blocks)
    return digest.hexdigest()[:32]
