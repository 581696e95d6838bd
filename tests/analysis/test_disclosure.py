from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure import decide, releasable

LEVELS = ("country", "province", "district", "commune")


def tree(sizes: list[list[list[int]]]) -> tuple[dict[str, int], dict[str, str]]:
    counts: dict[str, int] = {"VN": 0}
    for p, districts in enumerate(sizes):
        for d, communes in enumerate(districts):
            for c, n in enumerate(communes):
                path = f"VN/{p}/{d}/{c}"
                codes = path.split("/")
                for depth in range(1, 5):
                    above = "/".join(codes[:depth])
                    counts[above] = counts.get(above, 0) + n
    return counts, {path: LEVELS[path.count("/")] for path in counts}


sizes = st.lists(
    st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=5), min_size=1, max_size=4), min_size=1, max_size=4
)


@given(sizes)
def test_no_small_group_of_residents_follows_from_what_is_shown(given_sizes: list[list[list[int]]]) -> None:
    """Whoever subtracts the shown children from their shown parent learns nothing about fewer than ten."""
    counts, levels = tree(given_sizes)
    shown = decide(counts, levels, "resident", 10)
    for path, n in counts.items():
        if shown[path].hidden or not n:
            continue
        assert n >= 10
        children = [child for child in counts if child.rpartition("/")[0] == path and counts[child]]
        hidden = [child for child in children if shown[child].hidden]
        if hidden and len(hidden) < len(children):
            assert sum(counts[child] for child in hidden) >= 10
            assert len(hidden) > 1
    for path in counts:
        parent = path.rpartition("/")[0]
        if parent and shown[parent].hidden and counts[path]:
            assert shown[path].hidden


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


def test_the_first_release_takes_everything() -> None:
    assert releasable({"a/1": 3, "a/2": 12}, {}) == {"a/1", "a/2"}


def test_one_more_answer_releases_nothing() -> None:
    assert releasable({"a/1": 4, "a/2": 13}, {"a/1": 3, "a/2": 12}) == set()


def test_ten_more_release_a_leaf_and_small_ones_together() -> None:
    assert releasable({"a/1": 22, "a/2": 13}, {"a/1": 12, "a/2": 12}) == {"a/1"}
    assert releasable({"a/1": 8, "a/2": 9, "b/1": 9}, {"a/1": 3, "a/2": 4, "b/1": 1}) == {"a/1", "a/2"}
