from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from analysis.codebook import Codebook, Framework, QuestionnaireBook
from analysis.counter import ResponseCounter, add_sums, contribution, tally_leaf
from analysis.exact import fixed
from analysis.scores import score_response
from analysis.tally import CountedResponse, LeafTally, Numbers, QuestionTally, add, subtract
from tests.analysis.samples import answers, framework_json, questionnaire_json
from tests.support.sizes import choose_examples

FRAMEWORK = Framework.from_json(framework_json())
BOOK = Codebook.from_json({"questionnaires": [questionnaire_json("visit", "organisation")]}, FRAMEWORK).newest("visit")


def values() -> st.SearchStrategy[Any]:
    """Any JSON, and what is nearly an answer."""
    codes = st.sampled_from(["clear", "none", "dont_know", "98", "1", "2", "", "kind", "people"])
    leaf = st.one_of(st.none(), st.booleans(), st.integers(-(10**400), 10**400), st.floats(), codes)
    return st.recursive(leaf, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(codes, inner)))


def respondents(seed: int, n: int) -> list[CountedResponse]:
    rng = random.Random(seed)
    return [
        CountedResponse(f"{k:03}", answers(rng, rng.uniform(-0.3, 0.3)), weight=rng.choice([1.0, 0.1, 2.5]))
        for k in range(n)
    ]


def test_an_answer_scores_by_its_choice() -> None:
    scores = score_response({"t1_first": "clear", "t1_second": "some"}, frozenset(), BOOK, FRAMEWORK)
    assert scores == {"task1/first": 100.0, "task1/second": 67.0, "task1": 83.5}


def test_dont_know_enters_no_mean() -> None:
    assert score_response({"t1_first": "none", "t1_second": "dont_know"}, frozenset(), BOOK, FRAMEWORK)["task1"] == 0.0


def test_a_task_with_less_than_half_answered_is_missing() -> None:
    assert score_response({}, frozenset(), BOOK, FRAMEWORK) == {}
    assert "task1" in score_response({"t1_first": "clear"}, frozenset({"t1_second"}), BOOK, FRAMEWORK)


def test_counts_tell_four_kinds_of_silence_apart() -> None:
    leaf = tally_leaf(
        [
            CountedResponse("1", {"t1_first": "dont_know"}),
            CountedResponse("2", {}),
            CountedResponse("3", {}, frozenset({"t1_first"})),
            CountedResponse("4", {"t1_first": "clear"}),
        ],
        BOOK,
        FRAMEWORK,
    )
    question = leaf.questions["t1_first"]
    assert (question.choices, question.missing, question.unanswered, question.not_asked) == (
        {"clear": 1},
        {"dont_know": 1},
        1,
        1,
    )


def test_the_moments_of_weighted_scores() -> None:
    """n, Σw, Σwy, Σwy², Σw², Σw²y, Σw²y² of the scores 67 and 100 with the weights 2 and 0.5."""
    weighted = [
        CountedResponse("1", {"t1_first": "some"}, weight=2.0),
        CountedResponse("2", {"t1_first": "clear"}, weight=0.5),
    ]
    moments = tally_leaf(weighted, BOOK, FRAMEWORK).moments["task1/first"]
    assert tuple(moments.to_floats()) == (2, 2.5, 184.0, 13978.0, 4.25, 293.0, 20456.0)


def test_a_tally_survives_its_text() -> None:
    leaf = tally_leaf(respondents(3, 20), BOOK, FRAMEWORK)
    assert LeafTally.from_json(leaf.to_json()) == leaf


WEIGHTS = st.one_of(st.just(1.0), st.floats(0, 1e6), st.sampled_from([0.1, 1 / 3, 1e-30, 2.5]))


@st.composite
def drawn_responses(draw: st.DrawFn) -> list[CountedResponse]:
    """Weights of all sizes, questions not asked, codes that are none, late and simulated ones."""
    seed, weights = draw(st.integers(0, 10_000)), draw(st.lists(WEIGHTS, max_size=30))
    rng = random.Random(seed)
    return [
        CountedResponse(
            str(k),
            answers(rng, rng.uniform(-0.3, 0.3)) | rng.choice([{}, {"t2_first": "unheard of"}, {"t3_first": 7}]),
            rng.choice([frozenset(), frozenset({"t1_first"}), frozenset({"t4_first", "t4_second"})]),
            weight,
            rng.random() < 0.2,
            rng.random() < 0.2,
        )
        for k, weight in enumerate(weights)
    ]


def text_of(responses: list[CountedResponse]) -> str:
    return tally_leaf(responses, BOOK, FRAMEWORK).to_json()


