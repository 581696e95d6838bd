"""Problems of publishing questionnaires."""

from __future__ import annotations

from survey_server.problems import problem_type

VERSION_TAKEN = problem_type(
    "version_taken",
    "Mẫu phiếu {id} phiên bản {version} đã công bố với nội dung khác.",
    "Một phiên bản đã công bố không thay đổi nữa: hãy ghi số phiên bản mới.",
)
