"""Localities: administrative units in versioned hierarchies. Levels and their names are data."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

COUNTRY_LEVEL = "country"
COUNTRY_CODE = "VN"


@dataclass(frozen=True, slots=True)
class Scheme:
    name: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Locality:
    """A unit of one scheme. `path` joins the codes from the country down: "VN/01/001/00001"."""

    id: int
    scheme: str
    level: str
    code: str
    parent_id: int | None
    path: str
    name: str
    kind: str
    lat: float | None = None
    lon: float | None = None


def path_range(area: str) -> tuple[str, str]:
    """The half-open range of paths strictly below `area`: '0' is the character after '/'."""
    return area + "/", area + "0"


def paths_up(path: str) -> list[str]:
    """The paths of all that a unit lies in and its own, the country's first."""
    codes = path.split("/")
    return ["/".join(codes[: depth + 1]) for depth in range(len(codes))]


def search_key(name: str) -> str:
    """A name without diacritics, case or the place of the tone mark: "Thừa Thiên Huế" → "thua thien hue"."""
    decomposed = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r"[^a-z0-9]+", " ", bare.casefold()).strip()
