"""docs/operating.md: its roles are those of the code, its commands exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from survey_server.cli import VERBS, main
from survey_server.domain.people import ROLES, Action

TEXT = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
COMMANDS = [
    line.partition("survey-server ")[2].partition("  #")[0].partition(" < ")[0].strip()
    for block in re.findall(r"```\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
    if "survey-server " in line
]


@pytest.mark.parametrize(
    ("told", "action"), [("visits", Action.MANAGE_VISITS), ("quarantined", Action.SETTLE_QUARANTINE)]
)
def test_the_table_of_roles_is_that_of_the_code(told: str, action: Action) -> None:
    table = TEXT.split("| role | sees |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (.*?) \| (.*) \|$", table, re.MULTILINE)
    promised = {role for roles, sees in rows for role in re.findall(r"`([a-z]+)`", roles) if told in sees}
    assert promised == {role.value for role, defined in ROLES.items() if action in defined.permissions}


def test_every_verb_of_this_job_is_told() -> None:
    told = {command.split()[0] for command in COMMANDS}
    assert {"init", "serve", "add-person", "enrol-device", "backup", "restore"} <= told <= set(VERBS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_can_be_read(command: str) -> None:
    verb, *arguments = shlex.split(command)
    found = main.get_command(click.Context(main), verb)
    if isinstance(found, click.Group):
        found = found.get_command(click.Context(found), arguments[0])
    assert found is not None
    for option in [each for each in arguments if each.startswith("--")]:
        assert any(option in parameter.opts for parameter in found.params), option
