"""Second factors of accounts: the encrypted secret, the last code that was taken, and recovery codes."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from survey_server.storage.tables import person, recovery_code


class SecondFactor(NamedTuple):
    """`last_step`: of the last code that was taken."""

    sealed_secret: str
    last_step: int | None


def find(connection: Connection, person_id: int) -> SecondFactor | None:
    wanted = select(person.c.totp_secret, person.c.totp_step).where(person.c.id == person_id)
    row = connection.execute(wanted).one_or_none()
    return SecondFactor(row.totp_secret, row.totp_step) if row is not None and row.totp_secret is not None else None


def all_secrets(connection: Connection) -> dict[str, tuple[int, str]]:
    """Account → its number and its encrypted secret."""
    wanted = select(person.c.account, person.c.id, person.c.totp_secret).where(person.c.totp_secret.is_not(None))
    return {row.account: (row.id, row.totp_secret) for row in connection.execute(wanted)}


def store(connection: Connection, person_id: int, sealed_secret: str | None, step: int | None) -> None:
    """Set the secret, or remove it (None), with all recovery codes."""
    changed = {"totp_secret": sealed_secret, "totp_step": step}
    connection.execute(update(person).where(person.c.id == person_id).values(changed))
    connection.execute(delete(recovery_code).where(recovery_code.c.person_id == person_id))


def take_step(connection: Connection, person_id: int, step: int) -> bool:
    """Note that a code was taken; False where it, or a later one, was taken already."""
    is_new = or_(person.c.totp_step.is_(None), person.c.totp_step < step)
    changed = update(person).where(person.c.id == person_id, is_new).values(totp_step=step)
    return connection.execute(changed).rowcount == 1


def set_recovery_codes(connection: Connection, person_id: int, hashes: list[str]) -> None:
    connection.execute(delete(recovery_code).where(recovery_code.c.person_id == person_id))
    connection.execute(insert(recovery_code), [{"person_id": person_id, "code_hash": each} for each in hashes])


def remove_all_recovery_codes(connection: Connection) -> int:
    """Of everybody; returns how many there were."""
    return connection.execute(delete(recovery_code)).rowcount


def take_recovery_code(connection: Connection, person_id: int, code_hash: str) -> bool:
    """Use up a code; False where there is none."""
    own = (recovery_code.c.person_id == person_id, recovery_code.c.code_hash == code_hash)
    return connection.execute(delete(recovery_code).where(*own)).rowcount == 1


def count_recovery_codes(connection: Connection, person_id: int) -> int:
    wanted = select(func.count()).select_from(recovery_code).where(recovery_code.c.person_id == person_id)
    return int(connection.execute(wanted).scalar_one())
