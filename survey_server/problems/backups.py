"""Problems of backups."""

from survey_server.problems import entry

UNREADABLE = entry(
    "backup_unreadable", "Không phục hồi được từ {file}.", "Nothing can be restored from {file}.",
    "Kiểm tra chỗ trống trên đĩa và thử sao lưu lại.", "Check the free space and back up again.",
)  # fmt: skip
NOT_EMPTY = entry(
    "backup_not_empty", "{folder} không trống.", "{folder} is not empty.",
    "Phục hồi vào một thư mục dữ liệu mới (SURVEY_DATA_DIR).", "Restore into a new data directory (SURVEY_DATA_DIR).",
)  # fmt: skip
