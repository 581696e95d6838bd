"""Tallies a round on a Dask cluster that exists: its workers tally the parts of the wide tables, and add them up.

Every worker must have this package, and reach the dataset's folder under the same path. A part whose worker was lost is
tallied again by another one; exact sums make the order of adding irrelevant.
"""

from __future__ import annotations

from dask.distributed import Client, Future

from analysis.bulk_round import PartTally, add_parts, tally_part
from analysis.codebook import Framework
from analysis.dataset import DatasetError, SurveyDataset, tally_in_parts
from analysis.round_tally import LeafId, RoundTally
from analysis.wide_tables import WideTable

MAX_ADDED = 8  # part tallies that one worker holds at a time


def tally_on_cluster(dataset: SurveyDataset, scheduler: str) -> RoundTally:
    """`scheduler`: its address, such as tcp://10.0.0.5:8786. Raises DatasetError where the dataset has no wide tables,
    OSError where there is no scheduler."""
    if not dataset.wide_tables:
        raise DatasetError("a cluster tallies wide tables; export the whole round with --format parquet")
    with Client(scheduler) as client:  # type: ignore[no-untyped-call]

        def tally(table: WideTable, framework: Framework) -> PartTally[LeafId]:
            return _tally_table(client, table, framework)

        return tally_in_parts(dataset, tally)


def _tally_table(client: Client, table: WideTable, framework: Framework) -> PartTally[LeafId]:
    parts = table.parts()
    waiting: list[Future[PartTally[LeafId]]] = [
        client.submit(tally_part, table, each, framework, pure=False) for each in parts
    ]
    while len(waiting) > 1:
        groups = [waiting[start : start + MAX_ADDED] for start in range(0, len(waiting), MAX_ADDED)]
        waiting = [client.submit(add_parts, group, pure=False) for group in groups]
    return waiting[0].result() if waiting else add_parts([])  # a questionnaire that nobody answered has no parts
