"""backup, restore, doctor."""

from __future__ import annotations

from pathlib import Path

import click

from survey_server.cli.verb_group import open_survey
from survey_server.cli.words import FILE, say, spoken, verb, words

_LEVELS = {"error": words("lỗi", "fault"), "note": words("ghi chú", "note")}


@verb(
    "backup",
    vi="Sao lưu cơ sở dữ liệu và tệp đính kèm vào một tệp; bản sao lưu được kiểm tra bằng cách phục hồi thử.",
    en="Back up the database and the attachments to one file; it is verified by restoring it.",
    shown="survey-server backup survey-2012-06-05.tar",
)
@click.argument("file", metavar=FILE, type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    from survey_server.services.back_up import back_up

    with open_survey() as (settings, database):
        responses = back_up(database, settings, file)
    say(
        f"Đã sao lưu và kiểm tra {file}: {responses} phiếu.",
        f"Backed up and verified {file}: {responses} responses.",
    )


@verb(
    "restore",
    vi="Phục hồi một bản sao lưu vào thư mục dữ liệu trống.",
    en="Restore a backup into an empty data directory.",
    shown="SURVEY_DATA_DIR=new survey-server restore survey-2012-06-05.tar",
)
@click.argument("file", metavar=FILE, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    from survey_server.services.back_up import restore as restore_backup
    from survey_server.settings import read_settings

    responses = restore_backup(read_settings(), file)
    say(f"Đã phục hồi {responses} phiếu.", f"Restored {responses} responses.")


@verb(
    "doctor",
    vi="Kiểm tra cơ sở dữ liệu, số liệu tổng hợp, tệp đính kèm và các thiết lập; mã thoát 1 nếu phát hiện lỗi.",
    en="Check the database, the tally, the attachments and the settings; exit code 1 on any fault.",
    shown="survey-server doctor",
)
def doctor() -> None:
    from survey_server.pipeline.recount import recount_differs
    from survey_server.services.doctor import diagnose

    with open_survey() as (settings, database):
        problems = diagnose(database, settings)
        if all(problem.level != "error" for problem in problems):  # a recount of damaged responses says nothing
            problems += recount_differs(database, settings)
    language = spoken()
    for problem in problems:
        click.echo(f"{_LEVELS[problem.level]}: {problem.text(language)}")
    if any(problem.level == "error" for problem in problems):
        raise SystemExit(1)
    say("Không phát hiện lỗi.", "No fault found.")
