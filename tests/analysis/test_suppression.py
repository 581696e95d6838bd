"""What is suppressed at a locality depends on its neighbours; its digest changes with it."""

from __future__ import annotations

from analysis.round_tally import LeafId, RoundTally
from analysis.suppression import SuppressionDigests
from analysis.tally import LeafTally
from tests.analysis.samples import small_round

RESIDENTS = "residents"


def with_people(at: dict[str, int]) -> RoundTally:
    """A round with so many residents in these communes and none elsewhere."""
    rt = small_round()
    pattern = next(leaf for leaf in rt.leaves if leaf.questionnaire == RESIDENTS)
    others = {leaf: tally for leaf, tally in rt.leaves.items() if leaf.questionnaire != RESIDENTS}
    met: dict[LeafId, LeafTally] = {pattern._replace(path=path, cluster=path): LeafTally(n=n) for path, n in at.items()}
    return RoundTally(rt.round, rt.framework, rt.codebook, rt.localities, {**others, **met}, rt.expected, rt.cut)


def communes() -> list[str]:
    rt = small_round()
    first = next(path for path, row in rt.localities.items() if row.level == "commune").rpartition("/")[0]
    return [row.path for row in rt.children(first)]


def test_a_neighbour_with_few_responses_changes_the_digest_of_an_unchanged_commune() -> None:
    large, middle, small = communes()[:3]
    before = SuppressionDigests(with_people({large: 40, middle: 12}))
    after = SuppressionDigests(with_people({large: 40, middle: 12, small: 3}))
    assert before.at(middle, [RESIDENTS]) == ""
    assert after.at(middle, [RESIDENTS]) != ""  # 55 less 40 less 12 would disclose the three
    assert after.at(large, [RESIDENTS]) == ""
    district = middle.rpartition("/")[0]  # its charts show the communes one by one
    assert before.at(district, [RESIDENTS]) != after.at(district, [RESIDENTS])


def test_more_responses_that_suppress_nothing_keep_the_digest() -> None:
    large, middle, small = communes()[:3]
    few, more = (SuppressionDigests(with_people({large: n, middle: n, small: 3})) for n in (20, 30))
    for path in (large, middle, small, large.rpartition("/")[0], "VN"):
        assert few.at(path, [RESIDENTS]) == more.at(path, [RESIDENTS])


def test_organisations_suppress_nothing() -> None:
    rt = small_round()
    organisations = [each for each in rt.questionnaires() if rt.book(each).respondent == "organisation"]
    assert organisations
    assert {SuppressionDigests(rt).at(path, organisations) for path in rt.localities} == {""}
