"""The static files of the program and the fonts of the data directory, found once when a runtime is bound."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import brotli

from survey_server.caches import PermanentCache
from survey_server.settings import Settings

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
    ".ico": "image/x-icon",
}
BROTLI_WINDOW = 18  # 256 kB hold any of our files and pages; brotli's default allocates 4 MB for each
MAX_BODIES = 256


class StaticFiles:
    """`paths`: file by name below /static; `version`: a hash of all of them."""

    def __init__(self, settings: Settings) -> None:
        self.paths = dict(_find(settings))
        digest = hashlib.sha256()
        for name, path in sorted(self.paths.items()):
            digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        self.version = digest.hexdigest()[:16]
        self._bodies: PermanentCache[tuple[Path, int, str], bytes] = PermanentCache(MAX_BODIES)

    def read(self, path: Path, encoding: str) -> bytes:
        """The file's bytes in an encoding: "br", "gzip" or "". A file that was changed is read again."""
        key = (path, path.stat().st_mtime_ns, encoding)
        return self._bodies.get_existing(key, lambda: _encode(path.read_bytes(), encoding))


def _find(settings: Settings) -> Iterator[tuple[str, Path]]:
    for folder, prefix in ((STATIC, ""), (settings.fonts_dir, "fonts/")):
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.is_file() and path.suffix in TYPES:
                yield prefix + path.relative_to(folder).as_posix(), path


def _encode(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return cast(bytes, brotli.compress(body, quality=9, lgwin=BROTLI_WINDOW))
    return gzip.compress(body, 9, mtime=0) if encoding == "gzip" else body
