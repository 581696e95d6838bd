"""export and publish-charts."""

from __future__ import annotations

from pathlib import Path

import click

from survey_server.cli.lazy import opened


@click.command(epilog="Example: survey-server export --round demo --format zip --out exports/")
@click.option("--round", "round_code", required=True, help="the round's code")
@click.option("--format", "form", type=click.Choice(["csv", "zip"]), default="zip", show_default=True)
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="the folder to write to")
@click.option("--person", help="restrict to what this account may see")
def export(round_code: str, form: str, out: Path, person: str | None) -> None:
    """Write responses with labels and codes, codebook and localities."""
    from survey_server.handover.export import export_round

    with opened() as (settings, database):
        click.echo(export_round(database, settings, round_code, form, out, person=person))


@click.command("publish-charts", epilog="Example: survey-server publish-charts --round demo --out charts/")
@click.option("--round", "round_code", required=True, help="the round's code")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="the folder to write to")
def publish_charts(round_code: str, out: Path) -> None:
    """Write the charts page as a folder that needs no server: open its index.html."""
    from survey_server.handover.folder import publish_folder

    with opened() as (settings, database):
        click.echo(publish_folder(database, settings, round_code, out))
