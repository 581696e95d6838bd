"""Problems of enrolling and revoking tablets."""

from survey_server.problems import entry

CODE_REFUSED = entry(
    "code_refused",
    "Mã kích hoạt không đúng, đã dùng hoặc đã hết hạn.",
    "The enrolment code is wrong, used or too old.",
    "Xin mã mới: mỗi mã dùng một lần, trong mười phút.",
    "Ask for a new one: a code is good once, for ten minutes.",
)
MAY_NOT_UPLOAD = entry(
    "may_not_upload",
    "Tài khoản “{account}” không có quyền gửi phiếu từ máy tính bảng.",
    "The account {account!r} may not upload responses.",
    "Chỉ cán bộ khảo sát và trưởng đoàn kích hoạt máy.",
    "Tablets are for surveyors and team leaders.",
)
NO_SUCH_DEVICE = entry(
    "no_such_device",
    "Không có máy {device}, hoặc máy đã bị thu hồi.",
    "There is no device {device}, or it is revoked already.",
)
