"""add-person, enrol-device, revoke-device."""

from __future__ import annotations

import sys

import click

from survey_server.cli.verb_group import open_survey
from survey_server.cli.words import ACCOUNT, say, verb, words

MAX_CODE_MINUTES = 7 * 24 * 60
ROLES = ("surveyor", "leader", "coordinator", "central", "analyst", "admin", "none")


@verb(
    "add-person",
    vi="Thêm một tài khoản. Không có --password-stdin thì chương trình hỏi mật khẩu.",
    en="Add an account. Without --password-stdin the password is asked for.",
    shown="survey-server add-person lan --name 'Trần Thị Lan' --role coordinator --area gso-2019-10:province:01 "
    "--password-stdin",
)
@click.argument("account", metavar=ACCOUNT)
@click.option("--name", metavar=words("HỌ_TÊN", "NAME"), required=True, help=words("họ và tên", "the person's name"))
@click.option("--role", required=True, type=click.Choice(ROLES), help=words("vai trò", "what the person does"))
@click.option(
    "--area",
    metavar=words("DANH_MỤC:CẤP:MÃ", "SCHEME:LEVEL:CODE"),
    help=words("địa bàn người này phụ trách", "the locality that the person works for"),
)
@click.option(
    "--password-stdin",
    is_flag=True,
    help=words("đọc mật khẩu từ đầu vào chuẩn", "read the password from the standard input"),
)
def add_person(account: str, name: str, role: str, area: str | None, password_stdin: bool) -> None:
    from survey_server.domain.people import Role
    from survey_server.services import people

    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt(words("Mật khẩu", "Password"), hide_input=True, confirmation_prompt=True)
    with open_survey() as (_, database):
        people.add_person(database, account, name, Role(role), area, password)
    say(f"Đã thêm tài khoản {account}.", f"Added the account {account}.")


@verb(
    "enrol-device",
    vi="Tạo mã kích hoạt máy; mã đứng riêng ở dòng cuối.",
    en="Make an enrolment code; it stands alone on the last line.",
    shown="survey-server enrol-device --person surveyor",
)
@click.option(
    "--person",
    metavar=ACCOUNT,
    required=True,
    help=words("tài khoản sẽ dùng máy này", "the account that the tablet will belong to"),
)
@click.option(
    "--minutes",
    metavar=words("SỐ", "NUMBER"),
    type=click.IntRange(1, MAX_CODE_MINUTES),
    default=10,
    show_default=True,
    help=words("số phút mã có hiệu lực", "how many minutes the code is good"),
)
def enrol_device(person: str, minutes: int) -> None:
    from survey_server.services.enrol_device import make_code

    with open_survey() as (_, database):
        code = make_code(database, person, minutes)
    say(
        f"Mã kích hoạt cho {person}, dùng một lần, trong {minutes} phút:",
        f"Code for {person}, good once, {minutes} min:",
    )
    click.echo(code)


@verb(
    "revoke-device",
    vi="Thu hồi một máy: phiếu máy còn gửi được tạm giữ chờ xử lý, mọi việc khác bị từ chối.",
    en="Revoke a tablet: what it still uploads is quarantined, all else is refused.",
    shown="survey-server revoke-device 0d6f…",
)
@click.argument("device_id", metavar=words("MÃ_MÁY", "DEVICE_ID"))
def revoke_device(device_id: str) -> None:
    from survey_server.services import enrol_device as service

    with open_survey() as (_, database):
        service.revoke_device(database, device_id)
    say(f"Đã thu hồi máy {device_id}.", f"Revoked {device_id}.")
