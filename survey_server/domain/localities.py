"""Localities: administrative units in hierarchies that change with time. Levels and their names are data."""

from __future__ import annotations

from dataclasses import dataclass

COUNTRY_LEVEL = "country"
COUNTRY_CODE = "VN"


@dataclass(frozen=True, slots=True)
class Locality:
    """An administrative unit of one scheme. `path` joins the codes from the country down: "VN/01/001/00001"."""

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


@dataclass(frozen=True, slots=True)
class Succession:
    """What became of a unit in a later scheme. `new_id`: None where it has no successor."""

    old_id: int
    new_id: int | None
    kind: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class Area:
    """A locality, by its path, and all below it. Later schemes use codes again: the same path in another scheme is
    another area."""

    scheme: str
    path: str

    def covers(self, scheme: str | None, path: str | None) -> bool:
        """Whether the locality lies in the area; None, an unknown locality, lies in none."""
        return scheme == self.scheme and path is not None and covers(self.path, path)


def covers(area: str, path: str) -> bool:
    """Whether the locality at `path` is the one at `area` or lies below it."""
    return path == area or path.startswith(area + "/")


def path_range(area: str) -> tuple[str, str]:
    """The half-open range of the paths below `area`: '0' is the character after '/'."""
    return area + "/", area + "0"


def ancestor_paths(path: str) -> list[str]:
    """The paths of all that a locality lies in, from the country's down to its own."""
    codes = path.split("/")
    return ["/".join(codes[: depth + 1]) for depth in range(len(codes))]
