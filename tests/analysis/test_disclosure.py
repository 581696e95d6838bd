"""No difference of shown numbers discloses fewer than ten people."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from analysis.charts.completeness import completeness_table
from analysis.charts.ratings import rating_table
from analysis.charts.scores import score_table
from analysis.codebook import Codebook
from analysis.disclosure import Parts, Shown, decide_parts, is_own_hidden, releasable
from analysis.rating_groups import rating_lists
from analysis.ratings import reasons
from analysis.report import charts_of
from analysis.round_tally import LeafId, RoundTally
from analysis.tally import LeafTally, QuestionTally
from tests.analysis.samples import small_round
from tests.support.sizes import choose_examples

LEVELS = ("country", "province", "district", "commune")
LIMIT = 10
MISSING = ("dont_know", "not_applicable", "refused")


def decide(counts: dict[str, int], levels: dict[str, str], respondent: str, limit: int = 10) -> dict[str, Shown]:
    """What may be shown of the number of responses in and below each locality."""
    return decide_parts({path: (n,) for path, n in counts.items()}, levels, respondent, limit)


def sums(own: Mapping[str, Parts]) -> tuple[dict[str, Parts], dict[str, str]]:
    """Counts in and below each locality, from those collected at each; and the levels."""
    width = len(next(iter(own.values())))
    counts: dict[str, Parts] = {"VN": (0,) * width}
    for path, parts in own.items():
        codes = path.split("/")
        for depth in range(1, len(codes) + 1):
            above = "/".join(codes[:depth])
            counts[above] = tuple(a + b for a, b in zip(counts.get(above, (0,) * width), parts, strict=True))
    return counts, {path: LEVELS[path.count("/")] for path in counts}


def tree(sizes: list[list[list[int]]]) -> tuple[dict[str, int], dict[str, str]]:
    own = {f"VN/{p}/{d}/{c}": (n,) for p, ds in enumerate(sizes) for d, cs in enumerate(ds) for c, n in enumerate(cs)}
    counts, levels = sums(own)
    return {path: n for path, (n,) in counts.items()}, levels


def computable(counts: Mapping[str, int], shown: Mapping[str, Shown], own_shown: Collection[str] = ()) -> set[str]:
    """The localities whose count, or whose own collected count, is of 1 to 9 people and follows from the shown counts.

    Linear algebra: unknown is what was collected at each locality, known are the shown counts (zeros are shown), and
    where nobody is interviewed: an attacker knows that residents are met in communes; `own_shown`: localities whose own
    collected count is shown, too. A combination of known is known.
    """
    paths = sorted(counts)
    below = np.array([[float(each == path or each.startswith(f"{path}/")) for each in paths] for path in paths])
    own = [counts[path] - sum(n for each, n in counts.items() if each.rpartition("/")[0] == path) for path in paths]
    met = [np.eye(len(paths))[at] for at, path in enumerate(paths) if not own[at] and path.count("/") < 3]
    met += [np.eye(len(paths))[paths.index(path)] for path in own_shown]
    known = np.array([*(row for row, path in zip(below, paths, strict=True) if not shown[path].hidden), *met])
    targets = [(path, row, counts[path]) for path, row in zip(paths, below, strict=True)]
    targets += [(f"at {path}", np.eye(len(paths))[at], own[at]) for at, path in enumerate(paths)]
    return {name for name, row, n in targets if 0 < n < LIMIT and len(known) and _follows(row, known)}


def _follows(row: np.ndarray, known: np.ndarray) -> bool:
    found, *_ = np.linalg.lstsq(known.T, row, rcond=None)
    return bool(np.abs(known.T @ found - row).max() < 1e-8)


numbers = st.one_of(st.integers(0, 3), st.integers(0, 14), st.integers(0, 60))
sizes = st.lists(st.lists(st.lists(numbers, min_size=1, max_size=4), min_size=1, max_size=3), min_size=1, max_size=3)


def collected(width: int) -> st.SearchStrategy[dict[str, Parts]]:
    """Counts collected at localities of every level, communes most of all."""
    path = st.sampled_from(
        ["VN", *(f"VN/{p}" for p in range(3)), *(f"VN/{p}/{d}" for p in range(3) for d in range(3))]
        + [f"VN/{p}/{d}/{c}" for p in range(3) for d in range(3) for c in range(4)]
    )
    return st.dictionaries(path, st.tuples(*[numbers] * width), min_size=1, max_size=30)


@settings(max_examples=choose_examples(300), deadline=None)
@given(collected(1), st.sampled_from(["resident", "official"]))
def test_no_small_number_of_people_follows_from_what_is_shown(own: dict[str, Parts], respondent: str) -> None:
    parts, levels = sums(own)
    counts = {path: n for path, (n,) in parts.items()}
    assert computable(counts, decide(counts, levels, respondent, LIMIT)) == set()


@settings(max_examples=choose_examples(200), deadline=None)
@given(collected(3))
def test_no_small_number_of_a_choice_follows_from_what_is_shown(own: dict[str, Parts]) -> None:
    parts, levels = sums(own)
    whole = decide({path: sum(each) for path, each in parts.items()}, levels, "resident", LIMIT)
    hidden = [path for path, each in whole.items() if each.hidden]
    shown = decide_parts(parts, levels, "resident", LIMIT, hidden)
    assert {path for path in hidden if not shown[path].hidden} == set()
    for column in range(3):
        assert computable({path: each[column] for path, each in parts.items()}, shown) == set()


def below(path: str, counts: Iterable[str]) -> list[str]:
    return [each for each in counts if each.rpartition("/")[0] == path]


@settings(max_examples=choose_examples(300), deadline=None)
@given(collected(1), st.sampled_from(["resident", "official"]))
def test_a_locality_s_own_row_discloses_no_small_number(own: dict[str, Parts], respondent: str) -> None:
    """The table shows the locality's own responses with those of the localities below."""
    parts, levels = sums(own)
    counts = {path: n for path, (n,) in parts.items()}
    shown = decide(counts, levels, respondent, LIMIT)
    shown_own = [path for path in counts if not is_own_hidden(path, below(path, counts), shown)]
    assert not [
        path for path in shown_own if 0 < counts[path] - sum(counts[each] for each in below(path, counts)) < LIMIT
    ]
    assert computable(counts, shown, shown_own) == set()