@pytest.mark.slow
@settings(max_examples=choose_examples(60), deadline=None)
@given(drawn_responses(), st.randoms(use_true_random=False))
def test_any_order_and_any_grouping_give_the_same_bytes(rows: list[CountedResponse], rng: random.Random) -> None:
    whole = text_of(rows)
    shuffled = rng.sample(rows, len(rows))
    assert text_of(shuffled) == whole
    groups: list[list[CountedResponse]] = [[] for _ in range(4)]
    for each in shuffled:
        rng.choice(groups).append(each)
    leaves = [tally_leaf(group, BOOK, FRAMEWORK) for group in groups]
    assert add(leaves).to_json() == whole
    assert add([add(leaves[2:]), leaves[1], add(leaves[:1])]).to_json() == whole
    assert add(contribution(each, BOOK, FRAMEWORK) for each in shuffled).to_json() == whole


@settings(max_examples=choose_examples(60), deadline=None)
@given(drawn_responses(), st.randoms(use_true_random=False))
def test_what_is_taken_away_leaves_no_trace(rows: list[CountedResponse], rng: random.Random) -> None:
    gone = rng.sample(rows, rng.randint(0, len(rows)))
    kept = [each for each in rows if each not in gone]
    tally = tally_leaf(rows, BOOK, FRAMEWORK)
    for each in gone:
        tally = subtract(tally, contribution(each, BOOK, FRAMEWORK))
    assert tally == tally_leaf(kept, BOOK, FRAMEWORK)
    assert tally.to_json() == text_of(kept)


