"""A chart's CSV and table: in the reader's language, rounded as the picture, signs where something is hidden."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from analysis.charts.chart import Chart
from analysis.exact import ONE, fixed
from analysis.render.spec import Text
from analysis.report import charts_of
from analysis.round_tally import LeafId, LocalityRow, RoundTally
from analysis.tally import LeafTally
from tests.analysis.samples import small_round

TITLE = "Phiếu làm việc với Mặt trận cấp xã"
SIGN = "chưa đủ phiếu để công bố"


def rows_of(chart: Chart) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(chart.csv().decode("utf-8-sig"))))


def chart(rt: RoundTally, kind: str, questionnaire: str | None, path: str = "VN", language: str = "vi") -> Chart:
    found = charts_of(rt, path, language)
    return next(each for each in found if (each.kind, each.questionnaire) == (kind, questionnaire))


def changed(rt: RoundTally, leaves: dict[LeafId, LeafTally]) -> RoundTally:
    return RoundTally(rt.round, rt.framework, rt.codebook, rt.localities, leaves, rt.expected, rt.cut)


def renamed(rt: RoundTally, places: dict[str, LocalityRow]) -> RoundTally:
    return RoundTally(rt.round, rt.framework, rt.codebook, places, rt.leaves, rt.expected, rt.cut)


def words(drawn: Chart) -> str:
    """The texts in the picture."""
    return "\n".join(mark.text for mark in drawn.spec.all_marks() if isinstance(mark, Text))


def test_the_csv_is_in_the_reader_s_language_and_keeps_the_codes() -> None:
    vi, en = (rows_of(chart(small_round(), "ratings_by_task", "visit", language=each))[0] for each in ("vi", "en"))
    assert list(vi)[:6] == ["Mã nhiệm vụ", "Nhiệm vụ", "Mã mức đánh giá", "Mức đánh giá", "Thứ tự mức",
                            "Số câu trả lời ở mức này"]  # fmt: skip
    assert list(en)[:4] == ["Task code", "Task", "Rating code", "Rating"]
    assert (vi["Nhiệm vụ"], en["Task"]) == ("1. Nhận thức", "1. Awareness")
    assert vi["Mã nhiệm vụ"] == en["Task code"] == "task1"
    assert (vi["Mức đánh giá"], en["Rating"]) == ("Chuyển biến rõ nét", "Clear change")


@pytest.mark.parametrize("kind", ["ratings_by_task", "heat_map", "dots", "tile_diagram", "completeness"])
def test_every_row_says_what_it_is_based_on(kind: str) -> None:
    rt = small_round()
    final = replace(rt, cut=replace(rt.cut, provisional=False, simulated=False))
    for each, marks in ((rt, ("có", "có")), (final, ("không", "không"))):
        for row in rows_of(chart(each, kind, None if kind == "completeness" else "visit")):
            assert (row["Tạm thời"], row["Mô phỏng"], row["Gia quyền"]) == (*marks, "không")
            assert row["Số liệu đến"] == "14:05 ngày 05/6/2012"
            assert row["Cơ sở"].startswith("Cơ sở: ")


def test_the_csv_says_whether_scores_are_weighted() -> None:
    rt = small_round()
    heavier = {
        leaf: replace(each, moments={name: m._replace(w=2 * m.w, wy=2 * m.wy) for name, m in each.moments.items()})
        for leaf, each in rt.leaves.items()
    }
    weighted = changed(rt, heavier)
    row = rows_of(chart(weighted, "heat_map", "residents"))[0]
    assert (row["Gia quyền"], "có gia quyền" in row["Cơ sở"]) == ("có", True)
    assert rows_of(chart(weighted, "ratings_by_task", "residents"))[0]["Gia quyền"] == "không"


def test_numbers_are_integers_and_hidden_cells_have_a_sign() -> None:
    rows = rows_of(chart(small_round(1, residents=6), "heat_map", "residents", "VN/00/000"))
    numbers = {row["Số phiếu có điểm"] for row in rows}
    assert SIGN in numbers
    assert all(each.isdigit() for each in numbers - {SIGN})
    hidden = [row for row in rows if row["Điểm"] == SIGN]
    assert hidden
    assert {row["Sai số chuẩn"] for row in hidden} == {SIGN}


@pytest.mark.slow
def test_what_is_not_published_yet_has_one_sign_in_picture_table_and_csv() -> None:
    rt = small_round(2, residents=6)
    hidden = [path for path, row in rt.localities.items() if rt.shown(path, "residents").hidden]
    assert {path.count("/") for path in hidden} == {3}
    for path in hidden:
        drawn = chart(rt, "dots", "residents", path)
        assert {row[2] for row in drawn.readable_table().rows} == {SIGN}
        assert {row["Điểm"] for row in rows_of(drawn)} == {SIGN}
        assert words(drawn).split("\n").count(SIGN) == 6
        assert drawn.readable_table().note.startswith("Chưa đủ phiếu để công bố: ")


def few_scores(n: int) -> tuple[RoundTally, LeafId]:
    """A commune's cohort of which `n` people have a score of the first task, and a rating in it."""
    rt = small_round(2, residents=12)
    leaf = next(each for each, tally in rt.leaves.items() if each.questionnaire == "residents" and tally.n >= 10)
    tally = rt.leaves[leaf]
    moments = {**tally.moments, "task1": tally.moments["task1"]._replace(n=n)}
    people = {**tally.people, "ratings/task1/change": n}
    return changed(rt, {**rt.leaves, leaf: replace(tally, moments=moments, people=people)}), leaf


