"""What may be shown of people, and to whom: everything comes from whole cohorts."""

from __future__ import annotations

import random
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from analysis import Design, estimate_mean
from analysis.charts.completeness import completeness_table
from analysis.charts.scores import score_table
from analysis.disclosure import Audience, Withheld, decide, is_spread
from analysis.report import KINDS, subjects_about
from analysis.round_tally import PUBLISHED, LeafId, RoundTally
from analysis.scores import score_response
from analysis.strata import join_strata
from analysis.tally import CountedResponse, LeafTally
from tests.analysis.samples import answers, small_round
from tests.analysis.test_tally_estimates import CODEBOOK, FRAMEWORK, is_same, tally
from tests.support.sizes import choose_examples

LIMIT = 10
Rows = list[tuple[LeafId, CountedResponse]]


def shown(respondent: str, level: str, n: int, *, is_published: bool = True, is_expected: bool = True) -> str | None:
    return decide(
        respondent, level, n, suppress_below=LIMIT, is_published=is_published, is_expected=is_expected
    ).withheld


@pytest.mark.parametrize("level", ["country", "province", "district", "commune"])
def test_organisations_are_shown_at_one_and_officials_never_below_the_province(level: str) -> None:
    assert shown("organisation", level, 1) is None
    assert shown("official", level, 500) == (None if level in ("country", "province") else Withheld.NEVER)
    assert shown("resident", level, 10) is None


def test_what_is_not_published_and_what_is_unreliable_are_told_apart() -> None:
    assert shown("resident", "commune", 0, is_published=False) == Withheld.UNPUBLISHED
    assert [shown("resident", "commune", n) for n in (0, 9, 10)] == [Withheld.UNRELIABLE, Withheld.UNRELIABLE, None]
    assert shown("resident", "commune", 0, is_published=False, is_expected=False) is None


def test_ten_to_twenty_nine_people_are_flagged() -> None:
    found = [
        decide("resident", "commune", n, suppress_below=LIMIT, is_published=True, is_expected=True).flagged
        for n in (10, 29, 30)
    ]
    assert found == [True, True, False]


@pytest.mark.parametrize(
    ("places", "others", "expected"),
    [
        ([10, 10, 10], [], True), ([10, 10], [], False), ([10, 10], [10], False), ([10, 10, 0], [], False),
        ([30, 10, 10], [], True), ([31, 10, 10], [], False), ([10, 10, 10], [45], True), ([10, 10, 10], [46], False),
        ([], [], False),
    ],
)  # fmt: skip
def test_coordinators_see_three_places_of_which_none_has_more_than_sixty_per_cent(
    places: list[int], others: list[int], expected: bool
) -> None:
    assert is_spread(places, others) is expected


def with_residents(at: dict[tuple[str, str], int]) -> RoundTally:
    """A round with published cohorts only: (place, unit) → number of residents."""
    rt = small_round(2, residents=15)
    pattern = next(each for leaf, each in rt.leaves.items() if leaf.questionnaire == "residents")
    leaves = {leaf: each for leaf, each in rt.leaves.items() if leaf.questionnaire != "residents"}
    for (path, unit), n in at.items():
        leaves[LeafId(path, "residents", "1", "visit", PUBLISHED, cluster=unit)] = replace(pattern, n=n)
    return replace_leaves(rt, leaves)


def replace_leaves(rt: RoundTally, leaves: dict[LeafId, LeafTally]) -> RoundTally:
    return RoundTally(rt.round, rt.framework, rt.codebook, rt.localities, leaves, rt.expected, rt.cut)


COMMUNES = [f"VN/00/00{d}/0{d}000" for d in range(3)]


