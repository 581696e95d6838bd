"""`survey-server check` as people and scripts use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey_server.cli.questionnaires import check
from survey_server.questionnaire.check import check_file
from tests.questionnaire.marked import found_in, with_envelope, with_expression, with_question

WARNED = with_envelope("      yes: {vi: Có, en: Yes}", "      yes: {vi: Có}")
MANY = with_question("- {nmae: q, type: txt, label: {vi: A, en: B}, relevant: \"${ratd} = 'a'\"}\n")


@pytest.fixture(autouse=True)
def _no_language_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SURVEY_LANGUAGE", raising=False)


def checked(folder: Path, source: str, *arguments: str) -> Result:
    found_in(folder, source)
    return CliRunner().invoke(check, [*arguments, str(folder / "marked.yaml")])


def test_a_file_without_problems_prints_nothing(tmp_path: Path) -> None:
    done = checked(tmp_path, with_expression("${amount} > 1"))
    assert (done.exit_code, done.output) == (0, "")


def test_a_line_has_the_position_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    done = checked(tmp_path, with_expression("${ratd} = 1"))
    assert done.exit_code == 1
    assert done.output == (
        f"{tmp_path}/marked.yaml:46:19: last.relevant: không có câu hỏi 'ratd' (có phải là 'rated'?);"
        " ghi đúng 'name' của câu hỏi trong ${…}\n"
    )


def test_english_is_behind_a_switch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_LANGUAGE", "en")
    assert (
        "there is no question 'ratd' (did you mean 'rated'?); write"
        in checked(tmp_path, with_expression("${ratd} = 1")).output
    )


def test_a_warning_makes_the_exit_code_1(tmp_path: Path) -> None:
    done = checked(tmp_path, WARNED, "--format", "json")
    assert done.exit_code == 1
    assert [each["severity"] for each in json.loads(done.output)] == ["warning"]


def test_a_warning_is_marked_and_an_error_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ": cảnh báo: " in checked(tmp_path, WARNED).output
    assert "cảnh báo" not in checked(tmp_path, MANY).output
    monkeypatch.setenv("SURVEY_LANGUAGE", "en")
    line = checked(tmp_path, WARNED).output
    assert line.removeprefix(f"{tmp_path}/marked.yaml:").split(": ")[1] == "warning"
    (warning,) = json.loads(checked(tmp_path, WARNED, "--format", "json").output)
    assert "warning" not in warning["message"]


@pytest.mark.parametrize(
    ("removed", "vi", "en"),
    [
        ('version: "1"\n', "mẫu phiếu: thiếu 'version'", "the questionnaire: 'version' is missing"),
        ("title: {vi: Phiếu thử, en: A test}\n", "mẫu phiếu: thiếu 'title'", "the questionnaire: 'title' is missing"),
    ],
)
def test_the_file_is_named_by_what_it_is(tmp_path: Path, removed: str, vi: str, en: str) -> None:
    found_in(tmp_path, with_envelope(removed, ""))
    (problem,) = check_file(tmp_path / "marked.yaml")
    assert (problem.text("vi"), problem.text("en")) == (vi, en)


def test_a_framework_and_the_lists_are_named_by_what_they_are(tmp_path: Path) -> None:
    found_in(tmp_path, "id: mine\ntitle: {vi: A, en: B}\ntasks: 1\n", "mine.yaml")
    assert [each.text("vi")[:5] for each in check_file(tmp_path / "mine.yaml")] == ["khung"]
    found_in(tmp_path, with_envelope("  yesno:\n", "  other: x\n  yesno:\n"))
    assert [each.text("vi").split(":")[0] for each in check_file(tmp_path / "marked.yaml")] == ["danh sách phương án"]


def test_one_run_prints_all_problems_in_the_order_of_the_file(tmp_path: Path) -> None:
    lines = checked(tmp_path, MANY).output.splitlines()
    positions = [tuple(int(part) for part in line.split(":")[1:3]) for line in lines]
    assert len(lines) == 3
    assert positions == sorted(positions)


def test_json_has_the_promised_keys(tmp_path: Path) -> None:
    found = json.loads(checked(tmp_path, MANY, "--format", "json").output)
    assert [set(each) for each in found] == [{"path", "line", "column", "code", "severity", "message", "hint"}] * 3
    assert json.loads(checked(tmp_path, with_expression("true"), "--format", "json").output) == []


def test_a_short_word_gets_no_suggestion(tmp_path: Path) -> None:
    assert "có phải là" not in checked(tmp_path, with_expression("now() = 1")).output


def test_frameworks_are_checked_too(tmp_path: Path) -> None:
    framework = "id: other\ntitle: {vi: A, en: B}\ntasks: {t: {title: {vi: A, en: B}, indicators: {i: {kind: rate}}}}\n"
    found = found_in(tmp_path, framework, "mine.yaml")
    assert [code for *_, code in found] == ["framework_id", "missing_key", "missing_key", "not_allowed"]


def test_problems_of_a_framework_are_printed_in_the_chosen_language(tmp_path: Path) -> None:
    found_in(tmp_path, WARNED)
    (tmp_path / "frameworks" / "small.yaml").write_text("id: small\ntitle: {vi: A, en: B}\n", encoding="utf-8")
    done = CliRunner().invoke(check, [str(tmp_path / "marked.yaml")])
    assert "khung 'small' có lỗi" in done.output
    assert "thiếu 'tasks'" in done.output
