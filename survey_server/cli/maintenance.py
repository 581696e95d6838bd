"""backup, restore, doctor, recount."""

from __future__ import annotations

from pathlib import Path

import click

from survey_server.cli.texts import FILE, _, current_language, say, verb
from survey_server.cli.verb_group import open_survey

_LEVELS = {"error": _("lỗi"), "note": _("ghi chú")}


@verb(
    "backup",
    "Sao lưu cơ sở dữ liệu và tệp đính kèm vào một tệp; bản sao lưu được kiểm tra bằng cách phục hồi thử.",
    example="survey-server backup survey-2012-06-05.tar",
)
@click.argument("file", metavar=FILE, type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    from survey_server.pipeline.limits import lower_priority
    from survey_server.services.back_up import back_up

    lower_priority()
    with open_survey() as (settings, database):
        responses = back_up(database, settings, file)
    say("Đã sao lưu và kiểm tra {file}: {responses} phiếu.", file=file, responses=responses)


@verb(
    "restore",
    "Phục hồi một bản sao lưu vào thư mục dữ liệu trống.",
    example="SURVEY_DATA_DIR=new survey-server restore survey-2012-06-05.tar",
)
@click.argument("file", metavar=FILE, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--journal",
    metavar=FILE,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("tệp cohorts.journal mới nhất: các nhóm công bố đã lập sau bản sao lưu"),
)
def restore(file: Path, journal: Path | None) -> None:
    from survey_server.clock import day_in_vietnam
    from survey_server.services.back_up import backup_instant, restore as restore_backup
    from survey_server.services.people import open_access
    from survey_server.settings import read_settings
    from survey_server.storage.cohort_journal import CohortJournal

    settings = read_settings()
    responses = restore_backup(settings, file, journal)
    say("Đã phục hồi {responses} phiếu.", responses=responses)
    if unconfirmed := CohortJournal(settings.data_dir).unconfirmed():
        say(
            "Phục hồi không có tệp cohorts.journal: chưa lập nhóm công bố nào của {rounds} cho đến khi Trung ương xác "
            "nhận (confirm-cohorts).",
            rounds=", ".join(sorted(unconfirmed)),
        )
    say(
        "Bản sao lưu được lập ngày {day}. Mọi phiên đăng nhập, mã kích hoạt máy và mã khôi phục đã kết thúc. "
        "Tài khoản bị khóa, máy bị thu hồi và mật khẩu đổi sau ngày đó nay trở lại như trước; xem lại các tài khoản và "
        "máy đang mở:",
        day=day_in_vietnam(backup_instant(file)),
    )
    with open_survey() as (_settings, database):
        for each in open_access(database):
            area = f"{each.person.area.scheme}:{each.person.area.path}" if each.person.area is not None else "-"
            click.echo(f"{each.person.account}\t{each.person.role}\t{area}\t{each.person.name}")
            for device in each.devices:
                click.echo(f"\t{device.id}\t{day_in_vietnam(device.enrolled_at)}\t{device.name}")


@verb(
    "doctor",
    "Kiểm tra cơ sở dữ liệu, số liệu tổng hợp, tệp đính kèm và các thiết lập; mã thoát 1 nếu phát hiện lỗi.",
    example="survey-server doctor",
)
def doctor() -> None:
    from survey_server.pipeline.check_tally import check_tally
    from survey_server.pipeline.cohorts.checking import check_cohorts
    from survey_server.services.doctor import diagnose
    from survey_server.storage.cohort_journal import CohortJournal

    with open_survey() as (settings, database):
        problems = diagnose(database, settings)
        if all(problem.level != "error" for problem in problems):  # a recount of damaged responses says nothing
            problems += check_tally(database)
            problems += check_cohorts(database, CohortJournal(settings.data_dir))
    language = current_language()
    for problem in problems:
        click.echo(f"{_LEVELS[problem.level]}: {problem.message.text(language)}")
    if any(problem.level == "error" for problem in problems):
        raise SystemExit(1)
    say("Không phát hiện lỗi.")


@verb(
    "recount",
    "Đếm lại số tổng hợp của một đợt từ các phiếu; serve (hoặc publisher) đếm lại ngay khi đang chạy.",
    example="survey-server recount demo",
)
@click.argument("round_code", metavar=_("ĐỢT"))
def recount(round_code: str) -> None:
    from survey_server.services.recount_tally import request_recount

    with open_survey() as (_settings, database):
        leaves = request_recount(database, round_code)
    say("{leaves} ô số liệu của đợt {round} sẽ được đếm lại.", leaves=leaves, round=round_code)
