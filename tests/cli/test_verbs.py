"""The command line as people and scripts use it: names, exit codes, what is on the last line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from survey_server.cli import VERBS, main, maintenance
from survey_server.cli.server.listening import Certificate
from survey_server.clock import VIETNAM
from survey_server.domain.people import Role
from survey_server.pipeline.counting import count_waiting
from survey_server.problems import ProblemError
from survey_server.qr_code import qr_terminal, write_qr
from survey_server.services.back_up import restore
from survey_server.services.demo.prepare import refuse_beside_survey
from survey_server.services.devices import STANDING_CODE_TTL, enrol, make_code, standing_code
from survey_server.services.import_unsent import import_unsent
from survey_server.services.passwords import is_password
from survey_server.services.people import add_person
from survey_server.settings import SECRET_FILE, Settings, _read_or_create_secret, read_settings
from survey_server.storage import people, second_factors
from survey_server.storage.database import Database, open_database
from survey_server.storage.migrate import migrate
from survey_server.storage.tables import audit, metadata, survey_round
from tests.support.certificate import make_certificate
from tests.support.field import EXAMPLE, Field, body, prepare_field, row, surveyor_of
from tests.support.receiving import context_of, receive, sign_unsent
from tests.support.server import RunningServer, free_port

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def field(sqlite_database: Database, tmp_path: Path) -> Field:
    return prepare_field(sqlite_database, tmp_path)


@pytest.fixture
def run(settings: Settings) -> Run:
    def run_verb(*arguments: str, given: str = "", language: str = "en") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "survey_server.cli", *arguments],
            env={**os.environ, "SURVEY_DATA_DIR": str(settings.data_dir), "SURVEY_LANGUAGE": language},
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run_verb


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself_with_an_example(verb: str) -> None:
    shown = CliRunner().invoke(main, [verb, "--help"])
    assert shown.exit_code == 0
    assert f"survey-server {verb}" in " ".join(shown.output.split())


def test_the_command_itself_has_an_example(run: Run) -> None:
    assert "Example: survey-server " in run("--help").stdout


def test_the_enrolment_code_stands_alone_on_the_last_line(run: Run, field: Field) -> None:
    done = run("enrol-device", "--person", "surveyor")
    assert re.fullmatch(r"[A-HJ-NP-Z2-9]{8}", done.stdout.splitlines()[-1])


def test_an_enrolment_code_is_drawn_for_a_camera(run: Run, field: Field, tmp_path: Path) -> None:
    file = tmp_path / "code.svg"
    done = run("enrol-device", "--person", "surveyor", "--qr", str(file))
    code = done.stdout.splitlines()[-1]
    write_qr(code, tmp_path / "expected.svg")
    assert file.read_bytes() == (tmp_path / "expected.svg").read_bytes()
    assert "█" not in done.stdout  # drawn in a terminal only
    assert "█" in qr_terminal(code)


@pytest.mark.parametrize(("language", "said"), [("vi", "tài khoản"), ("en", "account")])
def test_an_error_is_one_line_in_the_language_asked_for(run: Run, field: Field, language: str, said: str) -> None:
    done = run("enrol-device", "--person", "unheard-of", language=language)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_verb_says_that_nothing_is_prepared_yet(run: Run) -> None:
    done = run("doctor")
    assert done.returncode == 1
    assert "survey-server init" in done.stderr


def test_the_audit_log_is_verified_and_its_head_stands_alone_on_the_last_line(
    run: Run, sqlite_database: Database, field: Field
) -> None:
    run("enrol-device", "--person", "surveyor")
    head = run("audit", "verify").stdout.splitlines()[-1]
    assert re.fullmatch(r"[0-9]+:[0-9a-f]{64}", head)
    run("enrol-device", "--person", "surveyor")
    assert run("audit", "verify", "--head", head).returncode == 0
    unknown = run("audit", "verify", "--head", f"1:{'0' * 64}")
    assert (unknown.returncode, "no longer contains" in unknown.stdout) == (1, True)
    assert run("audit", "verify", "--head", "nonsense").returncode == 2
    sqlite_database.write(lambda connection: connection.execute(update(audit).values(object="person:9")))
    broken = run("audit", "verify", "--head", head)
    assert (broken.returncode, "wrong from entry 1" in broken.stdout) == (1, True)


def test_a_person_is_added_with_role_and_area(run: Run, field: Field) -> None:
    options = ["--name", "Trần Thị Lan", "--role", "coordinator", "--password-stdin"]
    done = run("add-person", "lan", *options, "--area", "test:province:01", given="mot mat khau dai\n")
    assert done.returncode == 0, done.stderr
    assert run("add-person", "lan", *options, given="mot mat khau dai\n").returncode == 1
    assert run("add-person", "hoa", *options, "--area", "test:province:99", given="mot mat khau dai\n").returncode == 1


def test_a_password_is_set_or_made_for_one_sign_in(run: Run, sqlite_database: Database, field: Field) -> None:
    add_person(sqlite_database, "lan", "Trần Thị Lan", Role.CENTRAL, None, "mot mat khau dai")

    def known(password: str) -> bool:
        with sqlite_database.read() as connection:
            found = people.by_account(connection, "lan")
            assert found is not None
            return is_password(people.password_hash(connection, found.id), password)

    def must_change() -> bool:
        with sqlite_database.read() as connection:
            found = people.by_account(connection, "lan")
        return found is not None and found.must_change_password

    refused = run("set-password", "lan", "--password-stdin", given="mttq2012\n")
    assert (refused.returncode, "“mttq”" in refused.stderr) == (1, True)
    assert len(refused.stderr.strip().splitlines()) == 1
    assert run("set-password", "lan", "--password-stdin", given="con cò bay lả\n").returncode == 0
    assert (known("con cò bay lả"), known("mot mat khau dai"), must_change()) == (True, False, False)
    made = run("set-password", "lan", "--one-time").stdout.splitlines()[-1]
    assert re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", made)
    assert (known(made), must_change()) == (True, True)
    assert run("set-password", "nobody-here", "--one-time").returncode == 1
    assert run("set-password", "lan", "--one-time", "--password-stdin", given="x\n").returncode == 2


def test_a_second_factor_is_removed(run: Run, sqlite_database: Database, field: Field) -> None:
    number = add_person(sqlite_database, "lan", "Trần Thị Lan", Role.CENTRAL, None, "mot mat khau dai")
    sqlite_database.write(lambda connection: second_factors.store(connection, number, "sealed", 1))
    assert run("reset-second-factor", "lan").returncode == 0
    with sqlite_database.read() as connection:
        assert second_factors.find(connection, number) is None
    assert run("reset-second-factor", "nobody-here").returncode == 1


@pytest.mark.parametrize(("language", "said"), [("en", "already holds a survey"), ("vi", "đã có dữ liệu")])
def test_the_demo_is_not_added_to_a_survey(
    run: Run, field: Field, settings: Settings, sqlite_database: Database, language: str, said: str
) -> None:
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    before = contents(sqlite_database)
    done = run("init", "--demo", language=language)
    assert (done.returncode, done.stdout) == (1, "")
    for part in (said, "survey.sqlite3", ": 2,", ": 1)", "SURVEY_DATA_DIR"):
        assert part in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert contents(sqlite_database) == before
    assert not (settings.data_dir / "prepared").exists()
    assert not settings.fonts_dir.exists()


def contents(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def test_the_demo_goes_where_nothing_is_and_where_it_is_already(database: Database, tmp_path: Path) -> None:
    refuse_beside_survey(database)
    field = prepare_field(database, tmp_path)
    with pytest.raises(ProblemError) as refused:
        refuse_beside_survey(database)
    assert refused.value.problem.parts["people"] == 2
    simulated = update(survey_round).where(survey_round.c.id == field.round_id).values(code="demo", simulated=True)
    database.write(lambda connection: connection.execute(simulated))
    refuse_beside_survey(database)


def test_a_round_that_only_bears_the_demos_name_is_no_demo(database: Database, tmp_path: Path) -> None:
    field = prepare_field(database, tmp_path)
    named = update(survey_round).where(survey_round.c.id == field.round_id).values(code="demo")
    database.write(lambda connection: connection.execute(named))
    with pytest.raises(ProblemError):
        refuse_beside_survey(database)


def test_a_file_without_tables_holds_no_survey(settings: Settings) -> None:
    empty = open_database(settings)
    refuse_beside_survey(empty)
    empty.close()


def test_a_demo_is_prepared_again_whatever_was_tried_out_in_it(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_DATA_DIR", str(demo))
    database = open_database(read_settings())
    add_person(database, "lan", "Lan", Role.NONE)
    before = contents(database)
    assert RunningServer(demo).run("init", "--demo").returncode == 0
    assert contents(database) == before
    database.close()


def test_check_names_the_place_and_exits_1(run: Run, tmp_path: Path) -> None:
    assert run("check", str(EXAMPLE)).returncode == 0
    broken = tmp_path / "broken.yaml"
    broken.write_text(EXAMPLE.read_text(encoding="utf-8").replace("required: true", "requird: true"), encoding="utf-8")
    (tmp_path / "frameworks").mkdir()
    source = EXAMPLE.parents[1] / "frameworks" / "example.yaml"
    (tmp_path / "frameworks" / "example.yaml").write_bytes(source.read_bytes())
    done = run("check", str(broken))
    assert done.returncode == 1
    assert re.search(r"broken\.yaml:\d+:\d+: .*requird", done.stdout)
    (first, *_) = json.loads(run("check", "--format", "json", str(broken)).stdout)
    assert first.keys() == {"path", "line", "column", "code", "severity", "message", "hint"}


def test_unsent_responses_come_in_from_a_file(run: Run, field: Field, tmp_path: Path, settings: Settings) -> None:
    database = open_database(settings)
    tablet = enrol(database, make_code(database, "surveyor"), "Máy 01")
    database.close()
    sent = row(body(field))
    file = tmp_path / "unsent.json"
    rows = [{"id": sent.id, "sha256": sent.sha256, "body": sent.body}]
    file.write_text(json.dumps(sign_unsent(tablet, rows)), encoding="utf-8")
    assert run("import-unsent", str(file)).stdout.splitlines() == ["stored: 1"]
    assert run("import-unsent", str(file)).stdout.splitlines() == ["duplicate: 1"]
    another = row(body(field))
    rows = [{"id": sent.id, "sha256": "0" * 64, "body": sent.body}, {"id": another.id, "sha256": another.sha256}]
    rows.append({"id": another.id, "sha256": another.sha256, "body": another.body})
    file.write_text(json.dumps(sign_unsent(tablet, rows)), encoding="utf-8")
    done = run("import-unsent", str(file))
    assert (done.returncode, done.stdout.splitlines()) == (1, ["rejected: 2", "stored: 1"])
    assert "SHA-256" in done.stderr
    assert "2 of 3 responses were rejected" in done.stderr
    file.write_text("not json", encoding="utf-8")
    assert run("import-unsent", str(file)).returncode == 1


def test_a_backup_is_verified_and_restored_elsewhere(
    run: Run, field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "backup.tar"
    assert run("backup", str(file)).returncode == 0
    assert run("restore", str(file)).returncode == 1  # never over what is there
    monkeypatch.setenv("SURVEY_DATA_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("SURVEY_LANGUAGE", "en")
    restored = CliRunner().invoke(maintenance.restore, [str(file)]).stdout
    assert restored.startswith("Restored 0 responses.")
    assert datetime.now(VIETNAM).date().isoformat() in restored, "the day of the backup"
    assert "surveyor\tsurveyor\t-\tSurveyor" in restored, "an account that is open in it"
    file.write_bytes(file.read_bytes()[:30_000])
    monkeypatch.setenv("SURVEY_DATA_DIR", str(tmp_path / "third"))
    with pytest.raises(ProblemError):
        restore(read_settings(), file)


def test_the_doctor_finds_a_response_that_was_changed(
    run: Run, field: Field, sqlite_database: Database, settings: Settings
) -> None:
    from sqlalchemy import update

    from survey_server.storage.tables import response_body
    from tests.support.field import surveyor_of
    from tests.support.receiving import receive

    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    sqlite_database.write(lambda connection: connection.execute(update(response_body).values(body="{}")))
    done = run("doctor")
    assert done.returncode == 1
    assert "SHA-256" in done.stdout


def test_demo_accounts_are_served_on_loopback_only(run: Run, settings: Settings) -> None:
    from survey_server.clock import now_text
    from survey_server.domain.people import NewPerson
    from survey_server.storage import people

    database = open_database(settings)
    migrate(database)
    database.write(lambda c: people.add(c, NewPerson("admin", "Admin", Role.ADMIN, None, None, True, now_text())))
    database.close()
    done = run("serve", "--host", "0.0.0.0", "--port", str(free_port()))
    assert done.returncode == 1
    assert "127.0.0.1" in done.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "abc"), ("PORT", "70000"), ("LANGUAGE", "fr"), ("SECRET_KEY", "short"), ("SUPPRESS_BELOW", "1"),
        ("DATABASE_URL", "mysql://x"), ("DATABASE_URL", "postgresql://h:port/x"),
        ("DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/x"), ("DATABASE_URL", "sqlite:////no/such/dir/x.db"),
        ("DATA_DIR", "/proc/no"), ("SECOND_FACTOR", "sometimes"), ("SECURITY_CONTACT", "somebody"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_named_in_one_line(
    settings: Settings, variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"SURVEY_{variable}", value)
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 1
    assert f"SURVEY_{variable}" in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert "secret@" not in done.output


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622])
def test_a_secret_key_that_others_can_read_is_refused(settings: Settings, sqlite_database: Database, mode: int) -> None:
    file = settings.data_dir / SECRET_FILE
    file.chmod(mode)
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 1
    assert "chmod 600 với tệp này" in done.output
    assert str(file) in done.output
    assert len(done.output.strip().splitlines()) == 1
    file.chmod(0o600)
    assert CliRunner().invoke(main, ["audit", "verify"]).exit_code == 0


@pytest.mark.parametrize("mode", [0o644, 0o604])
def test_a_tls_key_that_everybody_can_read_is_refused(
    settings: Settings, sqlite_database: Database, tmp_path: Path, mode: int
) -> None:
    cert, key = make_certificate(tmp_path)
    Certificate(cert, key).check()
    key.chmod(0o640)
    Certificate(cert, key).check()
    key.chmod(mode)
    done = CliRunner().invoke(main, ["serve", "--tls-cert", str(cert), "--tls-key", str(key), "--port", "0"])
    assert done.exit_code == 1
    assert f"{key}: chạy chmod 600" in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["backup", "/no/such/folder/x.tar"], ["publisher"], ["import-localities", "/proc/self/mem", "--scheme", "x"],
        ["serve", "--tls-cert", "/etc/passwd", "--tls-key", "/etc/passwd", "--port", "0"],
        ["serve", "--host", "no.such.host.invalid", "--port", "0"],
    ],
)  # fmt: skip
def test_what_the_machine_refuses_is_one_line(
    settings: Settings, sqlite_database: Database, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if arguments == ["publisher"]:
        monkeypatch.setenv("SURVEY_DATABASE_URL", f"sqlite:///{settings.data_dir / 'empty.sqlite3'}")
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert len(done.output.strip().splitlines()) == 1
    assert isinstance(done.exception, SystemExit)


@pytest.mark.parametrize(
    "arguments",
    [["serve", "--port", "99999"], ["enrol-device", "--person", "a", "--minutes", "0"], ["nosuch"], ["diff"],
     ["export", "--round", "r1", "--format", "odt", "--out", "x"]],
)  # fmt: skip
def test_what_is_not_offered_is_refused_as_usage(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "Lỗi: " in done.output


def test_publish_charts_counts_nothing_and_says_that_changes_wait(
    run: Run, sqlite_database: Database, field: Field, tmp_path: Path
) -> None:
    receive(sqlite_database, surveyor_of(field), [row(body(field))])
    for _ in range(2):
        done = run("publish-charts", "--round", "r1", "--out", str(tmp_path / "charts"))
        assert done.returncode == 0
        assert "Changes that are not in the totals yet" in done.stderr
    count_waiting(sqlite_database)
    assert "Changes" not in run("publish-charts", "--round", "r1", "--out", str(tmp_path / "charts")).stderr
    assert "will be recounted" in run("recount", "r1").stdout
    assert "Changes" in run("publish-charts", "--round", "r1", "--out", str(tmp_path / "charts")).stderr
    assert run("recount", "r9").returncode == 1


def test_vietnamese_errors_hold_no_english(
    settings: Settings, sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEY_LANGUAGE", "vi")
    file = tmp_path / "units.csv"
    file.write_text("level,name\nprovince,Hà Nội\n", encoding="utf-8")
    lacking = CliRunner().invoke(main, ["import-localities", str(file), "--scheme", "x"]).output
    assert "thiếu cột code, parent_code." in lacking
    told = CliRunner().invoke(main, ["serve", "--tls-cert", str(file), "--tls-key", str(file), "--port", "0"]).output
    assert "None" not in told
    assert "không phải hai tệp PEM thuộc về nhau" in told


def test_a_folder_without_questionnaires_is_said(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEY_QUESTIONNAIRES_DIR", str(tmp_path))
    done = CliRunner().invoke(main, ["init"])
    assert done.exit_code == 1
    assert "SURVEY_QUESTIONNAIRES_DIR" in done.output
    assert not settings.fonts_dir.exists()  # it was said before anything was prepared


@pytest.mark.parametrize("name", ["", "  ", "a\tb", "a\0b", "\udcff", "x" * 201])
def test_a_name_is_text(sqlite_database: Database, name: str) -> None:
    with pytest.raises(ProblemError) as refused:
        add_person(sqlite_database, "lan", name, Role.NONE)
    assert refused.value.problem.code == "person_name"


def test_a_file_of_unsent_responses_names_its_device_in_text(sqlite_database: Database) -> None:
    for device in ("\ud800", "a\0b"):
        with pytest.raises(ProblemError):
            import_unsent(context_of(sqlite_database), json.dumps({"device_id": device, "responses": []}).encode())


def test_a_demos_code_ends_with_the_server_that_told_it(
    sqlite_database: Database, field: Field, tmp_path: Path
) -> None:
    own = make_code(sqlite_database, "surveyor")
    left_by_a_killed_one = make_code(sqlite_database, "surveyor", STANDING_CODE_TTL)
    with standing_code(sqlite_database, "surveyor", tmp_path) as first:
        with standing_code(sqlite_database, "surveyor", tmp_path) as second:
            pass
        for ended in (left_by_a_killed_one, second):
            with pytest.raises(ProblemError):
                enrol(sqlite_database, ended, "a")
        assert enrol(sqlite_database, first, "a")  # another server started and stopped meanwhile
    with standing_code(sqlite_database, "surveyor", tmp_path) as third:
        pass
    with pytest.raises(ProblemError):
        enrol(sqlite_database, third, "a")
    assert enrol(sqlite_database, own, "a")


def test_a_secret_is_made_once_however_many_start(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: _read_or_create_secret(path), range(8)))
    assert len(found) == 1
    assert path.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.glob("secret*")] == ["secret"]
