"""The font of the pages, reduced to Vietnamese and English letters when the data directory is prepared.

The outlines come from the installed package fontpkg-be-vietnam-pro (OFL); no font file is in the repository.
"""

from __future__ import annotations

import importlib.util
import os
import struct
from pathlib import Path

from survey_server.durable import make_folder, place

WEIGHTS = {"Regular": "be-vietnam-pro-regular.woff2", "SemiBold": "be-vietnam-pro-semibold.woff2"}

# Latin-1, Vietnamese letters, combining marks, punctuation and a few symbols.
CHARACTERS = (
    *range(0x20, 0x7F), *range(0xA0, 0x100), 0x102, 0x103, 0x110, 0x111, 0x128, 0x129, 0x168, 0x169, 0x1A0, 0x1A1,
    0x1AF, 0x1B0, 0x300, 0x301, 0x303, 0x309, 0x323, *range(0x1EA0, 0x1EFA), *range(0x2010, 0x2016),
    *range(0x2018, 0x201F), 0x2020, 0x2022, 0x2026, 0x202F, 0x2030, 0x2032, 0x2033, 0x2039, 0x203A, 0x20AB, 0x2190,
    0x2191, 0x2192, 0x2193, 0x2212, 0x2264, 0x2265, 0x00D7,
)  # fmt: skip


def prepare_fonts(folder: Path) -> list[Path]:
    """Write the subsets into `folder` as woff2; those that are there already and whole stay.

    Returns the files; none where the font package is not installed (the pages then use the system's fonts).
    """
    package = importlib.util.find_spec("fontpkg_be_vietnam_pro")
    if package is None or package.origin is None:
        return []
    source = Path(package.origin).parent / "files"
    make_folder(folder)
    return [_subset(source / f"BeVietnamPro-{weight}.ttf", folder / name) for weight, name in WEIGHTS.items()]


def _subset(source: Path, target: Path) -> Path:
    if is_whole_font(target):
        return target
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    options = Options(
        layout_features=["kern", "mark", "mkmk", "ccmp", "locl", "tnum"], hinting=False, notdef_outline=True
    )
    font = TTFont(source, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    font.flavor = "woff2"
    partial = target.with_suffix(f".{os.getpid()}.part")
    try:
        font.save(partial)
        place(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def is_whole_font(path: Path) -> bool:
    """Whether a file is there and is as long as its woff2 header says: a power cut may leave one empty or full of zeros
    (https://www.w3.org/TR/WOFF2/#woff20Header)."""
    try:
        with path.open("rb") as file:
            signature, _flavor, length = struct.unpack(">4s4sI", file.read(12))
            return bool(signature == b"wOF2" and length == path.stat().st_size)
    except (OSError, struct.error):
        return False
