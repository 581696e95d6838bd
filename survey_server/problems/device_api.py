"""Problems of requests to the device API: tokens, encodings, shapes, sizes."""

from __future__ import annotations

from survey_server.problems import problem_type

TOKEN_MISSING = problem_type(
    "token_missing", "Thiếu mã truy cập của máy.", "Gửi kèm tiêu đề Authorization: Bearer <mã>."
)
TOKEN_UNKNOWN = problem_type(
    "token_unknown", "Máy chủ không nhận ra máy này. Xin kích hoạt lại máy; phiếu trên máy vẫn được giữ."
)
DEVICE_REVOKED = problem_type("device_revoked", "Máy này đã bị thu hồi quyền. Phiếu gửi lên được tạm giữ chờ xử lý.")
TOKEN_UPLOADS_ONLY = problem_type("token_uploads_only", "Mã truy cập này chỉ dùng để gửi phiếu.")
NOT_JSON = problem_type("not_json", "Nội dung gửi lên không phải JSON hợp lệ: {reason}.")
NOT_GZIP = problem_type("not_gzip", "Nội dung gửi lên không giải nén được bằng gzip.")
ENCODING_UNKNOWN = problem_type(
    "encoding_unknown", "Không nhận Content-Encoding “{encoding}”; dùng gzip hoặc bỏ trống."
)
CONTENT_TYPE = problem_type("content_type", "Cần Content-Type: application/json.")
BODY_TOO_LARGE = problem_type(
    "body_too_large", "Nội dung gửi lên quá lớn: nhiều nhất {most} byte sau khi giải nén. Xin chia thành nhiều lần gửi."
)
WRONG_SHAPE = problem_type("wrong_shape", "Nội dung gửi lên sai cấu trúc: {fields}.")
TOO_MANY_ROWS = problem_type("too_many_rows", "Mỗi lần gửi nhiều nhất {most} phiếu, lần này có {given}.")
QUESTIONNAIRE_UNKNOWN = problem_type("questionnaire_unknown", "Không có mẫu phiếu {id}, phiên bản {version}.")
