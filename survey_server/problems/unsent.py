"""Problems of files of unsent responses."""

from survey_server.problems import entry

UNREADABLE = entry(
    "unsent_unreadable", "Tệp không phải là tệp phiếu chờ gửi xuất từ máy tính bảng.",
    "The file is not a tablet's export of unsent responses.",
)  # fmt: skip
DEVICE_UNKNOWN = entry(
    "unsent_device_unknown", "Tệp không nêu máy nào mà máy chủ biết.",
    "The file names no device that the server knows.",
)  # fmt: skip
