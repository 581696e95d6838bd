"""The group of verbs, each imported when it runs; known errors as one line; opening the settings and the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from survey_server.cli.texts import current_language

if TYPE_CHECKING:
    from survey_server.problems import Problem
    from survey_server.settings import Settings
    from survey_server.storage import Database


class VerbGroup(click.Group):
    """A group that imports a verb when it is called. `verbs`: {name: "module:function" of this package}."""

    def __init__(self, *arguments: Any, verbs: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._verbs = dict(verbs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        named = self._verbs.get(cmd_name)
        if named is None:
            return None
        module, function = named.split(":")
        command: click.Command = getattr(import_module(f"survey_server.cli.{module}"), function)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Known errors become one line, in the language of the settings, and exit code 1."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            message = _message_of(error)
            if message is None:
                raise
            raise click.ClickException(message) from error


def _message_of(error: Exception) -> str | None:
    """The message of an expected error, in one line; None for a bug. Imports here: fast verbs load no database code."""
    from survey_server.domain import DatabaseError
    from survey_server.i18n import Message
    from survey_server.problems import Problem, ProblemError, machine as problems
    from survey_server.problems.operating_system import describe_os_error
    from survey_server.settings import SettingsError

    if isinstance(error, ProblemError):
        return problem_message(error.problem)
    if isinstance(error, SettingsError):
        return error.message.text(current_language()) + _cause_in_brackets(error.__cause__)
    if isinstance(error, DatabaseError):
        return problem_message(Problem(problems.DATABASE_SILENT, {"why": _driver_message(error)}))
    if isinstance(error, OSError):
        parts = {"path": error.filename or Message("một tệp"), "why": describe_os_error(error)}
        return problem_message(Problem(problems.FILE_TROUBLE, parts))
    return None


def _cause_in_brackets(cause: BaseException | None) -> str:
    """The operating system's reason for refusing what a setting names; empty where there is none."""
    from survey_server.problems.operating_system import describe_os_error

    return f" ({describe_os_error(cause).text(current_language())})" if isinstance(cause, OSError) else ""


def _driver_message(error: Exception) -> str:
    """The first line of the driver's message."""
    return str(error).strip().partition("\n")[0].rstrip(".")


def problem_message(problem: Problem) -> str:
    return problem.text_and_hint(current_language())


@contextmanager
def open_survey() -> Iterator[tuple[Settings, Database]]:
    """The settings and the database, closed at the end. Raises ProblemError not_prepared, SettingsError."""
    from survey_server.problems import ProblemError
    from survey_server.problems.machine import NOT_PREPARED
    from survey_server.settings import read_settings
    from survey_server.storage.database import open_database
    from survey_server.storage.migrate import is_current

    settings = read_settings()
    database = open_database(settings)
    try:
        with database.read() as connection:
            current = is_current(connection)
        if not current:
            raise ProblemError(NOT_PREPARED)
        yield settings, database
    finally:
        database.close()
