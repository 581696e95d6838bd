"""At or below a locality: by the codes of its path, never by the beginning of its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from analysis import paths
from analysis.round_tally import RoundTally
from analysis.summaries import summarise_tally
from survey_server.domain import localities
from tests.analysis.samples import small_round

RENAMED = {"00": "1", "01": "10"}


@pytest.mark.parametrize("covers", [paths.covers, localities.covers])
@pytest.mark.parametrize(
    ("area", "path", "expected"),
    [
        ("VN/1", "VN/1", True),
        ("VN/1", "VN/1/001", True),
        ("VN/1", "VN/10", False),
        ("VN/1", "VN/10/001", False),
        ("VN/10", "VN/1", False),
        ("VN/1/001", "VN/1", False),
        ("VN", "VN/10/001", True),
        ("V", "VN", False),
    ],
)
def test_a_locality_covers_itself_and_what_lies_below(
    covers: Callable[[str, str], bool], area: str, path: str, expected: bool
) -> None:
    assert covers(area, path) is expected


def renamed_round() -> RoundTally:
    """Of the provinces 1 and 10 the round is about the first."""

    def rename(path: str) -> str:
        country, *codes = path.split("/")
        return "/".join([country, *[RENAMED.get(code, code) for code in codes[:1]], *codes[1:]])

    rt = small_round(residents=30)
    places = {rename(path): replace(row, path=rename(path)) for path, row in rt.localities.items()}
    leaves = {leaf._replace(path=rename(leaf.path)): tally for leaf, tally in rt.leaves.items()}
    return RoundTally(
        replace(rt.round, selected=("VN/1",)), rt.framework, rt.codebook, places, leaves, rt.expected, rt.cut
    )


@pytest.mark.parametrize("level", ["province", "district", "commune"])
def test_a_summary_is_of_the_selected_provinces_only(level: str) -> None:
    found = set(summarise_tally(renamed_round(), level)["path"])
    assert found
    assert {"/".join(path.split("/")[:2]) for path in found} == {"VN/1"}
