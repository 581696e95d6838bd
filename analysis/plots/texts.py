"""The words of the charts, in Vietnamese and English; numbers and instants as each language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
TEXTS: dict[str, tuple[str, str]] = {
    "ratings_title": ("Mức độ đánh giá theo nhiệm vụ: {low} – {high}", "Ratings by task: {low} – {high}"),
    "ratings_subtitle": (
        "Tỷ lệ % câu trả lời theo mức đánh giá; đường đứng tách phía tích cực và phía còn hạn chế",
        "Share of answers by rating, %; the line parts the favourable side from the other",
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
    "completeness_subtitle": ("Số phiếu đã nhận trên số phải có", "Responses received of those expected"),
    "n": ("n", "n"),
    "not_rated": ("Không đánh giá", "Not rated"),
    "hidden": ("n<{limit}", "n<{limit}"),
    "few_of_one": ("có mức n<{limit}", "a rating with n<{limit}"),
    "not_published": ("không công bố", "not published"),
    "never_note": (
        "Ý kiến cán bộ không công bố dưới cấp tỉnh.",
        "What officials say is never published below the province.",
    ),
    "hidden_note": (
        "Ô gạch chéo: không công bố do ít phiếu. *: dưới 30 phiếu, cần thận trọng khi sử dụng.",
        "Hatched: suppressed, too few responses. *: fewer than 30 responses, use with care.",
    ),
    "flagged_note": ("*: dưới 30 phiếu, cần thận trọng khi sử dụng.", "*: fewer than 30 responses, use with care."),
    "ratings_hidden": (
        "Gạch chéo: không công bố vì có mức dưới {limit} câu trả lời; –: không công bố vì ít câu không đánh giá.",
        "Hatched: suppressed, a rating has fewer than {limit} answers; –: suppressed, few answers do not rate.",
    ),
    "base_organisation": ("Cơ sở: {n} phiếu của các ủy ban, tổ chức", "Base: {n} responses of committees"),
    "base_official": ("Cơ sở: {n} phiếu của cán bộ", "Base: {n} responses of officials"),
    "base_resident": ("Cơ sở: {n} phiếu của người dân", "Base: {n} responses of residents"),
    "base_hidden": ("Cơ sở: không công bố do ít phiếu", "Base: suppressed, too few responses"),
    "base_plan": ("Cơ sở: các phiếu đã phân công trong đợt", "Base: the responses assigned in the round"),
    "unweighted": ("chưa gia quyền", "unweighted"),
    "coverage": ("đã nộp {received}/{expected}", "{received} of {expected} received"),
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
    "table": ("Bảng số liệu", "The numbers"),
    "task": ("Nhiệm vụ {number}", "Task {number}"),
    "visit": ("khảo sát", "visit"),
    "self_review": ("tự đánh giá", "self-review"),
}


def say(key: str, language: str, **parts: object) -> str:
    return TEXTS[key][1 if language == "en" else 0].format(**parts)


def read(text: Mapping[str, str], language: str) -> str:
    """A text of the questionnaire or framework; where a language is missing, any that there is."""
    return text.get(language) or text.get("vi") or next(iter(text.values()), "")


def figure(value: float, language: str, places: int = 0) -> str:
    written = f"{value:,.{places}f}"
    return written if language == "en" else written.translate(str.maketrans(",.", ".,"))


def percent(share: float, language: str) -> str:
    return f"{figure(100 * share, language)}%"


def instant(time: str, language: str) -> str:
    """14:05 ngày 05/6/2012 (Vietnamese time)."""
    moment = datetime.fromisoformat(time).astimezone(VIETNAM)
    if language == "en":
        return f"{moment:%H:%M} on {moment.day} {moment:%B %Y}"
    return f"{moment:%H:%M} ngày {moment:%d}/{moment.month}/{moment.year}"
