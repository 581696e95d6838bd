"""Whether a secret key is strong enough, and whether a file of a key is readable by others."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

MIN_SECRET_LENGTH = 32
MIN_DIFFERENT_CHARACTERS = 8
# Words of examples and defaults. In a random key of 64 characters one occurs less than once in ten million.
_PLACEHOLDERS = ("secret", "change", "password", "default", "example", "survey", "matkhau", "khaosat", "0123456789")
OTHERS = 0o077
EVERYBODY = 0o007


def is_weak(key: str) -> bool:
    """Whether a key is short, has few different characters, holds the word of an example, repeats itself, or is mostly
    neighbours in the order of characters."""
    lower = key.lower()
    return (
        len(key) < MIN_SECRET_LENGTH
        or len(set(key)) < MIN_DIFFERENT_CHARACTERS
        or any(word in lower for word in _PLACEHOLDERS)
        or _is_repetition(key)
        or _count_neighbours(key) > len(key) // 2
    )


def _is_repetition(key: str) -> bool:
    """Whether the key is a shorter text, of at most half its length, again and again."""
    periods = range(1, len(key) // 2 + 1)
    return any(key == (key[:period] * (len(key) // period + 1))[: len(key)] for period in periods)


def _count_neighbours(key: str) -> int:
    return sum(abs(ord(one) - ord(following)) <= 1 for one, following in pairwise(key))


def is_readable(path: Path, others: int = OTHERS) -> bool:
    """Whether the mode of a file lets others in: the group and everybody, or EVERYBODY only. False where the system has
    no such modes, and where there is no file."""
    if os.name != "posix":
        return False
    try:
        return bool(path.stat().st_mode & others)
    except FileNotFoundError:
        return False
