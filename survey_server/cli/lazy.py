"""Verbs that are imported when they run, and what all of them share: settings, the database, one line for an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from survey_server.cli.words import spoken

if TYPE_CHECKING:
    from survey_server.problems import Problem
    from survey_server.settings import Settings
    from survey_server.storage.database import Database


class LazyVerbs(click.Group):
    """A group whose verbs are named as `module:function` of this package."""

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
            line = _in_one_line(error)
            if line is None:
                raise
            raise click.ClickException(line) from error


def _in_one_line(error: Exception) -> str | None:
    """What a person is told of an error that is foreseen; None for a fault of ours. Imported when there is one: the
    verbs that start fast know nothing of databases."""
    from sqlalchemy.exc import SQLAlchemyError

    from survey_server.problems import Problem, ProblemError, Words
    from survey_server.problems import machine as problems
    from survey_server.problems.operating_system import why
    from survey_server.settings import SettingsError
    from survey_server.storage.database import DatabaseUnavailableError

    if isinstance(error, ProblemError):
        return told(error.problem)
    if isinstance(error, SettingsError):
        return error.text(spoken()) + _in_brackets(error.__cause__)
    if isinstance(error, (SQLAlchemyError, DatabaseUnavailableError)):
        return told(Problem(problems.DATABASE_SILENT, {"why": _first_line(error)}))
    if isinstance(error, OSError):
        about = {"path": error.filename or Words("một tệp", "A file"), "why": why(error)}
        return told(Problem(problems.FILE_TROUBLE, about))
    return None


def _in_brackets(cause: BaseException | None) -> str:
    """Why the system refused what a setting names: settings know no languages but their own two texts."""
    from survey_server.problems.operating_system import why

    return f" ({why(cause).text(spoken())})" if isinstance(cause, OSError) else ""


def _first_line(error: Exception) -> str:
    """Of the driver's own words: SQLAlchemy adds the statement and its values."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0].rstrip(".")


def told(problem: Problem) -> str:
    language = spoken()
    return f"{problem.text(language)} {problem.hint(language)}".strip()


@contextmanager
def opened() -> Iterator[tuple[Settings, Database]]:
    """The settings and the database, migrated; refuses one that was never initialised."""
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
