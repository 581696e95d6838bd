"""Problems of enrolling and revoking tablets."""

from __future__ import annotations

from survey_server.problems import problem_type

CODE_REFUSED = problem_type(
    "code_refused",
    "Mã kích hoạt không đúng, đã dùng hoặc đã hết hạn.",
    "Xin mã mới: mỗi mã dùng một lần, trong mười phút.",
)
MAY_NOT_UPLOAD = problem_type(
    "may_not_upload",
    "Tài khoản “{account}” không có quyền gửi phiếu từ máy tính bảng.",
    "Chỉ cán bộ khảo sát và trưởng đoàn kích hoạt máy.",
)
NO_SUCH_DEVICE = problem_type("no_such_device", "Không có máy {device}, hoặc máy đã bị thu hồi.")
