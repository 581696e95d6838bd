"""Problems of lists of localities."""

from __future__ import annotations

from survey_server.problems import problem_type

SCHEME_TAKEN = problem_type(
    "scheme_taken", "Đã có danh mục địa bàn “{scheme}”.", "Chọn tên khác: một danh mục đã nhập không thay đổi nữa."
)
LOCALITIES_UNREADABLE = problem_type(
    "localities_unreadable",
    "{path}:{line}: không đọc được danh mục địa bàn: {why}.",
    "Cần tệp CSV mã UTF-8 với các cột level, code, parent_code, name, kind, lat, lon.",
)
LOCALITIES_ROW = problem_type(
    "localities_row",
    "{path}:{line}: địa bàn {level} {code!r} không dùng được.",
    "Mã phải duy nhất trong cấp và dưới đơn vị cấp trên, có tên; cấp "
    "viết bằng chữ thường (province, district, commune); đơn vị cấp trên phải đứng trước trong tệp.",
)
LOCALITIES_DEGREES = problem_type(
    "localities_degrees", "{path}:{line}: tọa độ {written!r} không phải là số độ từ -{most} đến {most}."
)
SCHEME_NAME = problem_type(
    "scheme_name",
    "Tên danh mục {scheme!r} không dùng được.",
    "Dùng nhiều nhất 40 chữ thường không dấu, chữ số, dấu chấm, gạch ngang hoặc gạch dưới, ví dụ gso-2026-01.",
)
SCHEME_DAYS = problem_type(
    "scheme_days",
    "Ngày hiệu lực {valid_from!r} – {valid_to!r} không dùng được.",
    "Viết theo dạng 2025-07-01, ngày đầu không sau ngày cuối.",
)
