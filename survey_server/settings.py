"""The settings of an installation: one frozen record, read from SURVEY_* variables and validated."""

from __future__ import annotations

import os
import re
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from environs import Env, EnvError

from survey_server.durable import flush, write_file
from survey_server.i18n import DEFAULT_LANGUAGE, Message, languages
from survey_server.secret_key import MIN_SECRET_LENGTH, is_readable, is_weak

MAX_PROCESSES = 16
SECRET_FILE = "secret-key"  # noqa: S105  a file name
PREPARED_FILE = "prepared"
PACKAGE_DIR = Path(__file__).parent
SECOND_FACTOR = ("auto", "always", "never")  # when central staff and administrators need one: auto, in a real round
_CONTACT = re.compile(r"(mailto:[^@\s]+@[^@\s]+|https://\S+|tel:\+?[0-9.-]+)")  # of RFC 9116


class SettingsError(ValueError):
    """A setting that cannot be used; the message names the variable and says what to do."""

    def __init__(self, text: str, **parts: object) -> None:
        self.message = Message(text, **parts)
        super().__init__(self.message.text("en"))


@dataclass(frozen=True, slots=True)
class Settings:
    data_dir: Path
    database_url: str
    secret_key: str
    host: str
    port: int
    questionnaires_dir: Path
    language: str
    suppress_below: int
    processes: int = 1
    trusted_proxy: str = ""
    request_log: bool = False
    second_factor: str = "auto"
    security_contact: str = ""

    @property
    def charts_dir(self) -> Path:
        return self.data_dir / "charts"

    @property
    def attachments_dir(self) -> Path:
        return self.data_dir / "attachments"

    @property
    def fonts_dir(self) -> Path:
        return self.data_dir / "fonts"


def read_settings() -> Settings:
    """Read the settings from the environment.

    Creates the data directory, for this account alone, and, where SURVEY_SECRET_KEY is unset, a random key kept in it.
    Raises SettingsError for a value that cannot be used.
    """
    env = Env(prefix="SURVEY_")
    data_dir = Path(env.str("DATA_DIR", "var")).expanduser().resolve()
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = Settings(
            data_dir=data_dir,
            database_url=env.str("DATABASE_URL", f"sqlite:///{data_dir / 'survey.sqlite3'}"),
            secret_key=env.str("SECRET_KEY", "") or _read_or_create_secret(data_dir / SECRET_FILE),
            host=env.str("HOST", "127.0.0.1"),
            port=_read_int(env, "PORT", 8000),
            questionnaires_dir=Path(env.str("QUESTIONNAIRES_DIR", str(shipped_questionnaires()))).resolve(),
            language=env.str("LANGUAGE", DEFAULT_LANGUAGE),
            suppress_below=_read_int(env, "SUPPRESS_BELOW", 10),
            processes=_read_int(env, "PROCESSES", default_processes()),
            trusted_proxy=env.str("TRUSTED_PROXY", ""),
            request_log=_read_bool(env, "REQUEST_LOG", not sys.stderr.isatty()),
            second_factor=env.str("SECOND_FACTOR", SECOND_FACTOR[0]),
            security_contact=_read_contact(env.str("SECURITY_CONTACT", "").strip()),
        )
    except OSError as error:
        raise SettingsError(
            "SURVEY_DATA_DIR: không dùng được {data_dir}; chọn một thư mục mà tài khoản này được ghi", data_dir=data_dir
        ) from error
    _validate(settings)
    return settings


def _read_contact(given: str) -> str:
    """A URI; an e-mail address gets its scheme."""
    return f"mailto:{given}" if "@" in given and ":" not in given else given


def _read_int(env: Env, name: str, default: int) -> int:
    try:
        return env.int(name, default)
    except EnvError as error:
        raise SettingsError("SURVEY_{name}: phải là số nguyên, ví dụ {default}", name=name, default=default) from error


