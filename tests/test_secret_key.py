"""Weak secret keys are refused; random ones never are."""

from __future__ import annotations

import base64
import secrets

import pytest

from survey_server.secret_key import is_weak


@pytest.mark.parametrize(
    "key",
    [
        "", "short", "a" * 64, "ab" * 32, "abcdefgh" * 4, "k8Qz!m2P" * 5, "abcdefghijklmnopqrstuvwxyz123456",
        "zyxwvutsrqponmlkjihgfedcba987654", "this-is-the-secret-key-of-our-server", "change me before the first start!",
        "MatKhauCuaMayChuKhaoSat2012MTTQVN", "0123456789abcdef0123456789abcdef", "6f1d9c0b2a7e4853", "x9Fq" * 9 + "x9",
    ],
)  # fmt: skip
def test_a_weak_key_is_refused(key: str) -> None:
    assert is_weak(key)


@pytest.mark.slow
def test_a_random_key_is_taken() -> None:
    for _ in range(2_000):
        assert not is_weak(secrets.token_hex(32))
        assert not is_weak(secrets.token_hex(16))
        assert not is_weak(secrets.token_urlsafe(24))
        assert not is_weak(base64.b64encode(secrets.token_bytes(32)).decode())