def test_an_own_row_is_shown_where_all_around_it_are() -> None:
    parts, levels = sums({"VN/0/0": (12,), "VN/0/0/0": (20,), "VN/0/0/1": (30,)})
    counts = {path: n for path, (n,) in parts.items()}
    for respondent in ("resident", "organisation"):
        assert not is_own_hidden("VN/0/0", below("VN/0/0", counts), decide(counts, levels, respondent, LIMIT))


def test_the_attack_finds_what_a_careless_rule_discloses() -> None:
    counts, _levels = tree([[[3, 40, 12]]])
    careless = {path: Shown(0 < n < LIMIT) for path, n in counts.items()}
    assert computable(counts, careless) == {"VN/0/0/0", "at VN/0/0/0"}


def test_what_was_collected_at_the_parent_itself_is_protected_too() -> None:
    """Four residents interviewed at the district: its total less its communes would disclose them."""
    parts, levels = sums({"VN/0/0": (4,), "VN/0/0/0": (20,), "VN/0/0/1": (30,)})
    shown = decide({path: n for path, (n,) in parts.items()}, levels, "resident", LIMIT)
    assert shown["VN/0/0/0"].hidden
    assert not shown["VN/0/0/1"].hidden


@given(sizes)
def test_everything_below_a_hidden_locality_is_hidden(given_sizes: list[list[list[int]]]) -> None:
    counts, levels = tree(given_sizes)
    shown = decide(counts, levels, "resident", LIMIT)
    for path, n in counts.items():
        parent = path.rpartition("/")[0]
        assert not (parent and shown[parent].hidden and n) or shown[path].hidden


@given(sizes)
def test_organisations_are_always_shown(given_sizes: list[list[list[int]]]) -> None:
    counts, levels = tree(given_sizes)
    assert not any(each.hidden for each in decide(counts, levels, "organisation").values())


def test_officials_are_never_shown_below_the_province() -> None:
    counts, levels = tree([[[40, 40]], [[30]]])
    shown = decide(counts, levels, "official")
    assert {path for path, each in shown.items() if not each.hidden} == {"VN", "VN/0", "VN/1"}


def test_small_groups_are_flagged_up_to_twenty_nine() -> None:
    counts, levels = tree([[[29]], [[30]]])
    shown = decide(counts, levels, "resident")
    assert (shown["VN/0/0/0"].flagged, shown["VN/1/0/0"].flagged) == (True, False)


