"""Compressed parts of an HTTP response that are joined without compressing them again.

A part is a sequence of whole deflate blocks that ends at a byte and refers to nothing before it (Z_FULL_FLUSH, zlib.h),
so that parts can follow one another in one gzip member (RFC 1952). Browsers do not all read several members.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import Self

LEVEL = 9
_HEAD = struct.Struct(">III")
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # deflate, no time, any system
_GZIP_TAIL = struct.Struct("<II")
_LAST_BLOCK = b"\x03\x00"  # an empty block, marked as the last
_POLYNOMIAL = 0xEDB88320  # of CRC-32, the lowest power in the highest bit
_ONE, _BYTE = 1 << 31, 1 << 23  # 1 and x^8, likewise


@dataclass(frozen=True, slots=True)
class DeflatedPart:
    """`crc32`, `length`: of the inflated content; `shift`: what `length` bytes after another content multiply that
    one's CRC with."""

    crc32: int
    length: int
    shift: int
    blocks: bytes

    def to_bytes(self) -> bytes:
        return _HEAD.pack(self.crc32, self.length, self.shift) + self.blocks

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Raises ValueError where the bytes are too few."""
        if len(stored) < _HEAD.size:
            raise ValueError("no head")
        crc32, length, shift = _HEAD.unpack_from(stored)
        return cls(crc32, length, shift, stored[_HEAD.size :])

    def inflate(self) -> bytes:
        """Raises zlib.error."""
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(self.blocks)


def deflate(content: bytes) -> DeflatedPart:
    return DeflatedPart(zlib.crc32(content), len(content), _power_of_byte(len(content)), _blocks(content, LEVEL))


@dataclass(slots=True)
class GzipJoiner:
    """Joins contents and deflated parts. Contents are not compressed: they hold a secret (the token of a form) beside
    what another site may choose (a word to search for), and the length of a compressed page would tell of it."""

    _pieces: list[bytes] = field(default_factory=lambda: [_GZIP_HEAD])
    _crc32: int = 0
    _length: int = 0

    def add(self, content: bytes) -> None:
        self._pieces.append(_blocks(content, 0))
        self._crc32 = zlib.crc32(content, self._crc32)
        self._length += len(content)

    def add_part(self, part: DeflatedPart) -> None:
        self._pieces.append(part.blocks)
        self._crc32 = _multiply(part.shift, self._crc32) ^ part.crc32
        self._length += part.length

    def finish(self) -> bytes:
        """The gzip member."""
        return b"".join([*self._pieces, _LAST_BLOCK, _GZIP_TAIL.pack(self._crc32, self._length & 0xFFFFFFFF)])


def _blocks(content: bytes, level: int) -> bytes:
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush(zlib.Z_FULL_FLUSH)


def _power_of_byte(exponent: int) -> int:
    """x^8 to the power of `exponent`, modulo the polynomial (crc32_combine_gen of zlib's crc32.c)."""
    power, square = _ONE, _BYTE
    while exponent:
        if exponent & 1:
            power = _multiply(square, power)
        square = _multiply(square, square)
        exponent >>= 1
    return power


def _multiply(a: int, b: int) -> int:
    """The product of two polynomials over GF(2) modulo the polynomial of CRC-32 (multmodp of zlib's crc32.c)."""
    product = 0
    while a:
        if a & _ONE:
            product ^= b
        a = (a << 1) & 0xFFFFFFFF
        b = (b >> 1) ^ _POLYNOMIAL if b & 1 else b >> 1
    return product
