"""Static files under URLs that carry a hash of the whole tree, so that browsers may cache them for ever.

`/static/<hash>/css/base.css`: one hash for all files, so that style sheets and ES modules can refer to each other by
relative paths. With another hash the same file is served, but must be revalidated.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

import brotli
from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from survey_server.settings import Settings
from survey_server.web.permissions import public

STATIC = Path(__file__).parent / "static"
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "public, no-cache"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
    ".ico": "image/x-icon",
}
COMPRESSIBLE = frozenset({".js", ".css", ".svg", ".webmanifest", ".json"})
COMPRESSIBLE_PAGES = ("text/html", "text/javascript", "application/json", "image/svg+xml", "text/csv")
BROTLI_WINDOW = 18  # 256 kB hold any of our pages; brotli's default allocates 4 MB for each
MIN_COMPRESSED_BYTES = 860  # smaller bodies are not worth compressing

pages = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Assets:
    """The static files found at start: {path below /static: file}, and the hash of all of them."""

    files: dict[str, Path]
    version: str


def find_assets(settings: Settings) -> Assets:
    files = dict(_files(settings))
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return Assets(files, digest.hexdigest()[:16])


def _files(settings: Settings) -> Iterator[tuple[str, Path]]:
    for folder, prefix in ((STATIC, ""), (settings.fonts_dir, "fonts/")):
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.is_file() and path.suffix in TYPES:
                yield prefix + path.relative_to(folder).as_posix(), path


def asset_url(name: str) -> str:
    """Return the cacheable URL of a static file: `asset_url("css/base.css")`."""
    return url_for("assets.hashed", version=_assets().version, name=name)


def has_asset(name: str) -> bool:
    return name in _assets().files


def _assets() -> Assets:
    return cast(Assets, current_app.extensions["survey_assets"])


@pages.route("/static/<string(length=16):version>/<path:name>")
@public
def hashed(version: str, name: str) -> Response:
    return _send(name, IMMUTABLE if version == _assets().version else REVALIDATE)


@pages.route("/static/<path:name>", endpoint="plain")
@public
def plain(name: str) -> Response:
    return _send(name, REVALIDATE)


@pages.route("/favicon.ico")
@public
def favicon() -> Response:
    return _send("favicon.svg", REVALIDATE)


def _send(name: str, caching: str) -> Response:
    path = _assets().files.get(name)
    if path is None:
        abort(404)
    compress = path.suffix in COMPRESSIBLE and path.stat().st_size >= MIN_COMPRESSED_BYTES
    encoding = _accepted_encoding() if compress else ""
    body = _read(str(path), path.stat().st_mtime_ns, encoding)
    response = Response(body, content_type=TYPES.get(path.suffix) or mimetypes.guess_type(name)[0])
    response.headers["Cache-Control"] = caching
    if compress:
        response.vary.add("Accept-Encoding")
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    return cast(Response, response.make_conditional(request))


def _accepted_encoding() -> str:
    accepted = request.accept_encodings
    return next((name for name in ("br", "gzip") if accepted.quality(name) > 0), "")


@lru_cache(maxsize=256)
def _read(path: str, changed_at: int, encoding: str) -> bytes:
    body = Path(path).read_bytes()
    if encoding == "br":
        return cast(bytes, brotli.compress(body, quality=9, lgwin=BROTLI_WINDOW))
    return gzip.compress(body, 9, mtime=0) if encoding == "gzip" else body


def compress_response(response: Response) -> Response:
    """Compress a page: brotli where the browser accepts it (quality 5 is fast and small), else gzip."""
    small = response.content_length is not None and response.content_length < MIN_COMPRESSED_BYTES
    compressible = response.mimetype in (
        "text/html",
        "text/javascript",
        "application/json",
        "image/svg+xml",
        "text/csv",
    )
    if small or not compressible or response.is_streamed or response.direct_passthrough:
        return response
    if "Content-Encoding" in response.headers or response.status_code not in (200, 400, 401, 403, 404, 422):
        return response
    response.vary.add("Accept-Encoding")
    encoding = _accepted_encoding()
    if encoding and request.method != "HEAD":
        body = response.get_data()
        compressed = (
            brotli.compress(body, quality=5, lgwin=BROTLI_WINDOW)
            if encoding == "br"
            else gzip.compress(body, 6, mtime=0)
        )
        response.set_data(compressed)
        response.headers["Content-Encoding"] = encoding
    return response


def take_up(app: Flask, settings: Settings) -> None:
    """Find the static files; the fonts lie in the data directory."""
    app.extensions["survey_assets"] = find_assets(settings)


def register(app: Flask) -> None:
    app.jinja_env.globals.update(asset_url=asset_url, has_asset=has_asset)
    app.register_blueprint(pages)
    app.after_request(compress_response)
