"""What is published as leaves of a round's tally: strata with a single sampling unit are joined."""

from __future__ import annotations

from analysis.strata import join_strata
from analysis.tally import LeafTally
from survey_server.domain import CohortSeries, PublishedLeaf
from survey_server.pipeline.cohorts.leaves import arrange_leaves

SERIES = {1: CohortSeries(1, 1, "residents", "1", "visit", "resident")}


def leaf(path: str, stratum: str, revision: int, first: int, n: int = 12) -> PublishedLeaf:
    return PublishedLeaf(
        series_id=1, path=path, stratum=stratum, unit=path, n=n, tally=LeafTally(n=n).to_json(), revision=revision,
        unit_revision=first,
    )  # fmt: skip


def test_strata_with_several_units_stay_apart() -> None:
    assert join_strata([("a", "1"), ("a", "2"), ("b", "3"), ("b", "4")]) == {"a": "a", "b": "b"}


def test_a_stratum_with_one_unit_is_joined_with_its_neighbour() -> None:
    assert join_strata([("a", "1"), ("b", "3"), ("b", "4")]) == {"a": "a+b", "b": "a+b"}
    assert join_strata([("a", "1"), ("a", "2"), ("b", "3")]) == {"a": "a+b", "b": "a+b"}
    assert join_strata([("a", "1"), ("b", "2"), ("c", "3")]) == {"a": "a+b+c", "b": "a+b+c", "c": "a+b+c"}


def test_a_single_stratum_is_itself_and_one_unit_in_two_cohorts_is_one() -> None:
    assert join_strata([("", "1")]) == {"": ""}
    assert join_strata([("a", "1"), ("a", "1"), ("b", "2"), ("b", "3")]) == {"a": "a+b", "b": "a+b"}


def test_leaves_have_the_place_and_the_unit_and_note_joined_strata() -> None:
    found = arrange_leaves([leaf("VN/01", "a", 3, 2), leaf("VN/79", "b", 5, 5)], SERIES, LeafTally.from_json)
    assert {(each.path, each.stratum, each.cluster, each.state) for each in found.leaves} == {
        ("VN/01", "a+b", "VN/01", "published"),
        ("VN/79", "a+b", "VN/79", "published"),
    }
    assert found.joined == {"residents"}
    assert {tally.n for tally in found.leaves.values()} == {12}


def test_a_new_unit_moves_the_revision_of_all_and_more_of_one_only_its_own() -> None:
    first = [leaf("VN/01", "", 3, 2), leaf("VN/79", "", 5, 5)]
    found = arrange_leaves(first, SERIES, LeafTally.from_json)
    assert set(found.revisions.values()) == {5}
    later = [first[0], leaf("VN/79", "", 8, 5, n=24)]
    found = arrange_leaves(later, SERIES, LeafTally.from_json)
    assert {each.path: revision for each, revision in found.revisions.items()} == {"VN/01": 5, "VN/79": 8}
    assert found.joined == set()


def test_a_struck_unit_keeps_its_revision_and_counts_no_more() -> None:
    found = arrange_leaves(
        [leaf("VN/01", "a", 3, 2), leaf("VN/79", "a", 9, 9, n=0), leaf("VN/46", "b", 4, 4), leaf("VN/48", "b", 4, 4)],
        SERIES,
        LeafTally.from_json,
    )
    assert {tally.n for each, tally in found.leaves.items() if each.path == "VN/79"} == {0}
    assert set(found.revisions.values()) == {9}
    assert found.joined == {"residents"}  # one unit is left in the first stratum