def test_coordinators_see_people_of_the_province_and_the_country_only() -> None:
    rt = with_residents({(path, path): 20 for path in COMMUNES})
    for path in rt.localities:
        assert rt.is_open_to_coordinators(path, "residents") is (path in ("VN", "VN/00")), path
        assert not rt.is_open_to_coordinators(path, "visit")
        below = [Audience.COORDINATOR_BELOW] if rt.children(path) else []
        assert rt.audiences(path, "residents") == [Audience.CENTRE], path
        assert rt.audiences(path, "visit") == [Audience.EVERYONE, *below]
        assert rt.audiences(path, None) == [Audience.CENTRE, Audience.COORDINATOR, *below]


def test_a_cohort_from_several_communes_is_no_third_commune() -> None:
    first, second, _ = COMMUNES
    rt = with_residents({(first, first): 20, (second, second): 20, ("VN/00", "a cohort"): 20})
    assert not rt.is_open_to_coordinators("VN/00", "residents")


def test_officials_are_of_the_districts_where_they_were_met() -> None:
    """Their cohorts are the province's and do not tell."""
    rt = with_residents({("VN/00", "VN/00"): 60})
    book = replace(rt.book("residents"), respondent="official")
    rt = replace(
        rt, codebook=replace(rt.codebook, questionnaires={**rt.codebook.questionnaires, ("residents", "1"): book})
    )
    for places, wanted in ((COMMUNES, True), ([COMMUNES[0], "VN/00/000/00001", COMMUNES[1]], False)):
        found = replace(rt, officials={("residents", path): 20 for path in places})
        assert found.is_open_to_coordinators("VN/00", "residents") is wanted


def test_coordinators_are_shown_no_locality_below_and_no_number_of_people() -> None:
    rt = with_residents({(path, path): 20 for path in COMMUNES})
    kinds = {kind.name for kind, _ in subjects_about(rt, "VN", "residents", "vi", Audience.COORDINATOR)}
    assert kinds == {"ratings_by_task", "dots"}
    for kind, subject in subjects_about(rt, "VN", "residents", "vi", Audience.COORDINATOR):
        table = kind.build_table(subject)
        assert set(table.get("locality", ["VN"])) == {"VN"}
    for path in rt.localities:
        assert set(completeness_table(rt, path, Audience.COORDINATOR)["questionnaire"]) == {"visit"}
    assert {"residents", "visit"} == set(completeness_table(rt, "VN")["questionnaire"])


def test_coordinators_of_a_locality_below_are_shown_no_other_part() -> None:
    rt = with_residents({(path, path): 20 for path in COMMUNES})
    for path in ("VN", "VN/00", "VN/00/000"):
        for questionnaire in ("visit", None):
            for kind, subject in subjects_about(rt, path, questionnaire, "vi", Audience.COORDINATOR_BELOW):
                table = kind.build_table(subject)
                assert set(table.get("locality", [path])) == {path}, kind.name
    table = completeness_table(rt, "VN", Audience.COORDINATOR_BELOW)
    assert [*table["questionnaire"]] == ["visit"]
    assert table["received"].item() == rt.coverage("VN", "visit").received


def test_charts_of_two_audiences_share_no_id() -> None:
    rt = with_residents({(path, path): 20 for path in COMMUNES})
    ids = [
        chart.id
        for questionnaire in (*rt.questionnaires(), None)
        for audience in {*rt.audiences("VN", questionnaire), Audience.COORDINATOR}
        for kind, subject in subjects_about(rt, "VN", questionnaire, "vi", audience)
        if (chart := kind.chart(subject)) is not None
    ]
    assert len(ids) == len(set(ids)) > len(KINDS)


def cohorts(seed: int, strata: int) -> Rows:
    """Cohorts of communes, and some from several communes of a district; strata with a single cohort too."""
    rng = random.Random(seed)
    communes = [path for path in small_round().localities if path.count("/") == 3]
    rows: Rows = []
    for number, path in enumerate(rng.sample(communes, 7)):
        is_pooled = rng.random() < 0.3
        place = path.rpartition("/")[0] if is_pooled else path
        unit = f"pool {number}" if is_pooled else path
        leaf = LeafId(place, "residents", "1", "visit", PUBLISHED, f"h{number % strata}", unit)
        tilt = rng.uniform(-0.3, 0.3)
        rows += (
            (leaf, CountedResponse(f"{number}-{k}", answers(rng, tilt), weight=rng.choice([1.0, 2.5])))
            for k in range(rng.randint(10, 25))
        )
    return rows


