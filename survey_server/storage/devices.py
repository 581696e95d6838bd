"""Devices, enrolment codes, and the server's keys for sealed responses."""

from __future__ import annotations

from sqlalchemy import Connection, insert, or_, select, update

from survey_server.domain import Device, ServerKey
from survey_server.storage.tables import device, enrolment_code, former_upload_token, server_key

_KEYS = select(server_key.c.kid, server_key.c.private_pem, server_key.c.public_jwk)


def add(connection: Connection, new: Device) -> None:
    connection.execute(insert(device).values({name: getattr(new, name) for name in Device.__slots__}))


def find(connection: Connection, device_id: str) -> Device | None:
    """By its id, in either case: ids are kept in lower case."""
    row = connection.execute(select(device).where(device.c.id == device_id.lower())).mappings().one_or_none()
    return Device(**row) if row is not None else None


def by_token(connection: Connection, hashed: str) -> Device | None:
    wanted = select(device).where(or_(device.c.token_hash == hashed, device.c.upload_token_hash == hashed))
    row = connection.execute(wanted).mappings().one_or_none()
    return Device(**row) if row is not None else None


def of_person(connection: Connection, person_id: int) -> list[Device]:
    wanted = select(device).where(device.c.person_id == person_id).order_by(device.c.enrolled_at.desc())
    return [Device(**row) for row in connection.execute(wanted).mappings()]


def enrol_again(
    connection: Connection, device_id: str, person_id: int, name: str, token_hash: str, upload_token_hash: str, at: str
) -> None:
    """Give a device new tokens and, perhaps, another person; its old tokens are no longer valid, and the hash of its
    old upload token is kept with the person of that time."""
    former = select(device.c.upload_token_hash, device.c.id, device.c.person_id).where(device.c.id == device_id)
    connection.execute(insert(former_upload_token).from_select(["token_hash", "device_id", "person_id"], former))
    connection.execute(
        update(device)
        .where(device.c.id == device_id)
        .values(
            person_id=person_id,
            name=name,
            token_hash=token_hash,
            upload_token_hash=upload_token_hash,
            enrolled_at=at,
        )
    )


def upload_tokens(connection: Connection, device_id: str) -> list[tuple[str, int]]:
    """The hashes of the upload tokens that a device has and had, each with the person of that time."""
    own = select(device.c.upload_token_hash, device.c.person_id).where(device.c.id == device_id)
    former = select(former_upload_token.c.token_hash, former_upload_token.c.person_id)
    found = connection.execute(own.union_all(former.where(former_upload_token.c.device_id == device_id)))
    return [(token_hash, person_id) for token_hash, person_id in found]


def revoke(connection: Connection, device_id: str, at: str) -> bool:
    wanted = update(device).where(device.c.id == device_id.lower(), device.c.revoked_at.is_(None))
    return connection.execute(wanted.values(revoked_at=at)).rowcount == 1


def add_code(connection: Connection, code_hash: str, person_id: int, created_at: str, expires_at: str) -> None:
    connection.execute(
        insert(enrolment_code).values(
            code_hash=code_hash, person_id=person_id, created_at=created_at, expires_at=expires_at
        )
    )


def expire_codes(connection: Connection, good_until: str, now: str) -> None:
    """Expire the unused codes that are valid beyond `good_until`."""
    wanted = update(enrolment_code).where(enrolment_code.c.expires_at > good_until, enrolment_code.c.used_at.is_(None))
    connection.execute(wanted.values(expires_at=now))


def expire_code(connection: Connection, code_hash: str, now: str) -> None:
    wanted = update(enrolment_code).where(enrolment_code.c.code_hash == code_hash, enrolment_code.c.used_at.is_(None))
    connection.execute(wanted.values(expires_at=now))


def expire_all_codes(connection: Connection, now: str) -> int:
    """Expire the unused codes of everybody; returns how many there were."""
    is_open = (enrolment_code.c.used_at.is_(None), enrolment_code.c.expires_at > now)
    return connection.execute(update(enrolment_code).where(*is_open).values(expires_at=now)).rowcount


def all_open(connection: Connection) -> list[Device]:
    """The devices that are not revoked, by person, the newest first."""
    wanted = select(device).where(device.c.revoked_at.is_(None))
    ordered = wanted.order_by(device.c.person_id, device.c.enrolled_at.desc(), device.c.id)
    return [Device(**row) for row in connection.execute(ordered).mappings()]


def expire_codes_of(connection: Connection, person_id: int, now: str) -> None:
    """Expire the unused codes of a person."""
    is_open = (enrolment_code.c.used_at.is_(None), enrolment_code.c.expires_at > now)
    wanted = update(enrolment_code).where(enrolment_code.c.person_id == person_id, *is_open)
    connection.execute(wanted.values(expires_at=now))


def take_code(connection: Connection, code_hash: str, device_id: str, now: str) -> int | None:
    """Mark a code as used and return its person; None where it is wrong, used or expired. Works once."""
    wanted = (
        update(enrolment_code)
        .where(
            enrolment_code.c.code_hash == code_hash,
            enrolment_code.c.used_at.is_(None),
            enrolment_code.c.expires_at > now,
        )
        .values(used_at=now, device_id=device_id)
        .returning(enrolment_code.c.person_id)
    )
    return connection.execute(wanted).scalar_one_or_none()


def newest_key(connection: Connection) -> ServerKey | None:
    row = connection.execute(_KEYS.order_by(server_key.c.created_at.desc()).limit(1)).mappings().one_or_none()
    return ServerKey(**row) if row is not None else None


def all_keys(connection: Connection) -> list[ServerKey]:
    return [ServerKey(**row) for row in connection.execute(_KEYS.order_by(server_key.c.created_at)).mappings()]


def key(connection: Connection, kid: str) -> ServerKey | None:
    row = connection.execute(_KEYS.where(server_key.c.kid == kid)).mappings().one_or_none()
    return ServerKey(**row) if row is not None else None


def add_key(connection: Connection, new: ServerKey, created_at: str) -> None:
    connection.execute(
        insert(server_key).values(
            kid=new.kid, private_pem=new.private_pem, public_jwk=new.public_jwk, created_at=created_at
        )
    )
