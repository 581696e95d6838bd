"""The words of the charts, in Vietnamese and English; numbers and instants as each language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from analysis.rounding import rounded

VIETNAM = timezone(timedelta(hours=7))
TEXTS: dict[str, tuple[str, str]] = {
    "ratings_title": ("Mức độ đánh giá theo nhiệm vụ: {low} – {high}", "Ratings by task: {low} – {high}"),
    "ratings_subtitle": (
        "Tỷ lệ % câu trả lời theo mức đánh giá; đường đứng tách phía tích cực và phía còn hạn chế",
        "Share of answers by rating, %; favourable ratings to the right of the line, unfavourable to the left",
    ),
    "heat_title": ("Điểm trung bình theo địa bàn và nhiệm vụ", "Mean scores by locality and task"),
    "heat_subtitle": (
        "Điểm 0–100; địa bàn xếp theo danh mục hành chính",
        "Scores 0–100; localities in the official order",
    ),
    "dots_title": ("Điểm theo từng nhiệm vụ và địa bàn", "Scores by task and locality"),
    "dots_self_title": ("Điểm theo từng nhiệm vụ", "Scores by task"),
    "dots_subtitle": (
        "Điểm 0–100; vạch ngang: khoảng tin cậy 95%; vạch đứng: toàn địa bàn; chấm đặc: khác với toàn địa bàn; "
        "chấm rỗng: chưa thấy khác",
        "Scores 0–100; bar: 95% interval; upright line: the whole; filled: differs from it; hollow: not shown to",
    ),
    "dots_self": ("Điểm 0–100; vạch ngang: khoảng tin cậy 95%", "Scores 0–100; bar: 95% interval"),
    "dots_complete": (
        "Điểm 0–100; vạch đứng: toàn địa bàn; tính trên mọi đơn vị đã nộp phiếu nên không có khoảng tin cậy",
        "Scores 0–100; upright line: the whole; every unit that reported is counted, so there is no interval",
    ),
    "dots_self_complete": (
        "Điểm 0–100; tính trên mọi đơn vị đã nộp phiếu nên không có khoảng tin cậy",
        "Scores 0–100; every unit that reported is counted, so there is no interval",
    ),
    "tiles_title": ("Điểm theo tỉnh, thành phố khảo sát", "Scores of the surveyed provinces"),
    "tiles_subtitle": (
        "Sơ đồ ô, không thể hiện địa giới hành chính; mỗi ô là một tỉnh, thành phố; ô trắng: không khảo sát",
        "Tile diagram, not a map of boundaries; a tile is a province; white: not surveyed",
    ),
    "completeness_title": ("Tỷ lệ nộp phiếu theo địa bàn", "Completeness by locality"),
    "completeness_subtitle": (
        "Tổ chức: số đơn vị đã nộp trên số đơn vị phải nộp; cán bộ, người dân: số phiếu đã thu trên số phiếu phải thu",
        "Organisations: units that reported, of those expected; people: responses collected, of those planned",
    ),
    "own_country": ("Cấp Trung ương: {name}", "Central level: {name}"),
    "own_province": ("Cấp tỉnh: {name}", "Provincial level: {name}"),
    "own_district": ("Cấp huyện: {name}", "District level: {name}"),
    "own_commune": ("Cấp xã: {name}", "Commune level: {name}"),
    "own_level": ("Riêng cấp này: {name}", "This level alone: {name}"),
    "answers": ("Số câu trả lời", "Answers"),
    "not_rated": ("Không đánh giá", "Not rated"),
    "hidden": ("n<{limit} hoặc liền kề", "n<{limit} or adjacent"),
    "not_published": ("không công bố", "not published"),
    "never_note": (
        "Ý kiến cán bộ không công bố dưới cấp tỉnh.",
        "What officials say is never published below the province.",
    ),
    "hidden_note": (
        "Ô gạch chéo, n<{limit} hoặc liền kề: không công bố, do tại đó hoặc tại một ô liền kề có dưới {limit} phiếu.",
        "Hatched, n<{limit} or adjacent: not published; fewer than {limit} responses there or in an adjacent cell.",
    ),
    "hidden_sign_note": (
        "{sign}: không công bố, do ở ô đó hoặc ở một ô liền kề có dưới {limit} phiếu hoặc câu trả lời.",
        "{sign}: not published; fewer than {limit} responses or answers there or in an adjacent cell.",
    ),
    "flagged_note": ("*: dưới 30 phiếu, cần thận trọng khi sử dụng.", "*: fewer than 30 responses, use with care."),
    "ratings_hidden": (
        "Gạch chéo: không công bố, do một mức đánh giá ở đây hoặc ở địa bàn liền kề có dưới {limit} câu trả lời.",
        "Hatched: not published; a rating has fewer than {limit} answers here or in an adjacent locality.",
    ),
    "ratings_untold": (
        "–: không công bố, do ở đây hoặc ở địa bàn liền kề có dưới {limit} câu không được đánh giá hoặc không hỏi.",
        "–: not published; fewer than {limit} questions not rated, or not asked, here or in an adjacent locality.",
    ),
    "base_organisation": ("Cơ sở: {n} phiếu của các ủy ban, tổ chức", "Base: {n} responses of committees"),
    "base_official": ("Cơ sở: {n} phiếu của cán bộ", "Base: {n} responses of officials"),
    "base_resident": ("Cơ sở: {n} phiếu của người dân", "Base: {n} responses of residents"),
    "base_hidden": ("Cơ sở: không công bố do ít phiếu", "Base: suppressed, too few responses"),
    "base_plan": ("Cơ sở: các phiếu đã phân công trong đợt", "Base: the responses assigned in the round"),
    "unweighted": ("chưa gia quyền", "unweighted"),
    "weighted": ("có gia quyền", "weighted"),
    "coverage_units": ("đã nộp {received}/{expected} đơn vị", "{received} of {expected} units reported"),
    "coverage_people": ("đã thu {received}/{expected} phiếu", "{received} of {expected} responses collected"),
    "surplus": ("thừa {n} phiếu", "surplus: {n}"),
    "short_names": ("Tên viết tắt: {names}.", "Abbreviations: {names}."),
    "surveyed": ("các địa bàn khảo sát", "the surveyed localities"),
    "source": ("Nguồn: {round}, số liệu lần {revision}, {time}.", "Source: {round}, revision {revision}, {time}."),
    "provisional": ("SỐ LIỆU TẠM THỜI đến {time}", "PROVISIONAL as of {time}"),
    "simulated": ("DỮ LIỆU MÔ PHỎNG", "SIMULATED DATA"),
    "no_data": ("Chưa có phiếu", "No responses yet"),
    "suppressed_whole": (
        "Không công bố do ít phiếu (dưới {limit} phiếu).",
        "Suppressed: fewer than {limit} responses.",
    ),
    "below": ("dưới 40", "below 40"),
    "above": ("từ 70", "70 and over"),
    "late": ("trong đó nộp muộn", "of them late"),
    "received": ("đã nhận", "received"),
    "expected": ("phải có", "expected"),
    "yes": ("có", "yes"),
    "no": ("không", "no"),
    "unanswered": ("Bỏ trống", "No answer"),
    "not_asked": ("Không hỏi", "Not asked"),
    "task_head": ("Nhiệm vụ", "Task"),
    "locality_head": ("Địa bàn", "Locality"),
    "questionnaire_head": ("Mẫu phiếu", "Questionnaire"),
    "score_head": ("Điểm", "Score"),
    "interval_head": ("Khoảng tin cậy 95%", "95% interval"),
    "differs_head": ("So với toàn địa bàn", "Against the whole"),
    "differs": ("khác", "differs"),
    "not_shown_to_differ": ("chưa thấy khác", "not shown to differ"),
    "expected_head": ("Phải có", "Expected"),
    "received_head": ("Đã nhận", "Received"),
    "rate_head": ("Tỷ lệ nộp", "Completeness"),
    "surplus_head": ("Phiếu thừa", "Surplus responses"),
    "late_head": ("Trong đó nộp muộn", "Of them late"),
    "never_told_note": (
        "Không công bố: ý kiến cán bộ dưới cấp tỉnh; số người nộp muộn.",
        "Not published: officials below the province; how many people were late.",
    ),
    "table": ("Bảng số liệu", "The numbers"),
    "task": ("Nhiệm vụ {number}", "Task {number}"),
    "visit": ("khảo sát", "visit"),
    "self_review": ("tự đánh giá", "self-review"),
    "column_locality": ("Mã địa bàn", "Locality code"),
    "column_name": ("Địa bàn", "Locality"),
    "column_task": ("Mã nhiệm vụ", "Task code"),
    "column_task_name": ("Nhiệm vụ", "Task"),
    "column_questionnaire": ("Mã mẫu phiếu", "Questionnaire code"),
    "column_questionnaire_name": ("Mẫu phiếu", "Questionnaire"),
    "column_category": ("Mã mức đánh giá", "Rating code"),
    "column_category_name": ("Mức đánh giá", "Rating"),
    "column_order": ("Thứ tự mức", "Rating order"),
    "column_count": ("Số câu trả lời ở mức này", "Answers with this rating"),
    "column_share": ("Tỷ lệ %", "Share, %"),
    "column_missing": ("Không đánh giá", "Not rated"),
    "column_responses": ("Số phiếu", "Responses"),
    "column_flagged": ("Dưới 30 phiếu", "Fewer than 30 responses"),
    "column_estimate": ("Điểm", "Score"),
    "column_se": ("Sai số chuẩn", "Standard error"),
    "column_low": ("Khoảng tin cậy 95%, từ", "95% interval, from"),
    "column_high": ("Khoảng tin cậy 95%, đến", "95% interval, to"),
    "column_deff": ("Hệ số thiết kế", "Design effect"),
    "column_differs": ("Khác toàn địa bàn", "Differs from the whole"),
    "column_expected": ("Phải có", "Expected"),
    "column_received": ("Đã nhận", "Received"),
    "column_surplus": ("Số phiếu thừa", "Surplus responses"),
    "column_late": ("Trong đó nộp muộn", "Of them late"),
    "column_base": ("Cơ sở", "Base"),
    "column_weighted": ("Gia quyền", "Weighted"),
    "column_as_of": ("Số liệu đến", "As of"),
    "column_revision": ("Lần số liệu", "Revision"),
    "column_provisional": ("Tạm thời", "Provisional"),
    "column_simulated": ("Mô phỏng", "Simulated"),
    "column_answers": ("Số câu trả lời", "Answers"),
    "column_n": ("Số phiếu có điểm", "Responses with a score"),
}


def say(key: str, language: str, **parts: object) -> str:
    return TEXTS[key][1 if language == "en" else 0].format(**parts)


def in_language(text: Mapping[str, str], language: str) -> str:
    """A text of the questionnaire or framework; where a language is missing, any that there is."""
    return text.get(language) or text.get("vi") or next(iter(text.values()), "")


def format_number(value: float, language: str, places: int = 0) -> str:
    """Halves go away from zero: `rounding.rounded`."""
    written = f"{rounded(value, places):,}"
    return written if language == "en" else written.translate(str.maketrans(",.", ".,"))


def format_percent(share: float, language: str, places: int = 0) -> str:
    return f"{format_number(100 * share, language, places)}%"


def format_instant(time: str, language: str) -> str:
    """14:05 ngày 05/6/2012 (Vietnamese time)."""
    moment = datetime.fromisoformat(time).astimezone(VIETNAM)
    if language == "en":
        return f"{moment:%H:%M} on {moment.day} {moment:%B %Y}"
    return f"{moment:%H:%M} ngày {moment:%d}/{moment.month}/{moment.year}"