@settings(max_examples=choose_examples(60), deadline=None)
@given(drawn_responses(), st.randoms(use_true_random=False))
def test_sums_can_be_continued_from_a_tally(rows: list[CountedResponse], rng: random.Random) -> None:
    """As the publisher does: the stored tally, some responses added, others taken away."""
    counter = ResponseCounter(BOOK, FRAMEWORK)
    stored, more = rows[::2], rows[1::2]
    sums = counter.to_sums(LeafTally.from_json(text_of(stored)))
    gone = rng.sample(stored, len(stored) // 2)
    add_sums(sums, counter.sums(more))
    add_sums(sums, counter.sums(gone), -1)
    assert counter.to_tally(sums).to_json() == text_of([each for each in rows if each not in gone])


@pytest.mark.slow
@settings(deadline=None)
@given(drawn_responses())
def test_moments_are_the_rounded_terms_of_each_response(rows: list[CountedResponse]) -> None:
    """Against plain fractions, term by term in the documented order."""
    expected: dict[str, list[Fraction]] = {}
    for each in rows:
        for name, y in score_response(each.answers, each.not_asked, BOOK, FRAMEWORK).items():
            w = each.weight
            terms = (w, w * y, w * y * y, w * w, w * w * y, w * w * y * y)
            sums = expected.setdefault(name, [Fraction(0)] * 7)
            expected[name] = [
                total + term for total, term in zip(sums, (Fraction(1), *map(rounded, terms)), strict=True)
            ]
    found = tally_leaf(rows, BOOK, FRAMEWORK).moments
    for name, sums in expected.items():
        n, *units = found[name]
        assert [Fraction(n), *(Fraction(each, 2**64) for each in units)] == sums
    assert found.keys() == expected.keys()


def rounded(term: float) -> Fraction:
    return Fraction(round(Fraction(term) * 2**64), 2**64)


def test_people_are_counted_once_however_many_ratings_they_give() -> None:
    rows = [
        CountedResponse("1", {"t1_first": "clear", "t1_second": "clear"}),
        CountedResponse("2", {"t1_first": "clear", "t1_second": "none"}),
        CountedResponse("3", {"t1_first": "dont_know", "t1_second": "dont_know"}),
        CountedResponse("4", {}),
    ]
    people = tally_leaf(rows, BOOK, FRAMEWORK).people
    assert people == {
        "ratings/task1/change": 2,
        "ratings/task1/change/clear": 2,
        "ratings/task1/change/none": 1,
        "ratings/task1/change/dont_know": 1,
    }


def test_a_restricted_tally_keeps_its_responses() -> None:
    tally = tally_leaf(respondents(3, 20), BOOK, FRAMEWORK)
    own = tally.restrict({"t1_first"}, {"task1"}, {"ratings/task1/change"})
    assert (own.n, set(own.questions), set(own.moments), set(own.people)) == (
        20, {"t1_first"}, {"task1"}, {"ratings/task1/change"},
    )  # fmt: skip
    assert own.questions["t1_first"] == tally.questions["t1_first"]


def question(name: str, kind: str, **changed: Any) -> dict[str, Any]:
    return questionnaire_json("visit", "organisation")["questions"][0] | {
        "name": name, "type": "text", "kind": kind, "task": None, "indicator": None, "choices": None,
    } | changed  # fmt: skip


def book_of(*questions: dict[str, Any]) -> QuestionnaireBook:
    changed = questionnaire_json("visit", "organisation") | {"questions": list(questions)}
    return Codebook.from_json({"questionnaires": [changed]}, FRAMEWORK).newest("visit")


SEVERAL = book_of(question("ways", "choices", choices="change"))
IN_REPEAT = book_of(
    question("meetings", "instances"),
    question("kind", "choice", choices="change", repeat="meetings"),
    question("people", "number", repeat="meetings", missing=[{"code": "98", "label": {}}]),
)
UNKNOWN = 98
REASON = "98"


def tally_of(book: QuestionnaireBook, *given_answers: dict[str, Any], not_asked: tuple[str, ...] = ()) -> LeafTally:
    rows = [CountedResponse(str(k), each, frozenset(not_asked)) for k, each in enumerate(given_answers)]
    return tally_leaf(rows, book, FRAMEWORK)


def test_of_several_choices_people_are_counted_and_none_ticked_is_an_answer() -> None:
    found = tally_of(
        SEVERAL, {"ways": ["clear", "none"]}, {"ways": ["clear", "clear"]}, {"ways": []}, {"ways": "dont_know"}, {},
        {"ways": ["dont_know", "none"]},
    ).questions["ways"]  # fmt: skip
    assert found == QuestionTally(answered=4, choices={"clear": 2, "none": 2}, missing={"dont_know": 1}, unanswered=1)


def test_in_a_repeat_people_are_counted_and_every_number_is_summed() -> None:
    def meetings(*instances: dict[str, Any]) -> dict[str, Any]:
        return {"meetings": list(instances)}

    found = tally_of(
        IN_REPEAT,
        meetings({"kind": "clear", "people": UNKNOWN}, {"kind": "clear", "people": 2}, {"kind": "dont_know"}),
        meetings({"kind": "dont_know", "people": REASON}, {"people": REASON}),
        meetings({}),
        meetings(),
        {},
    ).questions
    assert found["kind"] == QuestionTally(
        answered=1, choices={"clear": 1}, missing={"dont_know": 1}, unanswered=1, not_asked=2
    )
    number = Numbers(2, fixed(100.0), fixed(98.0**2 + 4.0))
    assert found["people"] == QuestionTally(answered=1, missing={REASON: 1}, unanswered=1, not_asked=2, number=number)
    assert found["meetings"].number == Numbers(3, fixed(6.0), fixed(9.0 + 4.0 + 1.0))


def test_what_a_repeat_asks_is_not_asked_where_the_repeat_is_not() -> None:
    found = tally_of(IN_REPEAT, {}, not_asked=("meetings",)).questions
    assert {each.not_asked for each in found.values()} == {1}


@pytest.mark.slow
@settings(max_examples=choose_examples(60), deadline=None)
@given(st.lists(st.fixed_dictionaries({}, optional={"ways": values(), "meetings": values(), "figures": values()})))
def test_people_answering_reasons_and_not_asked_add_up_whatever_was_sent(sent: list[dict[str, Any]]) -> None:
    table = question("figures", "table", rows=[{"code": "1"}], periods=[{"code": "1"}, {"code": "2"}])
    for book in (SEVERAL, IN_REPEAT, book_of(table)):
        tally = tally_of(book, *sent)
        for each in tally.questions.values():
            assert each.answered + sum(each.missing.values()) + each.unanswered + each.not_asked == len(sent) == tally.n
            assert all(0 < count <= each.answered for count in each.choices.values())


EVERY_KIND = book_of(
    question("rated", "choice", choices="change"),
    question("ways", "choices", choices="change"),
    question("amount", "number", missing=[{"code": "98", "label": {}}]),
    question("sum", "number", type="calculate"),
    question("noted", "text"),
    question("figures", "table", rows=[{"code": "1"}], periods=[{"code": "1"}, {"code": "2"}]),
    question("meetings", "instances"),
    question("kind", "choice", choices="change", repeat="meetings"),
    question("people", "number", repeat="meetings", missing=[{"code": "98", "label": {}}]),
)


@pytest.mark.slow
@settings(max_examples=choose_examples(60), deadline=None)
@given(st.data())
def test_answers_that_are_counted_together_add_what_each_adds(data: st.DataObject) -> None:
    """Whatever was sent: 1, 1.0 and true are equal to Python, and not the same answer."""
    names = sorted({each.question.name for each in ResponseCounter(EVERY_KIND, FRAMEWORK).counted})
    answer = st.one_of(values(), st.sampled_from([1, 1.0, True, 0, False, {"value": 1, "estimated": True}]))
    sent = data.draw(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(names, answer)), max_size=6))
    routes = [data.draw(st.frozensets(st.sampled_from(names))) for _ in sent]
    rows = [CountedResponse(str(k), *each) for k, each in enumerate(zip(sent, routes, strict=True))]
    together = tally_leaf(rows, EVERY_KIND, FRAMEWORK)
    assert together == add([LeafTally(), *(contribution(each, EVERY_KIND, FRAMEWORK) for each in rows)])


def test_a_truth_value_is_a_number_only_where_it_was_calculated() -> None:
    found = tally_of(EVERY_KIND, {"amount": True, "sum": True}, {"amount": 1, "sum": 1}).questions
    one, two = Numbers(1, fixed(1.0), fixed(1.0)), Numbers(2, fixed(2.0), fixed(2.0))
    assert found["amount"] == QuestionTally(answered=1, unanswered=1, number=one)
    assert found["sum"] == QuestionTally(answered=2, number=two)
