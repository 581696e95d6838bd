"""Files and folders that a power cut leaves either whole or absent.

A file's bytes are durable after a flush of the file; its name, and that of a new folder, after one of the folder above.
A file that was renamed before its flush may have its name and no bytes.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def flush(path: Path) -> None:
    """Make a file, or the entries of a folder, durable. Windows opens no folders, and flushes only what is open for
    writing."""
    if os.name != "posix" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, each durable."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    flush(path.parent)


def place(part: Path, target: Path) -> None:
    """Give a finished file its name, durably; what had the name is replaced. Both on one file system."""
    flush(part)
    make_folder(target.parent)
    part.replace(target)
    flush(target.parent)


def write_file(target: Path, content: bytes) -> None:
    """Write a file under another name and place it: under its own name it is never half-written."""
    make_folder(target.parent)
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(content)
        place(part, target)
    finally:
        part.unlink(missing_ok=True)
