"""Problems of backups."""

from survey_server.problems import entry

UNREADABLE = entry(
    "backup_unreadable", "{file} không phải bản sao lưu nguyên vẹn; không phục hồi gì từ đó.",
    "{file} is not a whole backup; nothing is restored from it.",
    "Dùng bản sao lưu khác, hoặc sao lưu lại.", "Use another backup, or back up again.",
)  # fmt: skip
NO_FILE = entry(
    "backup_no_file", "{file} không phải là tệp thường (thư mục, thiết bị hoặc đường ống).",
    "{file} is no ordinary file (but a folder, a device or a pipe).",
    "Sao lưu vào một tệp mới.", "Back up into a new file.",
)  # fmt: skip
NOT_EMPTY = entry(
    "backup_not_empty", "{folder} không trống: có {found}.", "{folder} is not empty: there is {found}.",
    "Phục hồi vào một thư mục dữ liệu mới (SURVEY_DATA_DIR).", "Restore into a new data directory (SURVEY_DATA_DIR).",
)  # fmt: skip
