"""One-time codes: the test vectors of RFC 4226 and RFC 6238, and which codes are taken when."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

from survey_server.services import totp

SECRET = b"12345678901234567890"
NOW = 1_700_000_000.0
STEP = int(NOW) // 30


@pytest.mark.parametrize(
    ("counter", "code"),
    list(
        enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"])
    ),
)
def test_the_vectors_of_rfc_4226(counter: int, code: str) -> None:
    assert totp.code_at(SECRET, counter) == code


@pytest.mark.parametrize(
    ("seconds", "sha1", "sha256", "sha512"),
    [
        (59, "94287082", "46119246", "90693936"), (1111111109, "07081804", "68084774", "25091201"),
        (1111111111, "14050471", "67062674", "99943326"), (1234567890, "89005924", "91819424", "93441116"),
        (2000000000, "69279037", "90698825", "38618901"), (20000000000, "65353130", "77737706", "47863826"),
    ],
)  # fmt: skip
def test_the_vectors_of_rfc_6238(seconds: int, sha1: str, sha256: str, sha512: str) -> None:
    step, repeated = seconds // totp.STEP, SECRET * 4
    assert totp.code_at(SECRET, step, 8) == sha1
    assert totp.code_at(repeated[:32], step, 8, "sha256") == sha256
    assert totp.code_at(repeated[:64], step, 8, "sha512") == sha512


@pytest.mark.parametrize(("drift", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_may_be_off_by_one_step(drift: int, is_taken: bool) -> None:
    found = totp.find_step(SECRET, totp.code_at(SECRET, STEP + drift), NOW, None)
    assert found == (STEP + drift if is_taken else None)


def test_a_code_that_was_taken_and_earlier_ones_are_refused() -> None:
    for drift in (-1, 0, 1):
        code = totp.code_at(SECRET, STEP + drift)
        assert (totp.find_step(SECRET, code, NOW, STEP) is not None) == (drift == 1)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "１２３４５６", "-12345", "12 456"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert totp.find_step(SECRET, typed, NOW, None) is None


def test_the_qr_code_says_the_secret_and_whose_it_is() -> None:
    uri = urlsplit(totp.setup_uri(SECRET, "lan", "Khao sat MTTQ"))
    assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/Khao%20sat%20MTTQ%3Alan")
    asked = parse_qs(uri.query)
    assert asked["issuer"] == ["Khao sat MTTQ"]
    assert base64.b32decode(asked["secret"][0]) == SECRET
    assert totp.secret_text(SECRET).replace(" ", "") == asked["secret"][0]
