"""Sealed texts are opened with the same key and for the same purpose only."""

from __future__ import annotations

import pytest

from survey_server.services.sealing import seal, unseal

KEY, OTHER = "k" * 20 + "1" * 20, "k" * 20 + "2" * 20


def test_a_sealed_text_is_opened_again_and_shows_nothing() -> None:
    sealed = seal(KEY, "totp:1", b"a secret of twenty b")
    assert unseal(KEY, "totp:1", sealed) == b"a secret of twenty b"
    assert "secret" not in sealed
    assert seal(KEY, "totp:1", b"a secret of twenty b") != sealed


@pytest.mark.parametrize(("key", "purpose"), [(OTHER, "totp:1"), (KEY, "totp:2"), (KEY, "ticket")])
def test_another_key_or_purpose_opens_nothing(key: str, purpose: str) -> None:
    assert unseal(key, purpose, seal(KEY, "totp:1", b"x")) is None


@pytest.mark.parametrize("text", ["", "x", "é", "A" * 12, "A" * 40, "!!!!"])
def test_what_was_not_sealed_is_refused(text: str) -> None:
    assert unseal(KEY, "totp:1", text) is None


def test_a_changed_text_is_refused() -> None:
    sealed = seal(KEY, "totp:1", b"x")
    for position, letter in enumerate(sealed[:-2]):
        changed = sealed[:position] + ("A" if letter != "A" else "B") + sealed[position + 1 :]
        assert unseal(KEY, "totp:1", changed) is None
