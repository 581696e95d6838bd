"""The settings of an installation: one frozen record, read from SURVEY_* variables and validated."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from environs import Env, EnvError

LANGUAGES = ("vi", "en")
MIN_SECRET_LENGTH = 32
MAX_PROCESSES = 16
SECRET_FILE = "secret-key"  # noqa: S105  a file name
PREPARED_FILE = "prepared"
PACKAGE_DIR = Path(__file__).parent


class SettingsError(ValueError):
    """An unusable setting; the message names the variable and says what to do, in both languages."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self._texts = {"vi": vi, "en": en}

    def text(self, language: str) -> str:
        return self._texts[language]


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
            language=env.str("LANGUAGE", "vi"),
            suppress_below=_read_int(env, "SUPPRESS_BELOW", 10),
            processes=_read_int(env, "PROCESSES", default_processes()),
            trusted_proxy=env.str("TRUSTED_PROXY", ""),
        )
    except OSError as error:
        raise SettingsError(
            f"SURVEY_DATA_DIR: không dùng được {data_dir}; chọn một thư mục mà tài khoản này được ghi",
            f"SURVEY_DATA_DIR: {data_dir} cannot be used; name a folder that this account may write",
        ) from error
    _validate(settings)
    return settings


def _read_int(env: Env, name: str, default: int) -> int:
    try:
        return env.int(name, default)
    except EnvError as error:
        raise SettingsError(
            f"SURVEY_{name}: phải là số nguyên, ví dụ {default}",
            f"SURVEY_{name}: use a whole number, such as {default}",
        ) from error


def default_processes() -> int:
    """Web processes: one a core, two at most. More gain little: SQLite has one writer at a time."""
    return min(2, os.cpu_count() or 1) if os.name == "posix" else 1


def mark_prepared(settings: Settings) -> None:
    """Mark the data directory as prepared: `run.py` adds its demo to unmarked ones only, never beside responses."""
    (settings.data_dir / PREPARED_FILE).write_text("prepared\n", encoding="ascii")


def shipped_questionnaires() -> Path:
    """The folder of questionnaires: beside the package in a checkout, inside it in an installed wheel."""
    inside = PACKAGE_DIR / "shipped_questionnaires"
    return inside if inside.is_dir() else PACKAGE_DIR.parent / "questionnaires"


def _read_or_create_secret(path: Path) -> str:
    """The secret key in the data directory; created, readable by its owner only, where there is none.

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
    return path.read_text(encoding="ascii", errors="replace").strip()


def _link_or_rename(part: Path, path: Path) -> None:
    """Give a finished file its name. Raises FileExistsError where another process was first."""
    try:
        path.hardlink_to(part)
    except (NotImplementedError, PermissionError):  # a file system without hard links
        part.rename(path)


def _validate(settings: Settings) -> None:
    if len(settings.secret_key) < MIN_SECRET_LENGTH or len(set(settings.secret_key)) < 8:
        raise SettingsError(
            f"SURVEY_SECRET_KEY: quá yếu; dùng {MIN_SECRET_LENGTH} ký tự ngẫu nhiên trở lên, "
            f"hoặc bỏ trống thì khóa được tạo và giữ trong thư mục dữ liệu (tệp {SECRET_FILE})",
            f"SURVEY_SECRET_KEY: too weak; use {MIN_SECRET_LENGTH} random characters or more, "
            f"or leave it unset and a key is made and kept in the data directory (file {SECRET_FILE})",
        )
    if settings.language not in LANGUAGES:
        listed = ", ".join(LANGUAGES)
        raise SettingsError(
            f"SURVEY_LANGUAGE: {settings.language!r} không phải là một trong {listed}",
            f"SURVEY_LANGUAGE: {settings.language!r} is not one of {listed}",
        )
    if not 0 <= settings.port <= 65535:
        raise SettingsError(
            f"SURVEY_PORT: {settings.port} không phải là cổng; dùng 0 (cổng trống bất kỳ) đến 65535",
            f"SURVEY_PORT: {settings.port} is not a port; use 0 (any free one) to 65535",
        )
    if not 1 <= settings.processes <= MAX_PROCESSES:
        raise SettingsError(
            f"SURVEY_PROCESSES: {settings.processes} không dùng được; dùng từ 1 đến {MAX_PROCESSES}",
            f"SURVEY_PROCESSES: {settings.processes} cannot be used; use 1 to {MAX_PROCESSES}",
        )
    if settings.suppress_below < 2:
        raise SettingsError(
            "SURVEY_SUPPRESS_BELOW: dùng 2 trở lên; quy tắc của cuộc khảo sát này là 10",
            "SURVEY_SUPPRESS_BELOW: use 2 or more; 10 is the rule of this survey",
        )
    if not settings.database_url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise unusable_database_url()


def unusable_database_url() -> SettingsError:
    """The message does not repeat the URL: it may hold a password."""
    return SettingsError(
        "SURVEY_DATABASE_URL: dùng sqlite:///TỆP hoặc postgresql://NGƯỜI_DÙNG@MÁY/TÊN",
        "SURVEY_DATABASE_URL: use sqlite:///FILE or postgresql://USER@HOST/NAME",
    )
