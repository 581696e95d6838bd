"""Paths of localities: the codes from the country down, joined by "/", such as "VN/01/001/00001"."""

from __future__ import annotations


def covers(area: str, path: str) -> bool:
    """Whether the locality at `path` is the one at `area` or lies below it. A comparison of texts would not do: "VN/1"
    begins "VN/10" without containing it."""
    return path == area or path.startswith(area + "/")
