"""Problems of files of unsent responses."""

from __future__ import annotations

from survey_server.problems import problem_type

UNREADABLE = problem_type("unsent_unreadable", "Tệp không phải là tệp phiếu chờ gửi xuất từ máy tính bảng.")
DEVICE_UNKNOWN = problem_type("unsent_device_unknown", "Tệp không nêu máy nào mà máy chủ biết.")
