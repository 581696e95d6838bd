"""Compressed parts that are joined to one gzip member."""

from __future__ import annotations

import gzip
import random
import zlib

import pytest

from survey_server.deflated import DeflatedPart, GzipJoiner, deflate

RANDOM = random.Random(7)
CONTENTS = [b"", b"x", "Biểu đồ ".encode() * 20_000, RANDOM.randbytes(200_000)]


@pytest.mark.parametrize("content", CONTENTS, ids=len)
def test_a_part_is_stored_and_inflated(content: bytes) -> None:
    assert DeflatedPart.from_bytes(deflate(content).to_bytes()).inflate() == content


@pytest.mark.parametrize("before", CONTENTS, ids=len)
@pytest.mark.parametrize("part", CONTENTS, ids=len)
def test_joined_parts_are_one_gzip_member(before: bytes, part: bytes) -> None:
    joiner = GzipJoiner()
    joiner.add(before)
    joiner.add_part(deflate(part))
    joiner.add_part(deflate(part))
    joiner.add(b"</html>")
    member = joiner.finish()
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)  # which checks the CRC and the length
    assert inflater.decompress(member) == before + part + part + b"</html>"
    assert inflater.eof
    assert inflater.unused_data == b""
    assert gzip.decompress(member) == before + part + part + b"</html>"


def test_what_is_not_a_part_is_not_compressed() -> None:
    """Its compressed length would tell whether what a stranger chose occurs in it twice."""
    lengths = []
    for text in (b"token-a token-a", b"token-a token-b"):
        joiner = GzipJoiner()
        joiner.add(text)
        lengths.append(len(joiner.finish()))
    assert lengths[0] == lengths[1]


def test_too_few_bytes_are_not_a_part() -> None:
    with pytest.raises(ValueError, match="no head"):
        DeflatedPart.from_bytes(b"short")
