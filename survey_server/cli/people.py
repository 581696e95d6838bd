"""add-person, enrol-device, revoke-device."""

from __future__ import annotations

import sys

import click

from survey_server.cli.lazy import opened, say, spoken

A_WEEK = 7 * 24 * 60
ROLES = ("surveyor", "leader", "coordinator", "central", "analyst", "admin", "none")


@click.command(
    "add-person",
    epilog="Example: survey-server add-person lan --name 'Trần Thị Lan' --role coordinator "
    "--area gso-2019-10:province:01 --password-stdin",
)
@click.argument("account")
@click.option("--name", required=True, help="the person's name")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--area", help="SCHEME:LEVEL:CODE of the locality that the person works for")
@click.option("--password-stdin", is_flag=True, help="read the password from the standard input")
def add_person(account: str, name: str, role: str, area: str | None, password_stdin: bool) -> None:
    """Add an account. Without --password-stdin the password is asked for."""
    from survey_server.fieldwork.people import Role
    from survey_server.services import people

    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt(
            "Password" if spoken() == "en" else "Mật khẩu", hide_input=True, confirmation_prompt=True
        )
    with opened() as (_, database):
        people.add_person(database, account, name, Role(role), area, password)
    say(f"Đã thêm tài khoản {account}.", f"Added the account {account}.")


@click.command("enrol-device", epilog="Example: survey-server enrol-device --person surveyor")
@click.option("--person", required=True, help="the account that the tablet will belong to")
@click.option(
    "--minutes", type=click.IntRange(1, A_WEEK), default=10, show_default=True, help="how long the code is good"
)
def enrol_device(person: str, minutes: int) -> None:
    """Make an enrolment code; it stands alone on the last line."""
    from survey_server.services.enrol_device import make_code

    with opened() as (_, database):
        code = make_code(database, person, minutes)
    say(
        f"Mã kích hoạt cho {person}, dùng một lần, trong {minutes} phút:",
        f"Code for {person}, good once, {minutes} min:",
    )
    click.echo(code)


@click.command("revoke-device", epilog="Example: survey-server revoke-device 0d6f…")
@click.argument("device_id")
def revoke_device(device_id: str) -> None:
    """Revoke a tablet: what it still uploads is quarantined, all else is refused."""
    from survey_server.services import enrol_device as devices

    with opened() as (_, database):
        devices.revoke_device(database, device_id)
    say(f"Đã thu hồi máy {device_id}.", f"Revoked {device_id}.")
