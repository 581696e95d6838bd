"""Passwords: the cost of a hash, also for an account that does not exist."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from survey_server.services import passwords


class Counting:
    def __init__(self) -> None:
        self.tried: list[str] = []

    def hash(self, password: str) -> str:
        return passwords.PasswordHasher(time_cost=1, memory_cost=64).hash(password)

    def verify(self, hashed: str, password: str) -> bool:
        self.tried.append(hashed)
        return True


def test_an_unknown_account_costs_a_hash_and_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting()
    monkeypatch.setattr(passwords, "_HASHER", counting)
    passwords._dummy_hash.cache_clear()
    assert passwords.is_password("$argon2id$of-an-account", "x") is True
    assert passwords.is_password(None, "x") is False
    passwords._dummy_hash.cache_clear()
    assert [each.startswith("$argon2id$") for each in counting.tried] == [True, True]


@pytest.mark.slow
def test_a_hash_has_the_parameters_of_rfc_9106_for_small_servers(
    monkeypatch: pytest.MonkeyPatch, real_hasher: PasswordHasher
) -> None:
    monkeypatch.setattr(passwords, "_HASHER", real_hasher)
    passwords._dummy_hash.cache_clear()
    hashed = passwords.hash_password("mot mat khau dai")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords._dummy_hash().startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.is_password(hashed, "mot mat khau dai")
    assert not passwords.is_password(hashed, "mot mat khau")
    passwords._dummy_hash.cache_clear()
