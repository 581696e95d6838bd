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
from survey_server.web.tablet_languages import language_files

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
    """Files by their name below /static. `version`: a hash of all of them.

    A generated content stands in for the file of its name.
    """

    def __init__(self, settings: Settings) -> None:
        self._paths = dict(_find(settings))
        self._generated = language_files()
        self.names = frozenset({*self._paths, *self._generated})
        digest = hashlib.sha256()
        for name in sorted(self.names):
            digest.update(name.encode() + b"\0" + hashlib.sha256(self.content(name)).digest())
        self.version = digest.hexdigest()[:16]
        self._bodies: PermanentCache[tuple[str, int, str], bytes] = PermanentCache(MAX_BODIES)

    def content(self, name: str) -> bytes:
        """Raises KeyError for a name that there is none of."""
        return self._generated[name] if name in self._generated else self._paths[name].read_bytes()

    def size(self, name: str) -> int:
        return len(self._generated[name]) if name in self._generated else self._paths[name].stat().st_size

    def encoded(self, name: str, encoding: str) -> bytes:
        """The content in an encoding: "br", "gzip" or "". A file that was changed is read again."""
        changed_at = 0 if name in self._generated else self._paths[name].stat().st_mtime_ns
        return self._bodies.get_existing((name, changed_at, encoding), lambda: _encode(self.content(name), encoding))


def _find(settings: Settings) -> Iterator[tuple[str, Path]]:
    for folder, prefix in ((STATIC, ""), (settings.fonts_dir, "fonts/")):
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.is_file() and path.suffix in TYPES:
                yield prefix + path.relative_to(folder).as_posix(), path


def _encode(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return cast(bytes, brotli.compress(body, quality=9, lgwin=BROTLI_WINDOW))
    return gzip.compress(body, 9, mtime=0) if encoding == "gzip" else body
