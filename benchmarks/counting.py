"""How fast one process counts changes of responses into the stored leaves, and a recount of everything.

    python benchmarks/counting.py [--responses 100000] [--profile]

The demo's responses (SQLite) are repeated under new ids in random order, so that each slice touches most leaves. No
server runs.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.stored_rows import add_rows
from survey_server.pipeline.counting import RunningTally
from survey_server.pipeline.limits import collect_garbage_seldom
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.settings import read_settings
from survey_server.storage import leaf_tallies, responses, rounds
from survey_server.storage.database import Database, open_database
from tests.support.server import RunningServer

PROMISED = 10_000.0  # responses a second


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--responses", type=int, default=100_000)
    parser.add_argument("--profile", action="store_true", help="where the time of counting goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["SURVEY_DATA_DIR"] = folder
        RunningServer(Path(folder)).run("init", "--demo")
        database = open_database(read_settings())
        try:
            add_rows(database, options.responses)
            collect_garbage_seldom()  # as the publisher does
            profile = cProfile.Profile() if options.profile else None
            versions = QuestionnaireVersions(database)
            versions.all()  # as a publisher that has run for a while
            rate = measure(f"{options.responses:,} changes", database, versions, options.responses, profile)
            with database.read() as connection:
                round_ids = [each.id for each in rounds.all_rounds(connection)]
            for each in round_ids:
                database.write(partial(leaf_tallies.mark_outdated, round_id=each))
            with database.read() as connection:
                stored = responses.count(connection)
            measure(f"a recount of {stored:,}", database, versions, stored, profile)
        finally:
            database.close()
    return 0 if rate >= PROMISED else 1


def measure(
    what: str, database: Database, versions: QuestionnaireVersions, size: int, profile: cProfile.Profile | None
) -> float:
    """Prints and returns responses a second."""
    tally, slices = RunningTally(database, versions), 0
    began, processor = time.perf_counter(), time.process_time()
    if profile is not None:
        profile.enable()
    while tally.count_slice() is not None:
        slices += 1
    if profile is not None:
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    took = time.perf_counter() - began
    processor = time.process_time() - processor
    print(f"{what}: {took:.2f} s, {processor:.2f} s of processor, {slices} slices, {size / took:,.0f} responses/s")
    return size / took


if __name__ == "__main__":
    sys.exit(main())
