"""The static files of the program and the fonts of the data directory, found once."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import brotli

from survey_server.caches import PermanentCache
from survey_server.i18n import languages, translations
from survey_server.services.prepare_fonts import is_whole_font
from survey_server.settings import Settings
from survey_server.web.language import language_name
from survey_server.web.numbers import number_pattern
from survey_server.web.scripts import strip_comments

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
        self._generated = _tablet_languages()
        self.names = frozenset({*self._paths, *self._generated})
        digest = hashlib.sha256()
        for name in sorted(self.names):
            digest.update(name.encode() + b"\0" + hashlib.sha256(self.content(name)).digest())
        self.version = digest.hexdigest()[:16]
        self._bodies: PermanentCache[tuple[str, int, str], bytes] = PermanentCache(MAX_BODIES)

    def content(self, name: str) -> bytes:
        """As it is served: scripts without their comments. Raises KeyError for an unknown name."""
        if name in self._generated:
            return self._generated[name]
        written = self._paths[name].read_bytes()
        return strip_comments(written.decode()).encode() if name.endswith(".js") else written

    def size(self, name: str) -> int:
        return len(self._generated[name]) if name in self._generated else self._paths[name].stat().st_size

    def encoded(self, name: str, encoding: str) -> bytes:
        """The content in an encoding: "br", "gzip" or "". A file that was changed is read again."""
        changed_at = 0 if name in self._generated else self._paths[name].stat().st_mtime_ns
        return self._bodies.get_existing((name, changed_at, encoding), lambda: compress(self.content(name), encoding))


def _find(settings: Settings) -> Iterator[tuple[str, Path]]:
    for folder, prefix in ((STATIC, ""), (settings.fonts_dir, "fonts/")):
        for path in folder.rglob("*") if folder.is_dir() else ():
            if path.is_file() and path.suffix in TYPES and (path.suffix != ".woff2" or is_whole_font(path)):
                yield prefix + path.relative_to(folder).as_posix(), path


def _tablet_languages() -> dict[str, bytes]:
    """The texts of the tablet's scripts, as static/tablet/translations.js describes them; and a style sheet: of a text
    that stands in the page in every language, it shows the one that the page is in."""
    catalogues = {
        code: {"name": language_name(code), "numbers": number_pattern(code), "texts": translations(code, "tablet")}
        for code in languages()
    }
    script = json.dumps(catalogues, ensure_ascii=False, separators=(",", ":"))
    styles = (f'html[lang="{code}"] .t:not([lang="{code}"]) {{ display: none; }}\n' for code in languages())
    return {
        "tablet/translations.js": f"export const CATALOGUES = {script};\n".encode(),
        "tablet/languages.css": "".join(styles).encode(),
    }


def compress(body: bytes, encoding: str, *, brotli_quality: int = 9, gzip_level: int = 9) -> bytes:
    """The body in an encoding: "br", "gzip" or "" for none."""
    if encoding == "br":
        return cast(bytes, brotli.compress(body, quality=brotli_quality, lgwin=BROTLI_WINDOW))
    return gzip.compress(body, gzip_level, mtime=0) if encoding == "gzip" else body