def _read_bool(env: Env, name: str, default: bool) -> bool:
    try:
        return env.bool(name, default)
    except EnvError as error:
        raise SettingsError("SURVEY_{name}: dùng 1 hoặc 0", name=name) from error


def default_processes() -> int:
    """Web processes: one a core, two at most. More gain little: SQLite has one writer at a time."""
    return min(2, os.cpu_count() or 1) if os.name == "posix" else 1


def mark_prepared(settings: Settings) -> None:
    """Mark the data directory as prepared: `run.py` adds its demo to unmarked ones only, never beside responses."""
    write_file(settings.data_dir / PREPARED_FILE, b"prepared\n")


def shipped_questionnaires() -> Path:
    """The folder of questionnaires: beside the package in a checkout, inside it in an installed wheel."""
    inside = PACKAGE_DIR / "shipped_questionnaires"
    return inside if inside.is_dir() else PACKAGE_DIR.parent / "questionnaires"


def _read_or_create_secret(path: Path) -> str:
    """The secret key in the data directory; created, readable by its owner only, where there is none. Raises
    SettingsError where others can read it.

    It is written and flushed under another name first: several processes may start at once, and the power may fail.
    """
    if not path.exists():
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(MIN_SECRET_LENGTH))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            _link_or_rename(part, path)
        part.unlink(missing_ok=True)
        flush(path.parent)
    if is_readable(path):
        raise SettingsError("Người khác đọc được khóa bí mật {path}: chạy chmod 600 với tệp này.", path=path)
    return path.read_text(encoding="ascii", errors="replace").strip()


def _link_or_rename(part: Path, path: Path) -> None:
    """Give a finished file its name. Raises FileExistsError where another process was first."""
    try:
        path.hardlink_to(part)
    except (NotImplementedError, PermissionError):  # a file system without hard links
        part.rename(path)


def _validate(settings: Settings) -> None:
    if is_weak(settings.secret_key):
        raise SettingsError(
            "SURVEY_SECRET_KEY: quá yếu; dùng {least} ký tự ngẫu nhiên trở lên, hoặc bỏ trống thì khóa được tạo và giữ "
            "trong thư mục dữ liệu (tệp {file})",
            least=MIN_SECRET_LENGTH,
            file=SECRET_FILE,
        )
    if settings.language not in languages():
        listed = ", ".join(languages())
        raise SettingsError(
            "SURVEY_LANGUAGE: {language!r} không phải là một trong {listed}", language=settings.language, listed=listed
        )
    if not 0 <= settings.port <= 65535:
        raise SettingsError(
            "SURVEY_PORT: {port} không phải là cổng; dùng 0 (cổng trống bất kỳ) đến 65535", port=settings.port
        )
    if not 1 <= settings.processes <= MAX_PROCESSES:
        raise SettingsError(
            "SURVEY_PROCESSES: {processes} không dùng được; dùng từ 1 đến {most}",
            processes=settings.processes,
            most=MAX_PROCESSES,
        )
    if settings.second_factor not in SECOND_FACTOR:
        raise SettingsError("SURVEY_SECOND_FACTOR: dùng {listed}", listed=", ".join(SECOND_FACTOR))
    if settings.security_contact and not _CONTACT.fullmatch(settings.security_contact):
        raise SettingsError(
            "SURVEY_SECURITY_CONTACT: dùng một địa chỉ thư, https://… hoặc tel:…, ví dụ baomat@example.vn"
        )
    if settings.suppress_below < 2:
        raise SettingsError("SURVEY_SUPPRESS_BELOW: dùng 2 trở lên; quy tắc của cuộc khảo sát này là 10")
    if not settings.database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise unusable_database_url()


def unusable_database_url() -> SettingsError:
    """The message does not repeat the URL: it may hold a password."""
    return SettingsError("SURVEY_DATABASE_URL: dùng sqlite:///TỆP hoặc postgresql://NGƯỜI_DÙNG@MÁY/TÊN")
