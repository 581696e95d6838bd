"""A small demo: its accounts, visits and simulated responses in four provinces instead of twelve, in under a second."""

from __future__ import annotations

import csv
from pathlib import Path

from survey_server.services.demo.prepare import prepare_demo
from survey_server.services.import_localities import import_localities
from survey_server.services.publish_questionnaire import publish_questionnaire
from survey_server.settings import Settings, shipped_questionnaires
from survey_server.storage.database import Database

SHIPPED = Path(__file__).parents[2] / "survey_server" / "localities_data"
SCHEMES = {"gso-2019-10": "2019-10-01", "gso-2025-07": "2025-07-01"}  # with the first day of each
PROVINCES = frozenset({"01", "02", "46", "79"})
SCALE = 0.2  # of the communes and opinions of a province


def prepare_small_demo(database: Database, settings: Settings, folder: Path) -> None:
    """Fill an empty, migrated database; `folder` takes the files of localities."""
    for scheme, valid_from in SCHEMES.items():
        file = folder / f"{scheme}.csv"
        _write_localities(SHIPPED / file.name, file)
        import_localities(database, file, scheme, valid_from)
    for path in sorted(shipped_questionnaires().glob("*.yaml")):
        publish_questionnaire(database, path)
    prepare_demo(database, lambda _: None, SCALE)


def _write_localities(shipped: Path, file: Path) -> None:
    """The localities of PROVINCES; each stands after the one above it, as in the shipped file."""
    chosen: set[str] = set()  # codes are unique in a province and below it
    with shipped.open(encoding="utf-8", newline="") as source, file.open("w", encoding="utf-8", newline="") as target:
        reader = csv.DictReader(source)
        writer = csv.DictWriter(target, reader.fieldnames or ())
        writer.writeheader()
        for row in reader:
            is_chosen = row["code"] in PROVINCES if row["level"] == "province" else row["parent_code"] in chosen
            if is_chosen:
                chosen.add(row["code"])
                writer.writerow(row)
