"""add-person, set-password, reset-second-factor, enrol-device, revoke-device."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from survey_server.cli.texts import ACCOUNT, FILE, _, say, verb
from survey_server.cli.verb_group import open_survey
from survey_server.domain import Role

MAX_CODE_MINUTES = 7 * 24 * 60


@verb(
    "add-person",
    "Thêm một tài khoản. Không có --password-stdin thì chương trình hỏi mật khẩu.",
    example="survey-server add-person lan --name 'Trần Thị Lan' --role coordinator --area gso-2019-10:province:01 "
    "--password-stdin",
)
@click.argument("account", metavar=ACCOUNT)
@click.option("--name", metavar=_("HỌ_TÊN"), required=True, help=_("họ và tên"))
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help=_("vai trò"))
@click.option(
    "--area",
    metavar=_("DANH_MỤC:CẤP:MÃ"),
    help=_("địa bàn người này phụ trách"),
)
@click.option(
    "--password-stdin",
    is_flag=True,
    help=_("đọc mật khẩu từ đầu vào chuẩn"),
)
def add_person(account: str, name: str, role: str, area: str | None, password_stdin: bool) -> None:
    from survey_server.services import people

    password = _read_password(password_stdin)
    with open_survey() as (_settings, database):
        people.add_person(database, account, name, Role(role), area, password)
    say("Đã thêm tài khoản {account}.", account=account)


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt(_("Mật khẩu"), hide_input=True, confirmation_prompt=True)
    return typed


@verb(
    "set-password",
    "Đặt mật khẩu mới cho một tài khoản; mọi phiên đăng nhập của tài khoản kết thúc. Với --one-time, chương trình tạo "
    "một mật khẩu dùng một lần, đứng riêng ở dòng cuối: người dùng phải đổi khi đăng nhập.",
    example="survey-server set-password lan --one-time",
)
@click.argument("account", metavar=ACCOUNT)
@click.option("--password-stdin", is_flag=True, help=_("đọc mật khẩu từ đầu vào chuẩn"))
@click.option("--one-time", is_flag=True, help=_("tạo mật khẩu dùng một lần"))
def set_password(account: str, password_stdin: bool, one_time: bool) -> None:
    from survey_server.services import credentials

    if password_stdin and one_time:
        raise click.UsageError(_("Chỉ dùng một trong hai: --password-stdin hoặc --one-time."))
    if not one_time:
        password = _read_password(password_stdin)
        with open_survey() as (_settings, database):
            credentials.set_password(database, account, password)
        say("Đã đặt mật khẩu của tài khoản {account}.", account=account)
        return
    with open_survey() as (_settings, database):
        with database.read() as connection:
            person = credentials.find_account(connection, account)
        password = credentials.reset_password(database, person.id, None)
    say("Mật khẩu dùng một lần của tài khoản {account}:", account=account)
    click.echo(password)


@verb(
    "reset-second-factor",
    "Bỏ xác thực hai bước của một tài khoản (mất điện thoại, mất mã dự phòng); mọi phiên đăng nhập của tài khoản kết "
    "thúc.",
    example="survey-server reset-second-factor lan",
)
@click.argument("account", metavar=ACCOUNT)
def reset_second_factor(account: str) -> None:
    from survey_server.services import credentials, second_factor

    with open_survey() as (_settings, database):
        with database.read() as connection:
            person = credentials.find_account(connection, account)
        second_factor.reset(database, person.id, None)
    say("Đã bỏ xác thực hai bước của tài khoản {account}.", account=account)


@verb(
    "enrol-device",
    "Tạo mã kích hoạt máy; mã đứng riêng ở dòng cuối.",
    example="survey-server enrol-device --person surveyor",
)
@click.option(
    "--person",
    metavar=ACCOUNT,
    required=True,
    help=_("tài khoản sẽ dùng máy này"),
)
@click.option(
    "--minutes",
    metavar=_("SỐ"),
    type=click.IntRange(1, MAX_CODE_MINUTES),
    default=10,
    show_default=True,
    help=_("số phút mã có hiệu lực"),
)
@click.option(
    "--qr",
    metavar=FILE,
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("ghi mã dưới dạng mã QR vào tệp SVG này"),
)
def enrol_device(person: str, minutes: int, qr: Path | None) -> None:
    from survey_server.qr_code import qr_terminal, write_qr
    from survey_server.services.devices import make_code

    with open_survey() as (_settings, database):
        code = make_code(database, person, minutes)
    if qr is not None:
        write_qr(code, qr)
    if sys.stdout.isatty():
        click.echo(qr_terminal(code))
    say("Mã kích hoạt cho {person}, dùng một lần, trong {minutes} phút:", person=person, minutes=minutes)
    click.echo(code)


@verb(
    "revoke-device",
    "Thu hồi một máy: phiếu máy còn gửi được tạm giữ chờ xử lý, mọi việc khác bị từ chối.",
    example="survey-server revoke-device 0d6f…",
)
@click.argument("device_id", metavar=_("MÃ_MÁY"))
def revoke_device(device_id: str) -> None:
    from survey_server.services import devices as service

    with open_survey() as (_settings, database):
        service.revoke_device(database, device_id)
    say("Đã thu hồi máy {device_id}.", device_id=device_id)