def reticent(rt: RoundTally, seed: int) -> RoundTally:
    """The same round where residents gave every reason, and were not asked, now many, now few; rare in some places."""
    rng = random.Random(seed)
    choices = rt.codebook.questionnaires["residents", "1"].choices["change"]
    offered = replace(choices, missing=dict.fromkeys(MISSING, choices.missing["dont_know"]))
    book = replace(rt.codebook.questionnaires["residents", "1"], choices={"change": offered})
    codebook = Codebook({**rt.codebook.questionnaires, ("residents", "1"): book})
    leaves = {leaf: _reticent(rng, each) if leaf.questionnaire == "residents" else each
              for leaf, each in rt.leaves.items()}  # fmt: skip
    return RoundTally(rt.round, rt.framework, codebook, rt.localities, leaves, rt.expected, rt.cut)


def _reticent(rng: random.Random, leaf: LeafTally) -> LeafTally:
    def silent(tally: QuestionTally) -> QuestionTally:
        few, many = (lambda: rng.choice((0, 0, 0, 1, 2)), lambda: rng.choice((0, 5, 12, 20)))
        missing = {"dont_know": many(), "not_applicable": many(), "refused": few()}
        return replace(tally, missing=missing, unanswered=few(), not_asked=rng.choice((0, 0, 15, 3)))

    return replace(leaf, questions={name: silent(each) for name, each in leaf.questions.items()})


@cache
def published(seed: int) -> tuple[RoundTally, pd.DataFrame]:
    """A round, and every count about residents that its charts' tables hold: cell, locality, n."""
    rt = reticent(small_round(3, residents=9, seed=seed), seed)
    return rt, pd.DataFrame(_counts(rt), columns=["cell", "locality", "n"])