@pytest.mark.slow
@settings(max_examples=choose_examples(25), deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_what_is_published_estimates_as_the_responses_with_the_cohort_as_sampling_unit(seed: int, strata: int) -> None:
    rows = cohorts(seed, strata)
    book = CODEBOOK.newest("residents")
    joined = join_strata((leaf.stratum, leaf.cluster) for leaf, _ in rows)
    frame = pd.DataFrame([
        {"country": "VN", "province": "/".join(leaf.path.split("/")[:2]), "stratum": joined[leaf.stratum],
         "unit": leaf.cluster, "weight": each.weight, "task1": None}
        | score_response(each.answers, each.not_asked, book, FRAMEWORK)
        for leaf, each in rows
    ]).astype({"task1": float})  # fmt: skip
    rt = tally(rows)
    design = Design(weight="weight", stratum="stratum", psu="unit")
    for level in ("country", "province"):
        for _, theirs in estimate_mean(frame, "task1", design, by=level).iterrows():
            is_same(rt.estimate(theirs[level], "residents", "task1"), theirs)
    assert rt.has_joined_strata("residents") is (set(joined) != set(joined.values()))


def test_a_cohort_that_does_not_publish_a_score_is_no_unit_of_it() -> None:
    """Nor is what a question group publishes about another question."""
    rows = cohorts(5, 1)
    rt = tally(rows)
    withheld, *_ = rt.leaves
    before = rt.leaves[withheld]
    questions = {name: each for name, each in before.questions.items() if not name.startswith("t1_")}
    moments = {name: each for name, each in before.moments.items() if not name.startswith("task1")}
    group = LeafId("VN", "residents", "1", "visit", PUBLISHED, withheld.stratum, "group")
    of_group = LeafTally(questions={name: before.questions[name] for name in ("t1_first",)})
    changed = replace_leaves(
        rt, {**rt.leaves, withheld: replace(before, questions=questions, moments=moments), group: of_group}
    )
    others = tally([each for each in rows if each[0] != withheld])
    assert changed.estimate("VN", "residents", "task1") == others.estimate("VN", "residents", "task1")
    assert changed.estimate("VN", "residents", "task2") == rt.estimate("VN", "residents", "task2")


def test_a_cohort_from_several_places_has_no_error_at_its_place() -> None:
    """It is one unit of the district, whose persons are not the district's."""
    rows = [(leaf._replace(path="VN/00/000", cluster="pool"), each) for leaf, each in cohorts(5, 1)[:12]]
    estimate = tally(rows).estimate("VN/00/000", "residents", "task1")
    assert estimate is not None
    assert estimate.se is None
    own = [(leaf._replace(cluster=leaf.path), each) for leaf, each in rows]
    at_place = tally(own).estimate("VN/00/000", "residents", "task1")
    assert at_place is not None
    assert at_place.se is not None


def test_only_numbers_about_people_are_rounded() -> None:
    rt = small_round(3, residents=15)
    exact, rounded = rt.estimate("VN", "residents", "task1"), rt.shown_estimate("VN", "residents", "task1")
    assert exact is not None
    assert rounded is not None
    assert rounded.mean == pytest.approx(exact.mean, abs=0.05)
    assert rounded.mean == round(rounded.mean, 1) != exact.mean
    assert rounded.se == round(rounded.se or 0, 1)
    assert rt.shown_estimate("VN", "visit", "task1") == rt.estimate("VN", "visit", "task1")
    assert score_table(rt, "VN", "residents", by="self").loc[0, "estimate"] == rounded.mean