def test_a_mean_or_share_of_fewer_than_ten_people_is_unreliable_and_has_another_sign() -> None:
    rt, leaf = few_scores(9)
    drawn = chart(rt, "dots", "residents", leaf.path)
    cells = [row[2] for row in drawn.readable_table().rows]
    assert cells[0] == "ít ý kiến"
    assert all(each[0].isdigit() for each in cells[1:])
    first, *_ = rows_of(drawn)
    assert {first[each] for each in ("Điểm", "Sai số chuẩn", "Số phiếu có điểm")} == {"ít ý kiến"}
    ratings = rows_of(chart(rt, "ratings_by_task", "residents", leaf.path))
    assert {row["Tỷ lệ %"] for row in ratings if row["Mã nhiệm vụ"] == "task1"} == {"ít ý kiến"}
    enough, leaf = few_scores(10)
    assert chart(enough, "dots", "residents", leaf.path).readable_table().rows[0][2][0].isdigit()
    assert "ít ý kiến" not in chart(enough, "ratings_by_task", "residents", leaf.path).csv().decode()


def test_a_score_that_a_cohort_does_not_publish_by_itself_is_not_called_unreliable() -> None:
    """Few were asked one of its questions, so it waits for other cohorts."""
    rt, leaf = few_scores(9)
    tally = rt.leaves[leaf]
    without = replace(
        tally,
        questions={name: each for name, each in tally.questions.items() if name != "t1_first"},
        moments={name: each for name, each in tally.moments.items() if not name.startswith("task1")},
        people={name: each for name, each in tally.people.items() if not name.startswith("ratings/task1/")},
    )
    withheld = changed(rt, {**rt.leaves, leaf: without})
    assert chart(withheld, "dots", "residents", leaf.path).readable_table().rows[0][2] == SIGN
    assert chart(withheld, "ratings_by_task", "residents", leaf.path).readable_table().rows[0][1] == SIGN


@pytest.mark.slow
def test_shares_of_people_stand_on_ten_people_at_least() -> None:
    """Not on ten answers: five people who answered two questions are five."""
    rt = small_round(3, residents=12)
    found = [
        row
        for path in rt.localities
        for row in rows_of(chart(rt, "ratings_by_task", "residents", path))
        if row["Tỷ lệ %"].isdigit()
    ]
    assert len(found) > 100
    assert min(int(row["Số người đánh giá"]) for row in found) >= 10
    assert all(int(row["Số người chọn mức này"]) <= int(row["Số người đánh giá"]) for row in found)
    assert all(int(row["Số người đánh giá"]) <= int(row["Số phiếu"]) for row in found)


@pytest.mark.slow
def test_numbers_about_people_have_one_decimal_at_most() -> None:
    rt = small_round(3, residents=12)
    for kind in ("heat_map", "dots"):
        for row in rows_of(chart(rt, kind, "residents")):
            numbers = [row[each] for each in ("Điểm", "Sai số chuẩn", "Khoảng tin cậy 95%, từ", "Hệ số thiết kế")]
            assert all(len(each.partition(".")[2]) <= 1 for each in numbers), numbers
    assert any(len(row["Điểm"].partition(".")[2]) > 1 for row in rows_of(chart(rt, "heat_map", "visit")))


def test_a_name_is_never_a_formula() -> None:
    rt = small_round()
    places = {path: replace(row, name="=1+1") for path, row in rt.localities.items()}
    evil = renamed(rt, places)
    assert {row["Địa bàn"] for row in rows_of(chart(evil, "heat_map", "visit"))} == {"'=1+1"}


@pytest.mark.slow
def test_people_have_whole_per_cents_everywhere() -> None:
    people = chart(small_round(4, residents=12), "ratings_by_task", "residents")
    assert all(row["Tỷ lệ %"].isdigit() for row in rows_of(people))
    cells = [cell for row in people.readable_table().rows for cell in row if "%" in cell]
    assert cells
    assert not any(",0%" in cell for cell in cells)
    counted = chart(small_round(), "ratings_by_task", "visit")
    assert any("," in row["Tỷ lệ %"] or "." in row["Tỷ lệ %"] for row in rows_of(counted))


