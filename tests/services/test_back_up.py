"""Backups are complete or refused, and restored as they were."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import tarfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select, update

from survey_server.domain.people import Role
from survey_server.problems import ProblemError
from survey_server.services.back_up import back_up, restore
from survey_server.services.devices import enrol, make_code
from survey_server.services.people import add_person, open_access
from survey_server.services.server_keys import make_key
from survey_server.services.sign_in import person_of_session, sign_in
from survey_server.services.store_attachment import PART_TTL
from survey_server.services.sweep import sweep
from survey_server.services.verify_audit import verify_audit
from survey_server.settings import Settings, read_settings
from survey_server.storage import second_factors
from survey_server.storage.blobs import FolderBlobStore
from survey_server.storage.database import Database, open_database
from survey_server.storage.migrate import MIGRATIONS, migrate
from survey_server.storage.tables import audit, locality, person
from tests.support.field import Field, body, prepare_field, row, surveyor_of
from tests.support.postgres import Cluster
from tests.support.receiving import receive
from tests.support.survey_with_photo import DIGEST, PHOTO, errors, prepare_survey, settings_of, store_photo


@pytest.fixture
def here(settings: Settings, database: Database) -> Settings:
    return settings_of(settings, database)


@pytest.fixture
def field(here: Settings, database: Database, tmp_path: Path) -> Field:
    return prepare_survey(database, here, tmp_path)


def elsewhere(folder: Path, settings: Settings) -> Settings:
    folder.mkdir()
    return dataclasses.replace(settings, data_dir=folder, database_url=f"sqlite:///{folder / 'survey.sqlite3'}")


@pytest.mark.slow
def test_a_restore_ends_sessions_and_enrolment_codes(
    database: Database, here: Settings, field: Field, tmp_path: Path
) -> None:
    add_person(database, "lan", "Lan", Role.ADMIN, password="mot mat khau dai")
    token = sign_in(database, "lan", "mot mat khau dai", "192.0.2.1")
    code = make_code(database, "surveyor", minutes=60)
    tablet = enrol(database, make_code(database, "surveyor"), "Máy 01")
    database.write(lambda connection: second_factors.set_recovery_codes(connection, field.surveyor, ["a", "b"]))
    back_up(database, here, tmp_path / "b.tar")
    assert person_of_session(database, token) is not None
    target = elsewhere(tmp_path / "target", here)
    restore(target, tmp_path / "b.tar")
    with closing(open_database(target)) as restored:
        assert person_of_session(restored, token) is None
        with pytest.raises(ProblemError, match="code"):
            enrol(restored, code, "Máy 02")
        is_open = {each.person.account: [one.id for one in each.devices] for each in open_access(restored)}
        assert is_open == {"lan": [], "other": [], "surveyor": [tablet.device_id]}
        with restored.read() as connection:
            assert second_factors.count_recovery_codes(connection, field.surveyor) == 0
            (detail,) = connection.execute(select(audit.c.detail).where(audit.c.action == "restore")).scalars()
    assert json.loads(detail)["sessions"] == 1
    assert json.loads(detail)["codes"] == 1
    assert json.loads(detail)["recovery_codes"] == 2


@pytest.mark.slow
def test_a_restore_to_postgresql_ends_sessions(
    sqlite_database: Database, settings: Settings, postgres: Cluster, tmp_path: Path
) -> None:
    add_person(sqlite_database, "lan", "Lan", Role.ADMIN, password="mot mat khau dai")
    token = sign_in(sqlite_database, "lan", "mot mat khau dai", "192.0.2.1")
    back_up(sqlite_database, settings, tmp_path / "b.tar")
    target = dataclasses.replace(elsewhere(tmp_path / "target", settings), database_url=postgres.create_database())
    restore(target, tmp_path / "b.tar")
    with closing(open_database(target)) as restored:
        assert [each.person.account for each in open_access(restored)] == ["lan"]
        assert person_of_session(restored, token) is None


@pytest.mark.slow
def test_a_restored_backup_has_everything(database: Database, here: Settings, field: Field, tmp_path: Path) -> None:
    assert back_up(database, here, tmp_path / "b.tar") == 3
    assert (tmp_path / "b.tar").stat().st_mode & 0o077 == 0
    target = elsewhere(tmp_path / "target", here)
    assert restore(target, tmp_path / "b.tar") == 3
    restored = open_database(target)
    try:
        assert errors(restored, target) == []
        with restored.read() as connection:
            assert connection.execute(select(func.count()).select_from(person)).scalar_one() == 2
        sent = row(body(field))
        assert receive(restored, surveyor_of(field), [sent])[0].status == "stored"
    finally:
        restored.close()
    assert (target.attachments_dir / DIGEST[:2] / DIGEST).read_bytes() == PHOTO
    assert (target.data_dir / "secret-key").exists()
    assert (target.data_dir / "prepared").exists()  # run.py puts no demo beside it


def test_the_audit_log_goes_on_from_the_backup(
    database: Database, here: Settings, field: Field, tmp_path: Path
) -> None:
    back_up(database, here, tmp_path / "b.tar")
    noted = verify_audit(database).head
    target = elsewhere(tmp_path / "target", here)
    restore(target, tmp_path / "b.tar")
    with closing(open_database(target)) as restored:
        check = verify_audit(restored, noted)
        assert check.is_sound
        assert check.head.entries == noted.entries + 1
        with restored.read() as connection:
            last = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(1)).mappings().one()
        assert (last["action"], json.loads(last["detail"])["head"]) == ("restore", str(noted))


def test_a_backup_is_restored_into_an_empty_postgresql_only(
    database: Database, here: Settings, field: Field, tmp_path: Path, postgres: Any
) -> None:
    back_up(database, here, tmp_path / "b.tar")
    url = postgres.create_database()
    try:
        target = dataclasses.replace(elsewhere(tmp_path / "target", here), database_url=url)
        assert restore(target, tmp_path / "b.tar") == 3
        restored = open_database(target)
        assert receive(restored, surveyor_of(field), [row(body(field))])[0].status == "stored"
        restored.close()
        again = dataclasses.replace(elsewhere(tmp_path / "again", here), database_url=url)
        with pytest.raises(ProblemError) as refused:
            restore(again, tmp_path / "b.tar")
        assert refused.value.problem.code == "backup_not_empty"
    finally:
        postgres.drop_database(url)


def test_a_backup_of_release_0_1_is_restored_into_postgresql(settings: Settings, tmp_path: Path, postgres: Any) -> None:
    earlier = open_database(settings)
    earlier.write(_migrate_to_the_first_tables)
    back_up(earlier, settings, tmp_path / "b.tar")
    earlier.close()
    url = postgres.create_database()
    try:
        target = dataclasses.replace(elsewhere(tmp_path / "target", settings), database_url=url)
        assert restore(target, tmp_path / "b.tar") == 0
    finally:
        postgres.drop_database(url)


def _migrate_to_the_first_tables(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


@pytest.mark.parametrize("name", ["charts/demo/x.svg", "survey.sqlite3-wal", "attachments/aa/b"])
def test_restoring_overwrites_nothing(
    database: Database, here: Settings, field: Field, tmp_path: Path, name: str
) -> None:
    back_up(database, here, tmp_path / "b.tar")
    target = elsewhere(tmp_path / "target", here)
    (target.data_dir / name).parent.mkdir(parents=True, exist_ok=True)
    (target.data_dir / name).write_text("x")
    with pytest.raises(ProblemError) as refused:
        restore(target, tmp_path / "b.tar")
    assert refused.value.problem.code == "backup_not_empty"
    assert [path.name for path in target.data_dir.iterdir()] == [name.partition("/")[0]]


def cut(file: Path, at: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * at)])


def change(file: Path, old: bytes, new: bytes) -> None:
    content = file.read_bytes()
    assert content.count(old)
    file.write_bytes(content.replace(old, new))


def leave_out(file: Path, name: str) -> None:
    with tarfile.open(file) as archive:
        members = [(each, archive.extractfile(each).read()) for each in archive if each.name != name]  # type: ignore[union-attr]
    with tarfile.open(file, "w") as archive:
        for member, content in members:
            archive.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: cut(file, 0.3),
        lambda file: cut(file, 0.9),
        lambda file: change(file, b"Surveyor", b"Somebody"),
        lambda file: change(file, b"a photo", b"another"),
        lambda file: leave_out(file, f"attachments/{DIGEST[:2]}/{DIGEST}"),
        lambda file: leave_out(file, "sha256.json"),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"no archive at all" * 1000),
    ],
)
def test_a_truncated_or_changed_backup_is_refused_and_leaves_nothing(
    sqlite_database: Database, settings: Settings, tmp_path: Path, damage: Any
) -> None:
    field = prepare_field(sqlite_database, tmp_path)
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    store_photo(sqlite_database, settings, field)
    file = tmp_path / "b.tar"
    back_up(sqlite_database, settings, file)
    damage(file)
    target = elsewhere(tmp_path / "target", settings)
    with pytest.raises(ProblemError) as refused:
        restore(target, file)
    assert refused.value.problem.code == "backup_unreadable"
    assert list(target.data_dir.iterdir()) == []


def test_a_backup_is_a_consistent_snapshot_while_responses_arrive(
    database: Database, here: Settings, field: Field, tmp_path: Path
) -> None:
    stop = threading.Event()

    def send() -> None:
        while not stop.is_set():
            receive(database, surveyor_of(field), [row(body(field))])

    sender = threading.Thread(target=send)
    sender.start()
    try:
        counted = back_up(database, here, tmp_path / "b.tar")
    finally:
        stop.set()
        sender.join()
    assert restore(elsewhere(tmp_path / "target", here), tmp_path / "b.tar") == counted >= 3


def test_a_backup_replaces_only_a_regular_file(database: Database, here: Settings, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for there in (tmp_path / "pipe", tmp_path):
        with pytest.raises(ProblemError) as refused:
            back_up(database, here, there)
        assert refused.value.problem.code == "backup_no_file"
    assert (tmp_path / "pipe").is_fifo()


def test_a_failed_backup_leaves_the_previous_one(
    sqlite_database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "b.tar"
    back_up(sqlite_database, settings, file)
    before = file.read_bytes()
    monkeypatch.setattr("survey_server.services.back_up._restored_count", lambda *_: -1)
    with pytest.raises(ProblemError):
        back_up(sqlite_database, settings, file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.glob("b.tar*")] == ["b.tar"]


def test_rows_are_copied_in_the_order_of_their_keys(
    database: Database, here: Settings, field: Field, tmp_path: Path
) -> None:
    """A changed row moves to the end of PostgreSQL's table: behind the localities that refer to it."""
    change = update(locality).where(locality.c.parent_id.is_(None)).values(kind="Nước")
    database.write(lambda connection: connection.execute(change))
    assert back_up(database, here, tmp_path / "backup.tar") == 3


