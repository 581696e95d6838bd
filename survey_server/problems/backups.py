"""Problems of backups."""

from __future__ import annotations

from survey_server.problems import problem_type

UNREADABLE = problem_type(
    "backup_unreadable",
    "{file} không phải bản sao lưu nguyên vẹn; không phục hồi gì từ đó.",
    "Dùng bản sao lưu khác, hoặc sao lưu lại.",
)
NO_FILE = problem_type(
    "backup_no_file", "{file} không phải là tệp thường (thư mục, thiết bị hoặc đường ống).", "Sao lưu vào một tệp mới."
)
NOT_EMPTY = problem_type(
    "backup_not_empty", "{folder} không trống: có {found}.", "Phục hồi vào một thư mục dữ liệu mới (SURVEY_DATA_DIR)."
)
