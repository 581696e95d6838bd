"""The command line uses one language at a time, in messages of click and of the operating system too."""

from __future__ import annotations

import errno
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from survey_server.cli import VERBS
from survey_server.problems.operating_system import describe_os_error
from survey_server.settings import Settings
from survey_server.storage.database import Database
from tests.support.server import free_port

Run = Callable[..., str]
ENGLISH = re.compile(
    r"\b(error|usage|options?|commands?|missing|invalid|such|show|example|default|required|file|folder|directory|path"
    r"|the|text|integer|range|no|not|is|and|of|was|note|fault|stored|already|use)\b",
    re.IGNORECASE,
)


@pytest.fixture
def run(settings: Settings) -> Run:
    def run_verb(*arguments: str, language: str = "vi", given: str = "", **environment: str) -> str:
        own = {"SURVEY_DATA_DIR": str(settings.data_dir), "SURVEY_LANGUAGE": language, **environment}
        done = subprocess.run(
            [sys.executable, "-m", "survey_server.cli", *arguments],
            env={**os.environ, **own},
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout + done.stderr

    return run_verb


def prose(text: str) -> str:
    """The text without names that are the same in any language: options, variables, paths, quoted values."""
    return re.sub(
        r"python -m survey_server\.cli [\w-]*|survey-server [^\n]*|--[\w-]+|SURVEY_\w+|'[^']*'|/\S+|\[[a-z|]+\]",
        "",
        text,
    )


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_in_vietnamese_contains_no_english(run: Run, verb: str) -> None:
    shown = run(*verb.split(), "--help")
    assert shown.startswith("Cách dùng: ")
    assert "Ví dụ: " in shown
    assert ENGLISH.findall(prose(shown)) == []


def test_help_in_english_contains_no_vietnamese(run: Run) -> None:
    for verb in ("", "serve", "enrol-device"):
        shown = run(*verb.split(), "--help", language="en")
        assert shown.startswith("Usage: ")
        assert shown.isascii(), shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["enrol-device"], "Lỗi: Thiếu tùy chọn '--person'."),
        (["backup"], "Lỗi: Thiếu tham số 'TỆP'."),
        (["serve", "--port", "x"], "Lỗi: Giá trị của '--port' không dùng được: 'x' không phải là số nguyên."),
        (["serve", "--port", "70000"], "70000 không nằm trong khoảng 0<=x<=65535."),
        (["serve", "--tls-cert", "/dev/null"], "Lỗi: --tls-cert và --tls-key phải đi cùng nhau."),
        (["nosuch"], "Lỗi: Không có lệnh 'nosuch'."),
        (["doctor", "--x"], "Lỗi: Không có tùy chọn '--x'."),
        (["restore", "/nowhere"], "Lỗi: Giá trị của 'TỆP' không dùng được: không có '/nowhere'."),
    ],
)
def test_errors_of_click_are_vietnamese(run: Run, arguments: list[str], message: str) -> None:
    shown = run(*arguments)
    assert message in shown
    assert ENGLISH.findall(prose(shown)) == []


def test_the_prompt_for_a_password_is_vietnamese(run: Run) -> None:
    shown = run("add-person", "lan", "--name", "Lan", "--role", "none", given="mot\nhai\n")
    assert shown.endswith("Đã dừng theo yêu cầu.\n")
    assert "Nhập lại để xác nhận" in shown
    assert "Lỗi: hai lần nhập không giống nhau." in shown


def test_doctor_reports_in_vietnamese(run: Run, sqlite_database: Database) -> None:
    shown = run("doctor")
    assert "ghi chú: 0 phiếu." in shown
    assert ENGLISH.findall(prose(shown)) == []
    assert "note: 0 responses." in run("doctor", language="en")


def test_a_port_in_use_is_reported_with_what_to_do(run: Run, sqlite_database: Database) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        shown = run("serve", "--port", str(port))
    assert f"Không mở được 127.0.0.1:{port}: cổng này đang được chương trình khác dùng." in shown
    assert "--port" in shown


def test_an_invalid_number_in_a_setting_is_reported_with_what_to_do(run: Run) -> None:
    assert run("doctor", SURVEY_PORT="abc") == "Lỗi: SURVEY_PORT: phải là số nguyên, ví dụ 8000\n"
    english = run("doctor", language="en", SURVEY_PORT="abc")
    assert english == "Error: SURVEY_PORT: use a whole number, such as 8000\n"


def test_an_unusable_data_directory_is_reported_in_vietnamese(run: Run, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    shown = run("doctor", SURVEY_DATA_DIR=str(taken))
    assert f"SURVEY_DATA_DIR: không dùng được {taken}" in shown
    assert "đã có tệp hay thư mục tên này" in shown


def test_an_unwritable_file_is_reported_in_vietnamese(run: Run, sqlite_database: Database) -> None:
    shown = run("backup", "/no/such/folder/x.tar")
    assert "không có tệp hay thư mục này. Kiểm tra đường dẫn" in shown


def test_other_errors_of_the_system_are_quoted() -> None:
    assert describe_os_error(OSError(errno.EDOM, "Odd")).text("vi") == "hệ thống báo lỗi: Odd"
    unknown_host = describe_os_error(socket.gaierror(socket.EAI_NONAME, "Odd"))
    assert unknown_host.text("vi") == "không tìm thấy địa chỉ của tên máy này"