def test_a_locality_may_come_before_its_parent(
    database: Database, here: Settings, field: Field, tmp_path: Path, postgres: Cluster
) -> None:
    """Its primary key may be lower, and a restore to PostgreSQL checks the reference of each row at once."""
    with database.read() as connection:
        parent = connection.execute(select(func.max(locality.c.id))).scalar_one()
        first = connection.execute(
            select(func.min(locality.c.id)).where(locality.c.parent_id.is_not(None))
        ).scalar_one()
    move = update(locality).where(locality.c.id == first).values(parent_id=parent)
    database.write(lambda connection: connection.execute(move))
    back_up(database, here, tmp_path / "b.tar")
    url = postgres.create_database()
    try:
        target = dataclasses.replace(elsewhere(tmp_path / "target", here), database_url=url)
        assert restore(target, tmp_path / "b.tar") == 3
        with closing(open_database(target)) as restored, restored.read() as connection:
            wanted = select(locality.c.id, locality.c.parent_id).where(locality.c.parent_id.is_not(None))
            parents = {each.id: each.parent_id for each in connection.execute(wanted)}
    finally:
        postgres.drop_database(url)
    assert parents[first] == parent
    with database.read() as connection:
        assert {each.id: each.parent_id for each in connection.execute(wanted)} == parents


