"""What the verb `doctor` checks: the database, its rows, the attachments, the settings."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from survey_server.domain import DatabaseError
from survey_server.i18n import Message
from survey_server.services import second_factor
from survey_server.services.prepare_fonts import WEIGHTS, is_whole_font
from survey_server.services.published_charts import chart_blobs
from survey_server.services.readiness import has_publisher
from survey_server.services.verify_audit import broken_entry_message, check_audit, missing_entries_message
from survey_server.settings import SECRET_FILE, Settings
from survey_server.storage import (
    Connection,
    Database,
    assignment_counts,
    attachments,
    chart_pages,
    devices,
    integrity,
    questionnaires,
    responses,
    second_factors,
)
from survey_server.storage.blobs import BlobStore, FolderBlobStore
from survey_server.storage.migrate import is_current
from survey_server.storage.working_folders import BACKUP, RESTORE, find_abandoned


@dataclass(frozen=True, slots=True)
class DoctorProblem:
    """What `doctor` found: an error to fix, or a note."""

    level: Literal["error", "note"]
    message: Message


def error(text: str, **parts: object) -> DoctorProblem:
    return DoctorProblem("error", Message(text, **parts))


def note(text: str, **parts: object) -> DoctorProblem:
    return DoctorProblem("note", Message(text, **parts))


def diagnose(database: Database, settings: Settings) -> list[DoctorProblem]:
    """All errors and notes; changes nothing."""
    try:
        with database.read() as connection:
            return [
                *_database(database, connection),
                *_stored_texts(connection),
                *_keys(connection),
                *(_audit(connection) if is_current(connection) else ()),
                *(_second_factors(connection, settings.secret_key) if is_current(connection) else ()),
                *_attachments(connection, FolderBlobStore(settings.attachments_dir)),
                *(_charts(connection, chart_blobs(settings)) if is_current(connection) else ()),
                *_files(database, settings),
            ]
    except (DatabaseError, UnicodeError) as failure:  # so damaged that it cannot be read to its end
        return [error("Tệp cơ sở dữ liệu hỏng: {failure}", failure=failure)]


def _database(database: Database, connection: Connection) -> Iterator[DoctorProblem]:
    if not is_current(connection):
        yield error("Cơ sở dữ liệu chưa được nâng cấp: chạy init.")
    if not database.is_sqlite:
        encoding = integrity.server_encoding(connection)
        if encoding != "UTF8":
            yield error("Cơ sở dữ liệu dùng mã {encoding}, cần UTF8.", encoding=encoding)
        return
    if message := integrity.file_damage(connection):
        yield error("Tệp cơ sở dữ liệu hỏng: {message}", message=message)
    for table in integrity.tables_with_broken_references(connection):
        yield error("Bảng {table} trỏ đến dòng không có.", table=table)
    if not integrity.is_in_wal_mode(connection):
        yield error("Cơ sở dữ liệu không ở chế độ WAL.")
    if version := integrity.outdated_sqlite():
        yield note("SQLite {version} có lỗi WAL khi nhiều kết nối; nên dùng gói pysqlite3.", version=version)


def _stored_texts(connection: Connection) -> Iterator[DoctorProblem]:
    """Responses and questionnaires against the digests that were stored with them."""
    for id_ in responses.damaged_ids(connection):
        yield error("Phiếu {id} không khớp mã SHA-256.", id=id_)
    yield note("{counted} phiếu.", counted=responses.count(connection))
    for id_ in assignment_counts.miscounted(connection):
        yield error("Số phiếu đã nhận của việc được giao {id} không khớp khi đếm lại.", id=id_)
    for each in questionnaires.all_published(connection):
        if hashlib.sha256(each.compiled.encode()).hexdigest() != each.compiled_sha256:
            yield error(
                "Mẫu phiếu {id} {version} không khớp mã SHA-256: nội dung gửi cho máy đã bị thay đổi.",
                id=each.id,
                version=each.version,
            )


def _keys(connection: Connection) -> Iterator[DoctorProblem]:
    """A damaged key pair would otherwise be noticed only when a tablet sends a sealed row."""
    from survey_server.services.key_pairs import is_pair  # imports cryptography: 7 MiB

    for each in devices.all_keys(connection):
        if not is_pair(each.private_pem, each.public_jwk):
            yield error("Khóa {kid} của máy chủ bị hỏng: không mở được phiếu niêm phong bằng khóa này.", kid=each.kid)


def _audit(connection: Connection) -> Iterator[DoctorProblem]:
    check = check_audit(connection)
    if check.broken is not None:
        yield DoctorProblem("error", broken_entry_message(check.broken))
    elif check.head != check.found:
        yield DoctorProblem("error", missing_entries_message(check))
    else:
        yield note("Nhật ký: {entries} mục, mã đầu chuỗi {head}.", entries=check.head.entries, head=check.head)


def _second_factors(connection: Connection, secret_key: str) -> Iterator[DoctorProblem]:
    for account, (person_id, secret) in second_factors.all_secrets(connection).items():
        if not second_factor.is_readable(secret_key, person_id, secret):
            yield error(
                "Không đọc được xác thực hai bước của tài khoản {account}: khóa bí mật đã thay đổi. Dùng lại khóa cũ, "
                "hoặc chạy reset-second-factor.",
                account=account,
            )


def _attachments(connection: Connection, blobs: BlobStore) -> Iterator[DoctorProblem]:
    for sha256, size in attachments.sizes(connection).items():
        if blobs.size(sha256) != size:
            yield error("Thiếu tệp đính kèm {sha256}.", sha256=sha256)
        elif not _is_sound(blobs, sha256):
            yield error("Tệp đính kèm {sha256} bị hỏng.", sha256=sha256)


def _charts(connection: Connection, blobs: BlobStore) -> Iterator[DoctorProblem]:
    """Drawn charts against what the database says of them. A missing file is drawn again when its page is opened; so it
    is after a restore, since backups leave charts out."""
    missing = 0
    for file in chart_pages.all_files(connection):
        if blobs.size(file.sha256) is None:
            missing += 1
        elif not _is_sound(blobs, file.sha256):
            yield error("Tệp biểu đồ {sha256} bị hỏng: xóa tệp này thì biểu đồ được vẽ lại.", sha256=file.sha256)
    if missing:
        yield note("Thiếu {missing} tệp biểu đồ; chúng được vẽ lại khi có người xem.", missing=missing)


def _is_sound(blobs: BlobStore, sha256: str) -> bool:
    """False also where the disk refuses to read the file."""
    try:
        with blobs.open(sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _files(database: Database, settings: Settings) -> Iterator[DoctorProblem]:
    """The folder of questionnaires, and the modes of the files that hold private keys, password hashes and answers."""
    folder = settings.questionnaires_dir
    if not folder.is_dir():
        yield error("SURVEY_QUESTIONNAIRES_DIR: không có thư mục {folder}.", folder=folder)
    if not has_publisher(settings):
        yield note("Không có tiến trình tính số liệu và vẽ biểu đồ đang chạy: cần chạy serve hoặc publisher.")
    for path in find_abandoned(settings.data_dir, BACKUP, RESTORE):
        yield error(
            "Một lần sao lưu hay phục hồi bị ngắt để lại {path}, có bản sao dữ liệu: xóa thư mục này.", path=path
        )
    parts = FolderBlobStore(settings.attachments_dir).parts()
    if parts:
        size = sum(part.stat().st_size for part in parts)
        yield note("{count} tệp đính kèm gửi dở, {size} MiB.", count=len(parts), size=round(size / 1024**2, 1))
    for name in (*WEIGHTS.values(),) if settings.fonts_dir.is_dir() else ():
        if not is_whole_font(settings.fonts_dir / name):
            yield note("Phông chữ {name} thiếu hoặc bị hỏng; chạy init thì phông được tạo lại.", name=name)
    if os.name != "posix":  # other systems have no such modes
        return
    for path in (settings.data_dir / SECRET_FILE, *database.files):
        if path.exists() and path.stat().st_mode & 0o077:
            yield error("Người khác đọc được {path}: chạy chmod 600 với tệp này.", path=path)
