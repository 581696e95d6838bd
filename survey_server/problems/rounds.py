"""Problems of rounds."""

from __future__ import annotations

from survey_server.problems import problem_type

ROUND_UNKNOWN = problem_type("round_unknown", "Không có đợt khảo sát {round!r}.")
TWO_FRAMEWORKS = problem_type(
    "two_frameworks",
    "Một đợt khảo sát chỉ dùng một khung chỉ tiêu, mà các mẫu phiếu của đợt này dùng {frameworks}.",
)
MAY_NOT_EXPORT = problem_type("may_not_export", "Tài khoản “{account}” không có quyền xuất số liệu.")
FORMAT_NOT_INSTALLED = problem_type(
    "format_not_installed",
    "Máy này chưa cài phần ghi tệp {format}.",
    'Cài bằng lệnh: pip install "survey-server[{extra}]"',
)
