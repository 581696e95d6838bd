"""Static files under URLs that carry a hash of the whole tree, so that browsers may cache them for ever.

`/static/<hash>/css/base.css`: one hash for all files, so that style sheets and ES modules can refer to each other by
relative paths. With another hash the same file is served, but must be revalidated.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import cast

from flask import Blueprint, Flask, Response, abort, request, url_for

from survey_server.web.permissions import public
from survey_server.web.state import web_state
from survey_server.web.static_files import TYPES, compress

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "public, no-cache"
COMPRESSIBLE = frozenset({".js", ".css", ".svg", ".webmanifest", ".json"})
COMPRESSIBLE_PAGES = ("text/html", "text/javascript", "application/json", "image/svg+xml", "text/csv")
MIN_COMPRESSED_BYTES = 860  # smaller bodies are not worth compressing

pages = Blueprint("assets", __name__)


def asset_url(name: str) -> str:
    """Return the cacheable URL of a static file: `asset_url("css/base.css")`."""
    return url_for("assets.hashed", version=web_state().static_files.version, name=name)


@pages.route("/static/<string(length=16):version>/<path:name>")
@public
def hashed(version: str, name: str) -> Response:
    return _send(name, IMMUTABLE if version == web_state().static_files.version else REVALIDATE)


@pages.route("/static/<path:name>", endpoint="plain")
@public
def plain(name: str) -> Response:
    return _send(name, REVALIDATE)


@pages.route("/favicon.ico")
@public
def favicon() -> Response:
    return _send("favicon.svg", REVALIDATE)


def _send(name: str, caching: str) -> Response:
    static_files = web_state().static_files
    if name not in static_files.names:
        abort(404)
    suffix = PurePosixPath(name).suffix
    compress = suffix in COMPRESSIBLE and static_files.size(name) >= MIN_COMPRESSED_BYTES
    encoding = _accepted_encoding() if compress else ""
    body = static_files.encoded(name, encoding)
    response = Response(body, content_type=TYPES[suffix], headers={"Cache-Control": caching})
    if compress:
        response.vary.add("Accept-Encoding")
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    return cast(Response, response.make_conditional(request))


def _accepted_encoding() -> str:
    accepted = request.accept_encodings
    return next((name for name in ("br", "gzip") if accepted.quality(name) > 0), "")


def compress_response(response: Response) -> Response:
    """Compress a page: brotli where the browser accepts it (quality 5 is fast and small), else gzip."""
    small = response.content_length is not None and response.content_length < MIN_COMPRESSED_BYTES
    if small or response.mimetype not in COMPRESSIBLE_PAGES or response.is_streamed or response.direct_passthrough:
        return response
    if "Content-Encoding" in response.headers or response.status_code not in (200, 400, 401, 403, 404, 422):
        return response
    response.vary.add("Accept-Encoding")
    encoding = _accepted_encoding()
    if encoding and request.method != "HEAD":
        response.set_data(compress(response.get_data(), encoding, brotli_quality=5, gzip_level=6))
        response.headers["Content-Encoding"] = encoding
    return response


def register(app: Flask) -> None:
    app.jinja_env.globals.update(asset_url=asset_url)
    app.register_blueprint(pages)
