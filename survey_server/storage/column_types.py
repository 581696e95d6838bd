"""Column types of responses: texts to the program, a few bytes in the database (benchmarks/NOTES.md, 1).

In SQLite the columns of ids and digests are declared as text, as release 0.1 made them, and hold bytes, which SQLite
stores in any column: a declaration can only be changed by copying the table.
"""

from __future__ import annotations

import re
import zlib
from typing import Any

from sqlalchemy import Dialect, LargeBinary, String, Uuid
from sqlalchemy.types import TypeDecorator, TypeEngine

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LEVEL = 1  # of zlib: a body of 3 kB becomes 1,070 bytes; level 6 saves 80 more


ByteOrderedText = String().with_variant(String(collation="C"), "postgresql")
"""Text that is compared by its bytes, as Python and SQLite do. With most locales PostgreSQL compares without
punctuation: nothing would lie between "VN/46/" and "VN/460", which are the limits of an area."""


class UuidText(TypeDecorator[str]):
    """A UUID in lower case; 16 bytes."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else Uuid(as_uuid=False))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return bytes.fromhex(value.replace("-", ""))

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        if isinstance(value, bytes):
            digits = value.hex()
            return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        return str(value) if value is not None else None


class DigestText(TypeDecorator[str]):
    """A SHA-256 in hexadecimal; 32 bytes."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else LargeBinary())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return bytes.fromhex(value) if value is not None else None

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return value.hex() if isinstance(value, bytes) else value


class CompressedText(TypeDecorator[str]):
    """A text, stored as its UTF-8 compressed by zlib. Takes what `compress` made of a text as well: the writer should
    not do it. One that is damaged is read as an empty text, which stops no reader of many."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | bytes | None, dialect: Dialect) -> bytes | None:
        return compress(value) if isinstance(value, str) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        try:
            return decompress(value).decode() if value is not None else None
        except (zlib.error, UnicodeDecodeError):
            return ""


def compress(text: str) -> bytes:
    return zlib.compress(text.encode(), _LEVEL)


def decompress(stored: bytes) -> bytes:
    """The UTF-8 of a stored text. Raises zlib.error where it is damaged."""
    return zlib.decompress(stored)


def is_uuid(text: str) -> bool:
    """Whether a column of ids can hold it."""
    return _UUID.fullmatch(text) is not None
