"""import-localities and import-unsent."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from survey_server.cli.lazy import opened, say, spoken


@click.command("import-localities", epilog="Example: survey-server import-localities units.csv --scheme gso-2026-01")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--scheme", required=True, help="the name of the new list")
@click.option("--valid-from", default="0001-01-01", help="first day of the list, ISO")
@click.option("--valid-to", help="last day of the list, ISO; left out: still valid")
def import_localities(file: Path, scheme: str, valid_from: str, valid_to: str | None) -> None:
    """Take in a list of localities: CSV with level, code, parent_code, name, kind, lat, lon."""
    from survey_server.services import import_localities as importing

    with opened() as (_, database):
        units = importing.import_localities(database, file, scheme, valid_from, valid_to)
    say(f"Đã nhập {units} địa bàn vào {scheme}.", f"Imported {units} localities into {scheme}.")


@click.command("import-unsent", epilog="Example: survey-server import-unsent unsent-2012-06-05.json")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_unsent(file: Path) -> None:
    """Take in a tablet's export of unsent responses, through the same door as its uploads; exit code 1 where some were
    rejected."""
    from survey_server.services import import_unsent as importing

    with opened() as (_, database):
        receipts = importing.import_unsent(database, file.read_bytes(), language=spoken())
    for status, number in Counter(receipt.status.value for receipt in receipts).items():
        click.echo(f"{status}: {number}")
    rejected = [receipt for receipt in receipts if receipt.status.value == "rejected"]
    for receipt in rejected:
        click.echo(f"{receipt.id or '?'}: {receipt.problems[0].message}", err=True)
    if rejected:
        say(
            f"Không nhận {len(rejected)} trên {len(receipts)} phiếu, lý do ghi ở trên; các phiếu khác đã được giữ.",
            f"{len(rejected)} of {len(receipts)} responses were rejected, for the reasons above; the others are kept.",
            err=True,
        )
        raise SystemExit(1)