def test_the_doctor_finds_what_a_killed_backup_left_and_the_next_one_removes_it(
    database: Database, here: Settings, field: Field, tmp_path: Path
) -> None:
    for folder in (here.data_dir / "backup-killed", tmp_path / ".survey-backup-killed"):
        folder.mkdir()
        (folder / "survey.sqlite3").write_text("everybody's answers")
    (left,) = errors(database, here)
    assert "backup-killed" in left
    back_up(database, here, tmp_path / "b.tar")
    assert errors(database, here) == []
    assert not [*here.data_dir.glob("backup-*"), *tmp_path.glob(".survey-backup-*")]


def test_the_publisher_sweeps_what_was_interrupted(here: Settings, database: Database, field: Field) -> None:
    (here.data_dir / "restore-killed").mkdir()
    blobs = FolderBlobStore(here.attachments_dir)
    blobs.put_part("tablet", "ab" * 32, 0, b"begun", 100)
    (part,) = blobs.parts()
    sweep(here)
    assert part.exists()
    os.utime(part, (time.time() - PART_TTL - 10,) * 2)
    sweep(here)
    assert blobs.parts() == []
    assert not (here.data_dir / "restore-killed").exists()


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.glob("survey.sqlite3*"))}


@pytest.mark.slow
def test_only_its_owner_reads_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_DATA_DIR", str(tmp_path / "fresh"))
    settings = read_settings()
    database = open_database(settings)
    migrate(database)
    make_key(database)
    private = {"fresh": 0o700, **dict.fromkeys(("survey.sqlite3", "survey.sqlite3-wal", "survey.sqlite3-shm"), 0o600)}
    assert modes(settings.data_dir) == private
    back_up(database, settings, tmp_path / "backup.tar")
    assert errors(database, settings) == []
    (settings.data_dir / "survey.sqlite3").chmod(0o644)
    (problem,) = errors(database, settings)
    assert "survey.sqlite3" in problem
    database.close()
    target = elsewhere(tmp_path / "restored", settings)
    restore(target, tmp_path / "backup.tar")
    assert modes(target.data_dir)["survey.sqlite3"] == 0o600