def _counts(rt: RoundTally) -> Iterable[tuple[str, str, int]]:
    name, book = "residents", rt.book("residents")
    for path in rt.localities:
        for chart in charts_of(rt, path, "vi"):
            if chart.questionnaire == name and chart.n is not None:
                yield "responses", path, chart.n
        for listed in rating_lists(book):
            for row in rating_table(rt, path, name, listed).to_dict("records"):
                counts = {key: row[key] for key in ("n", "missing", "responses", *reasons(listed))}
                yield from ((f"{row['task']}/{key}", path, n) for key, n in counts.items() if pd.notna(n))
                if pd.notna(row["count"]):
                    yield f"{row['task']}/{row['category']}", path, row["count"]
        for by in ("self", "child"):
            for row in score_table(rt, path, name, by=by).to_dict("records"):
                if pd.notna(row["n"]):
                    yield f"{row['task']}/scored", row["locality"], row["n"]
        for row in completeness_table(rt, path).to_dict("records"):
            if row["questionnaire"] == name:
                assert pd.isna(row["late"])
                if pd.notna(row["received"]):
                    yield "responses", row["locality"], row["received"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_page_or_table_discloses_a_small_number(seed: int) -> None:
    """Differencing over everything that one data cut publishes about residents: each kind of count by itself."""
    rt, found = published(seed)
    assert not found[(found["n"] > 0) & (found["n"] < LIMIT)].size
    for cell, rows in found.groupby("cell"):
        shown = {path: Shown(hidden=path not in set(rows["locality"])) for path in rt.localities}
        assert rows.groupby("locality")["n"].nunique().max() == 1, "two pages disagree"
        counts = {path: _true_count(rt.at(path, "residents"), str(cell)) for path in rt.localities}
        assert all(counts[path] == n for path, n in zip(rows["locality"], rows["n"], strict=True))
        assert computable(counts, shown) == set(), cell


@pytest.mark.slow
@pytest.mark.parametrize("province", ["VN/00", "VN/01", "VN/02"])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_counts_of_a_task_disclose_nothing_together(seed: int, province: str) -> None:
    """All shown counts of a task at once, with the sum of reasons and ratings: responses times two questions."""
    rt, found = published(seed)
    codes = ["clear", "some", "little", "none", *MISSING, "unanswered", "not_asked"]
    sums_of = {"n": codes[:4], "missing": codes[4:8], "responses": codes}
    shown = found[found["cell"].str.startswith("task1/") & (found["cell"] != "task1/scored")]
    paths = [path for path in rt.localities if path.startswith(f"{province}/") and path.count("/") == 3]
    true = np.array([[_true_count(rt.at(path, "residents"), f"task1/{code}") for code in codes] for path in paths])

    def counted(place: str, key: str) -> np.ndarray:
        """Which counts of which communes add up to the count shown under a name."""
        inside = [each == place or each.startswith(f"{place}/") for each in paths]
        row = np.zeros(true.shape)
        row[np.ix_(inside, [code in sums_of.get(key, [key]) for code in codes])] = 1.0
        return row.ravel()

    cells = shown[["cell", "locality"]].drop_duplicates().itertuples(index=False)
    known = [counted(place, str(cell).partition("/")[2]) for cell, place in cells if place.startswith(province)]
    # An attacker knows that nobody is where the counts of a whole are none.
    nobody = [row for row in known if not true.ravel()[row > 0].any()]
    known += [one for row in nobody for one in np.diag(row)[row > 0]]
    assert len(known) > 10
    places = [path for path in rt.localities if path.startswith(province)]
    for place, key in product(places, [*codes, "missing"]):
        target = counted(place, key)
        if 0 < true.ravel() @ target < LIMIT:
            assert not _follows(target, np.array(known)), (place, key)


def test_reasons_of_people_are_shown_one_by_one_where_none_is_small() -> None:
    _round, found = published(1)
    cells = set(found["cell"])
    assert {"task1/not_asked", "task1/dont_know", "task1/missing"} <= cells
    shown = found[found["cell"] == "task1/missing"]
    assert len(found[found["cell"] == "task1/refused"]) < len(shown)


def _true_count(tally: LeafTally, cell: str) -> int:
    task, _, key = cell.partition("/")
    if "responses" in (task, key):
        return tally.n
    if key == "scored":
        return tally.moments[task].n if task in tally.moments else 0
    asked = [tally.questions[name] for name in (f"t{task[-1]}_first", f"t{task[-1]}_second") if name in tally.questions]
    if key in ("unanswered", "not_asked"):
        return sum(getattr(each, key) for each in asked)
    if key == "missing":
        return sum(sum(each.missing.values()) + each.unanswered for each in asked)
    if key in MISSING:
        return sum(each.missing.get(key, 0) for each in asked)
    return sum(sum(each.choices.values()) if key == "n" else each.choices.get(key, 0) for each in asked)


def test_a_task_that_few_answered_is_hidden_where_many_responded() -> None:
    rt = small_round(1, residents=20)
    leaf = next(each for each in rt.leaves if each.questionnaire == "residents" and rt.leaves[each].n >= LIMIT)
    few = dict(rt.leaves[leaf].moments)
    few["task1"] = few["task1"]._replace(n=3)
    leaves: dict[LeafId, LeafTally] = {**rt.leaves, leaf: LeafTally(rt.leaves[leaf].n, moments=few)}
    changed = RoundTally(rt.round, rt.framework, rt.codebook, rt.localities, leaves, rt.expected, rt.cut)
    rows = score_table(changed, leaf.path, "residents", by="self").set_index("task")
    assert (rows.loc["task1", "hidden"], rows.loc["task2", "hidden"]) == (True, False)
    assert pd.isna(rows.loc["task1", "estimate"])


def test_the_first_release_takes_everything() -> None:
    assert releasable({"a/1": 3, "a/2": 12}, {}) == {"a/1", "a/2"}


def test_one_more_answer_releases_nothing() -> None:
    assert releasable({"a/1": 4, "a/2": 13}, {"a/1": 3, "a/2": 12}) == set()


def test_ten_more_release_a_leaf_and_small_ones_together() -> None:
    assert releasable({"a/1": 22, "a/2": 13}, {"a/1": 12, "a/2": 12}) == {"a/1"}
    assert releasable({"a/1": 8, "a/2": 9, "b/1": 9}, {"a/1": 3, "a/2": 4, "b/1": 1}) == {"a/1", "a/2"}


def test_a_leaf_of_exactly_ten_is_seen_on_its_own() -> None:
    """So it does not move together with a small one: five more of it would follow from the total of their parent."""
    assert releasable({"a/1": 15, "a/2": 9}, {"a/1": 10, "a/2": 4}) == set()


changes = st.dictionaries(st.sampled_from([f"VN/{p}/{c}" for p in range(2) for c in range(4)]), numbers, max_size=8)


@settings(max_examples=choose_examples(200), deadline=None)
@given(changes, changes)
def test_a_total_moves_by_ten_people_or_not_at_all(first: dict[str, int], added: dict[str, int]) -> None:
    """People only come: between two releases each total that is shown grew by none or by ten at least."""
    current = {path: first.get(path, 0) + added.get(path, 0) for path in {*first, *added}}
    moved = releasable(current, first)
    after = {path: current[path] if path in moved or not first else first.get(path, 0) for path in current}
    for place in ("VN", "VN/0", "VN/1", *current):
        before, now = (
            sum(n for path, n in each.items() if path == place or path.startswith(f"{place}/"))
            for each in (first, after)
        )
        small_leaf = place in current and before < LIMIT
        assert now - before in {0, *range(LIMIT, 1000)} or small_leaf or not any(first.values())
