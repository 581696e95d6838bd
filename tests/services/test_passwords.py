"""Passwords: an account that does not exist costs as much to try as one that does."""

from __future__ import annotations

import pytest

from survey_server.services import passwords


class Counting:
    def __init__(self) -> None:
        self.tried: list[str] = []

    def hash(self, password: str) -> str:
        return passwords.PasswordHasher(time_cost=1, memory_cost=64).hash(password)

    def verify(self, hashed: str, password: str) -> bool:
        self.tried.append(hashed)
        return True


def test_an_unknown_account_is_hashed_for_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting()
    monkeypatch.setattr(passwords, "_HASHER", counting)
    passwords._dummy_hash.cache_clear()
    assert passwords.is_password("$argon2id$of-an-account", "x") is True
    assert passwords.is_password(None, "x") is False
    passwords._dummy_hash.cache_clear()
    assert [each.startswith("$argon2id$") for each in counting.tried] == [True, True]
