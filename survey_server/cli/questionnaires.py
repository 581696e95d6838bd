"""check and publish-questionnaire."""

from __future__ import annotations

import json
from pathlib import Path

import click

from survey_server.cli.lazy import opened, say, spoken


@click.command(epilog="Example: survey-server check questionnaires/")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="json: a list of faults")
def check(paths: tuple[Path, ...], form: str) -> None:
    """Check questionnaires and frameworks; exit code 1 if anything is found."""
    from survey_server.questionnaire.check import check_paths

    faults = check_paths(paths)
    language = spoken()
    if form == "json":
        listed = [
            {
                "path": fault.path,
                "line": fault.line,
                "column": fault.column,
                "code": fault.code,
                "severity": fault.severity,
                "message": fault.text(language),
                "hint": fault.hint(language),
            }
            for fault in faults
        ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            click.echo(fault.line_text(language))
    raise SystemExit(1 if faults else 0)


@click.command("publish-questionnaire", epilog="Example: survey-server publish-questionnaire questionnaires/visit.yaml")
@click.argument("path", type=click.Path(path_type=Path))
def publish_questionnaire(path: Path) -> None:
    """Check a questionnaire and publish this version of it; from then on it never changes."""
    from survey_server.questionnaire.faults import QuestionnaireError
    from survey_server.services import publish_questionnaire as publishing

    with opened() as (_, database):
        try:
            published = publishing.publish_questionnaire(database, path)
        except QuestionnaireError as error:
            for fault in error.faults:
                click.echo(fault.line_text(spoken()), err=True)
            raise SystemExit(1) from error
    say(
        f"Đã công bố {published.id} phiên bản {published.version}.",
        f"Published {published.id} version {published.version}.",
    )
