"""The doctor's examination: the database, what it holds, the attachments, the settings."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DatabaseError

from survey_server.services.findings import ExaminationFinding, fault, note
from survey_server.settings import SECRET_FILE, Settings
from survey_server.storage import attachments, devices, questionnaires
from survey_server.storage.database import Database
from survey_server.storage.engine import database_files, sqlite_driver
from survey_server.storage.migrate import is_current
from survey_server.storage.tables import response

# SQLite below this may lose rows when several connections reset the write-ahead log.
MENDED_SQLITE = (3, 51, 3)


def examine(database: Database, settings: Settings) -> list[ExaminationFinding]:
    """Everything found, faults and notes; nothing is changed."""
    try:
        with database.read() as connection:
            return [
                *_database(database, connection),
                *_digests(connection),
                *_questionnaires(connection),
                *_keys(connection),
                *_attachments(connection, settings),
                *_settings(settings),
                *_secrets(database, settings),
            ]
    except (DatabaseError, UnicodeError) as error:  # so damaged that it cannot be read to its end
        said = str(getattr(error, "orig", None) or error)
        return [fault(f"Tệp cơ sở dữ liệu hỏng: {said}", f"The database file is damaged: {said}")]


def _database(database: Database, connection: Connection) -> Iterator[ExaminationFinding]:
    if not is_current(connection):
        yield fault("Cơ sở dữ liệu chưa được nâng cấp: chạy init.", "Migrations are missing: run init.")
    if not database.is_sqlite:
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            yield fault(
                f"Cơ sở dữ liệu dùng mã {encoding}, cần UTF8.", f"The database's encoding is {encoding}: use UTF8."
            )
        return
    said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()  # one row a fault otherwise
    if said != "ok":
        yield fault(f"Tệp cơ sở dữ liệu hỏng: {said}", f"The database file is damaged: {said}")
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield fault(f"Bảng {row[0]} trỏ đến dòng không có.", f"The table {row[0]} refers to a row that is not there.")
    if connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() != "wal":
        yield fault("Cơ sở dữ liệu không ở chế độ WAL.", "The database is not in WAL mode.")
    if sqlite_driver().sqlite_version_info < MENDED_SQLITE:
        version = sqlite_driver().sqlite_version
        yield note(
            f"SQLite {version} có lỗi WAL khi nhiều kết nối; nên dùng gói pysqlite3.",
            f"SQLite {version} has the WAL-reset fault; install the package pysqlite3.",
        )


def _digests(connection: Connection) -> Iterator[ExaminationFinding]:
    rows = connection.execute(
        select(response.c.id, response.c.sha256, response.c.body).execution_options(yield_per=500)
    )
    for row in rows:
        if hashlib.sha256(row.body.encode()).hexdigest() != row.sha256:
            yield fault(f"Phiếu {row.id} không khớp mã SHA-256.", f"Response {row.id} does not match its SHA-256.")
    counted = connection.execute(select(func.count()).select_from(response)).scalar_one()
    yield note(f"{counted} phiếu.", f"{counted} responses.")


def _questionnaires(connection: Connection) -> Iterator[ExaminationFinding]:
    for each in questionnaires.all_published(connection):
        if hashlib.sha256(each.compiled.encode()).hexdigest() != each.compiled_sha256:
            yield fault(
                f"Mẫu phiếu {each.id} {each.version} không khớp mã SHA-256: nội dung gửi cho máy đã bị thay đổi.",
                f"Questionnaire {each.id} {each.version} does not match its SHA-256: what tablets get was changed.",
            )


def _keys(connection: Connection) -> Iterator[ExaminationFinding]:
    """A key pair that no longer opens what was sealed to it would show only when a tablet sends."""
    from survey_server.services.key_pairs import is_pair  # heavy

    for each in devices.all_keys(connection):
        if not is_pair(each.private_pem, each.public_jwk):
            yield fault(
                f"Khóa {each.kid} của máy chủ bị hỏng: không mở được phiếu niêm phong bằng khóa này.",
                f"The server's key {each.kid} is damaged: what was sealed to it cannot be opened.",
            )


def _attachments(connection: Connection, settings: Settings) -> Iterator[ExaminationFinding]:
    for sha256, size in attachments.all_kept(connection).items():
        path = settings.attachments_dir / sha256[:2] / sha256
        if not path.is_file() or path.stat().st_size != size:
            yield fault(f"Thiếu tệp đính kèm {sha256}.", f"The attachment {sha256} is missing.")
        elif _digest(path) != sha256:
            yield fault(f"Tệp đính kèm {sha256} bị hỏng.", f"The attachment {sha256} is damaged.")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settings(settings: Settings) -> Iterator[ExaminationFinding]:
    folder = settings.questionnaires_dir
    if not folder.is_dir():
        yield fault(
            f"SURVEY_QUESTIONNAIRES_DIR: không có thư mục {folder}.",
            f"SURVEY_QUESTIONNAIRES_DIR: there is no folder {folder}.",
        )


def _secrets(database: Database, settings: Settings) -> Iterator[ExaminationFinding]:
    """The secret key, and the database, which holds private keys, password hashes and what people said."""
    if os.name != "posix":  # elsewhere the mode says nothing
        return
    for path in (settings.data_dir / SECRET_FILE, *database_files(database.engine.url)):
        if path.exists() and path.stat().st_mode & 0o077:
            yield fault(
                f"Người khác đọc được {path}: chạy chmod 600 với tệp này.", f"{path} can be read by others: chmod 600."
            )
