"""The group of verbs, each imported when it runs; known errors as one line; opening the settings and the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from survey_server.cli.texts import current_language

if TYPE_CHECKING:
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
        """Known errors become one line each, in the language of the settings, and exit code 1."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            from survey_server.questionnaire.source_problems import QuestionnaireError

            if isinstance(error, QuestionnaireError):
                for problem in error.problems:
                    click.echo(problem.line_text(current_language()), err=True)
                raise SystemExit(1) from error
            message = _message_of(error)
            if message is None:
                raise
            raise click.ClickException(message) from error


def _message_of(error: Exception) -> str | None:
    """The message of an expected error, in one line; None for a bug. Imports here: fast verbs load no database code."""
    from survey_server.domain import DatabaseError
    from survey_server.i18n import Message
    from survey_server.problems import ProblemError, machine as problems
    from survey_server.problems.operating_system import describe_os_error
    from survey_server.settings import SettingsError

    language = current_language()
    if isinstance(error, SettingsError):
        cause = error.__cause__  # the operating system's reason for refusing what a setting names
        reason = f" ({describe_os_error(cause).text(language)})" if isinstance(cause, OSError) else ""
        return error.message.text(language) + reason
    if isinstance(error, DatabaseError):
        first_line = str(error).strip().partition("\n")[0]  # of the driver's message
        error = ProblemError(problems.DATABASE_SILENT, why=first_line.rstrip("."))
    elif isinstance(error, OSError):
        path = error.filename or Message("một tệp")
        error = ProblemError(problems.FILE_TROUBLE, path=path, why=describe_os_error(error))
    return error.problem.text_and_hint(language) if isinstance(error, ProblemError) else None


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
            if not is_current(connection):
                raise ProblemError(NOT_PREPARED)
        yield settings, database
    finally:
        database.close()