def test_halves_are_rounded_up_in_picture_table_and_csv() -> None:
    rt = small_round(1, communes=1)
    leaf = next(each for each in rt.leaves if each.questionnaire == "visit")
    half = {name: m._replace(n=1, w=ONE, wy=fixed(72.5)) for name, m in rt.leaves[leaf].moments.items()}
    drawn = chart(changed(rt, {leaf: replace(rt.leaves[leaf], moments=half)}), "dots", "visit", leaf.path)
    texts = words(drawn).split("\n")
    assert texts.count("73") == 6
    assert "72" not in texts
    assert drawn.readable_table().rows[0][1:3] == ["1. Nhận thức", "72,5"]
    assert rows_of(drawn)[0]["Điểm"] == "72.5"


def test_don_t_know_and_not_asked_are_separate() -> None:
    rt = small_round()
    leaf = next(each for each in rt.leaves if each.questionnaire == "visit")
    asked = {name: replace(each, not_asked=2, unanswered=1) for name, each in rt.leaves[leaf].questions.items()}
    drawn = chart(changed(rt, {leaf: replace(rt.leaves[leaf], questions=asked)}), "ratings_by_task", "visit", leaf.path)
    assert drawn.readable_table().heads[-5:] == ["Số câu trả lời", "Không đánh giá", "Không biết", "Bỏ trống",
                                                "Không hỏi"]  # fmt: skip
    row = rows_of(drawn)[0]
    assert (row["Bỏ trống"], row["Không hỏi"]) == ("2", "4")
    assert int(row["Không đánh giá"]) == int(row["Không biết"]) + 2


def test_the_title_of_a_rating_holds_its_scale_once() -> None:
    title = chart(small_round(), "ratings_by_task", "visit").title
    assert title.count("Chuyển biến rõ nét – Chưa chuyển biến") == 1


def twice(rt: RoundTally, times: int) -> tuple[RoundTally, LeafId]:
    """One commune sends its visit several times, its neighbour nothing."""
    first, second = [each for each in rt.leaves if each.questionnaire == "visit"][:2]
    leaves = {leaf: each for leaf, each in rt.leaves.items() if leaf != second}
    leaves[first] = replace(leaves[first], n=times, late=times)
    return changed(rt, leaves), first


def test_surplus_responses_of_a_unit_do_not_count_for_another() -> None:
    rt, first = twice(small_round(1), 4)
    district = first.path.rpartition("/")[0]
    rows = {row["Mã địa bàn"]: row for row in rows_of(chart(rt, "completeness", None, district))
            if row["Mã mẫu phiếu"] == "visit"}  # fmt: skip
    assert (rows[first.path]["Đã nhận"], rows[first.path]["Số phiếu thừa"]) == ("1", "3")
    assert rows[first.path]["Trong đó nộp muộn"] == "1"
    whole = rt.coverage(district, "visit")
    assert (whole.expected, whole.received, whole.surplus) == (4, 3, 3)
    table = chart(rt, "completeness", None, district).readable_table().rows
    assert [row[1:6] for row in table if row[5] == "3"] == [[TITLE, "1", "1", "100%", "3"]]
    base = rows_of(chart(rt, "heat_map", "visit", district))[0]["Cơ sở"]
    assert base == "Cơ sở: 6 phiếu của các ủy ban, tổ chức, chưa gia quyền; đã nộp 3/4 đơn vị, thừa 3 phiếu."


def test_responses_of_residents_are_published_not_submitted() -> None:
    rt = small_round(4, residents=12)
    base = rows_of(chart(rt, "heat_map", "residents"))[0]["Cơ sở"]
    assert f"đã công bố {rt.at('VN', 'residents').n}/48 phiếu" in base
    assert "nộp" not in base


@pytest.mark.slow
def test_footnotes_are_printed_only_with_their_signs() -> None:
    clear = words(chart(small_round(4, residents=40), "heat_map", "residents"))
    few = words(chart(small_round(1, residents=6), "heat_map", "residents", "VN/00/000"))
    for sign in ("Gạch chéo", "*: dưới 30"):
        assert sign not in clear
        assert sign in few
    for picture in (clear, few):
        assert "công bố theo từng nhóm ít nhất 10 phiếu" in picture


def test_an_abbreviated_province_is_explained() -> None:
    rt = small_round()
    places = {path: replace(row, name=f"{row.kind} Bà Rịa - Vũng Tàu") for path, row in rt.localities.items()}
    assert "BRVT: Bà Rịa - Vũng Tàu" in words(chart(renamed(rt, places), "tile_diagram", "visit"))
    assert "viết tắt" not in words(chart(rt, "tile_diagram", "visit"))
