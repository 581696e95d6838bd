"""Problems of publishing questionnaires."""

from survey_server.problems import entry

VERSION_TAKEN = entry(
    "version_taken",
    "Mẫu phiếu {id} phiên bản {version} đã công bố với nội dung khác.",
    "Version {version} of {id} was published with another content.",
    "Một phiên bản đã công bố không thay đổi nữa: hãy ghi số phiên bản mới.",
    "A published version never changes: give the new one a version of its own.",
)
