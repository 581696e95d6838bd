"""Memory of a process with many threads, under glibc (docs/decisions/0004)."""

from __future__ import annotations

import ctypes
import sys

# The options of mallopt(3) by their numbers in malloc.h.
_OPTIONS = {
    -8: 2,  # M_ARENA_MAX: threads share two heaps
    -3: 40_000,  # M_MMAP_THRESHOLD, bytes: fixed, else it grows with the largest block ever freed
    -1: 65_536,  # M_TRIM_THRESHOLD, bytes
}


def limit_allocator() -> None:
    """Let freed memory go back to the system. Nothing happens under another C library."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for option, value in _OPTIONS.items():
            libc.mallopt(option, value)
