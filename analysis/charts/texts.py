"""The texts of the charts, Vietnamese by key, translated by `analysis.i18n`; numbers and instants in each language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cache

from analysis.i18n import translate
from analysis.rounding import rounded

VIETNAM = timezone(timedelta(hours=7))
TEXTS: dict[str, str] = {
    "ratings_title": "Mức độ đánh giá theo nhiệm vụ: {low} – {high}",
    "all_said": "tất cả câu trả lời là “{reason}”",
    "none_scored": "không câu trả lời nào có điểm",
    "of_version": "{title} (phiên bản {version} của mẫu phiếu)",
    "ratings_subtitle": "Tỷ lệ % câu trả lời theo mức đánh giá; đường đứng tách phía tích cực và phía còn hạn chế",
    "heat_title": "Điểm trung bình theo địa bàn và nhiệm vụ",
    "heat_subtitle": "Điểm 0–100; địa bàn xếp theo danh mục hành chính",
    "dots_title": "Điểm theo từng nhiệm vụ và địa bàn",
    "dots_self_title": "Điểm theo từng nhiệm vụ",
    "dots_subtitle": (
        "Điểm 0–100; vạch ngang: khoảng tin cậy 95%; vạch đứng: toàn địa bàn; chấm đặc: khác với toàn địa "
        "bàn; chấm rỗng: chưa thấy khác"
    ),
    "dots_self": "Điểm 0–100; vạch ngang: khoảng tin cậy 95%",
    "dots_complete": (
        "Điểm 0–100; vạch đứng: toàn địa bàn; tính trên mọi đơn vị đã nộp phiếu nên không có khoảng tin cậy"
    ),
    "dots_self_complete": "Điểm 0–100; tính trên mọi đơn vị đã nộp phiếu nên không có khoảng tin cậy",
    "tiles_title": "Điểm theo tỉnh, thành phố khảo sát",
    "tiles_subtitle": (
        "Sơ đồ ô, không thể hiện địa giới hành chính; mỗi ô là một tỉnh, thành phố; ô trắng: không khảo sát"
    ),
    "completeness_title": "Tỷ lệ nộp phiếu theo địa bàn",
    "completeness_subtitle": (
        "Tổ chức: số đơn vị đã nộp trên số đơn vị phải nộp; cán bộ, người dân: số phiếu đã công bố trên số phiếu "
        "phải thu"
    ),
    "completeness_of_organisations": "Số đơn vị đã nộp trên số đơn vị phải nộp",
    "own_country": "Cấp Trung ương: {name}",
    "own_province": "Cấp tỉnh: {name}",
    "own_district": "Cấp huyện: {name}",
    "own_commune": "Cấp xã: {name}",
    "own_level": "Riêng cấp này: {name}",
    "own_cohorts": "Công bố chung: {name}",
    "answers": "Số câu trả lời",
    "people": "Số người đánh giá",
    "not_rated": "Không đánh giá",
    "unpublished": "chưa đủ phiếu để công bố",
    "unreliable": "ít ý kiến",
    "not_published": "không công bố",
    "unpublished_foot": "Gạch chéo, chưa đủ phiếu để công bố: chưa có nhóm {limit} phiếu nào được công bố ở đây.",
    "unreliable_foot": "Gạch chéo, ít ý kiến: dưới {limit} người có ý kiến, chưa đủ tin cậy.",
    "not_published_foot": "Gạch chéo, không công bố: ý kiến cán bộ dưới cấp tỉnh.",
    "unpublished_note": "Chưa đủ phiếu để công bố: chưa có nhóm {limit} phiếu nào được công bố ở đây.",
    "unreliable_note": "Ít ý kiến: dưới {limit} người có ý kiến, chưa đủ tin cậy.",
    "not_published_note": "Không công bố: ý kiến cán bộ dưới cấp tỉnh; số người nộp muộn.",
    "flagged_note": "*: dưới 30 người, cần thận trọng khi sử dụng.",
    "cohort_note": (
        "Ý kiến người dân, cán bộ công bố theo từng nhóm ít nhất {limit} phiếu; phiếu sửa, trả lại hoặc rút sau khi "
        "công bố không làm thay đổi số liệu."
    ),
    "joined_note": "Tầng mẫu chỉ có một đơn vị được gộp với tầng kế bên khi tính sai số.",
    "base_organisation": "Cơ sở: {n} phiếu của các ủy ban, tổ chức",
    "base_official": "Cơ sở: {n} phiếu của cán bộ",
    "base_resident": "Cơ sở: {n} phiếu của người dân",
    "base_hidden": "Cơ sở: chưa đủ phiếu để công bố",
    "base_plan": "Cơ sở: các phiếu đã phân công trong đợt",
    "unweighted": "chưa gia quyền",
    "weighted": "có gia quyền",
    "coverage_units": "đã nộp {received}/{expected} đơn vị",
    "coverage_people": "đã công bố {received}/{expected} phiếu",
    "surplus": "thừa {n} phiếu",
    "short_names": "Tên viết tắt: {names}.",
    "surveyed": "các địa bàn khảo sát",
    "source": "Nguồn: {round}, số liệu lần {revision}, {time}.",
    "provisional": "SỐ LIỆU TẠM THỜI đến {time}",
    "simulated": "DỮ LIỆU MÔ PHỎNG",
    "no_data": "Chưa có phiếu",
    "below": "dưới 40",
    "above": "từ 70",
    "late": "trong đó nộp muộn",
    "received": "đã nhận",
    "expected": "phải có",
    "yes": "có",
    "no": "không",
    "unanswered": "Bỏ trống",
    "not_asked": "Không hỏi",
    "task_head": "Nhiệm vụ",
    "locality_head": "Địa bàn",
    "questionnaire_head": "Mẫu phiếu",
    "score_head": "Điểm",
    "interval_head": "Khoảng tin cậy 95%",
    "differs_head": "So với toàn địa bàn",
    "differs": "khác",
    "not_shown_to_differ": "chưa thấy khác",
    "expected_head": "Phải có",
    "received_head": "Đã nhận",
    "rate_head": "Tỷ lệ nộp",
    "surplus_head": "Phiếu thừa",
    "late_head": "Trong đó nộp muộn",
    "table": "Bảng số liệu",
    "task": "Nhiệm vụ {number}",
    "visit": "khảo sát",
    "self_review": "tự đánh giá",
    "column_locality": "Mã địa bàn",
    "column_name": "Địa bàn",
    "column_task": "Mã nhiệm vụ",
    "column_task_name": "Nhiệm vụ",
    "column_questionnaire": "Mã mẫu phiếu",
    "column_questionnaire_name": "Mẫu phiếu",
    "column_category": "Mã mức đánh giá",
    "column_category_name": "Mức đánh giá",
    "column_order": "Thứ tự mức",
    "column_count_of_answers": "Số câu trả lời ở mức này",
    "column_count_of_people": "Số người chọn mức này",
    "column_share": "Tỷ lệ %",
    "column_missing": "Không đánh giá",
    "column_responses": "Số phiếu",
    "column_flagged": "Dưới 30 người",
    "column_estimate": "Điểm",
    "column_se": "Sai số chuẩn",
    "column_low": "Khoảng tin cậy 95%, từ",
    "column_high": "Khoảng tin cậy 95%, đến",
    "column_deff": "Hệ số thiết kế",
    "column_differs": "Khác toàn địa bàn",
    "column_expected": "Phải có",
    "column_received": "Đã nhận",
    "column_surplus": "Số phiếu thừa",
    "column_late": "Trong đó nộp muộn",
    "column_base": "Cơ sở",
    "column_weighted": "Gia quyền",
    "column_as_of": "Số liệu đến",
    "column_revision": "Lần số liệu",
    "column_provisional": "Tạm thời",
    "column_simulated": "Mô phỏng",
    "column_answers": "Số câu trả lời",
    "column_n_of_answers": "Số câu trả lời",
    "column_n_of_people": "Số người đánh giá",
    "column_n": "Số phiếu có điểm",
    "instant": "{time:%H:%M} ngày {time:%d}/{time.month}/{time.year}",
    "number_format": "1.234,5",
    "language_name": "Tiếng Việt",
}


def say(key: str, language: str, **parts: object) -> str:
    return translate(TEXTS[key], language).format(**parts)


def in_language(text: Mapping[str, str], language: str) -> str:
    """A text of the questionnaire or framework; where a language is missing, any that there is."""
    return text.get(language) or text.get("vi") or next(iter(text.values()), "")


def format_number(value: float, language: str, places: int = 0) -> str:
    """Halves go away from zero: `rounding.rounded`."""
    return f"{rounded(value, places):,}".translate(_separators(language))


@cache
def _separators(language: str) -> Mapping[int, str]:
    """What the comma of thousands and the decimal point become."""
    pattern = say("number_format", language)
    return {ord(","): pattern[1], ord("."): pattern[5]}


def format_percent(share: float, language: str, places: int = 0) -> str:
    return f"{format_number(100 * share, language, places)}%"


def format_instant(time: str, language: str) -> str:
    """14:05 ngày 05/6/2012 (Vietnamese time)."""
    return say("instant", language, time=datetime.fromisoformat(time).astimezone(VIETNAM))
