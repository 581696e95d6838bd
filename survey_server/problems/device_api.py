"""Problems of the device API: what a tablet or a script sent that cannot be taken."""

from __future__ import annotations

from survey_server.problems import entry

TOKEN_MISSING = entry(
    "token_missing",
    "Thiếu mã truy cập của máy.",
    "The device's token is missing.",
    "Gửi kèm tiêu đề Authorization: Bearer <mã>.",
    "Send the header Authorization: Bearer <token>.",
)
TOKEN_UNKNOWN = entry(
    "token_unknown",
    "Máy chủ không nhận ra máy này. Xin kích hoạt lại máy; phiếu trên máy vẫn được giữ.",
    "The server does not know this device. Enrol it again; the responses on it are kept.",
)
DEVICE_REVOKED = entry(
    "device_revoked",
    "Máy này đã bị thu hồi quyền. Phiếu gửi lên được tạm giữ chờ xử lý.",
    "This device was revoked. What it uploads is held for a person to decide.",
)
TOKEN_UPLOADS_ONLY = entry(
    "token_uploads_only",
    "Mã truy cập này chỉ dùng để gửi phiếu.",
    "This token can upload responses and nothing else.",
)
NOT_JSON = entry(
    "not_json",
    "Nội dung gửi lên không phải JSON hợp lệ: {reason}.",
    "What was sent is not valid JSON: {reason}.",
)
NOT_GZIP = entry(
    "not_gzip",
    "Nội dung gửi lên không giải nén được bằng gzip.",
    "What was sent cannot be inflated as gzip.",
)
ENCODING_UNKNOWN = entry(
    "encoding_unknown",
    "Không nhận Content-Encoding “{encoding}”; dùng gzip hoặc bỏ trống.",
    "Content-Encoding {encoding!r} is not taken; use gzip or none.",
)
CONTENT_TYPE = entry(
    "content_type",
    "Cần Content-Type: application/json.",
    "Content-Type: application/json is needed.",
)
BODY_TOO_LARGE = entry(
    "body_too_large",
    "Nội dung gửi lên quá lớn: nhiều nhất {most} byte sau khi giải nén. Xin chia thành nhiều lần gửi.",
    "What was sent is too large: {most} bytes at most once inflated. Send it in several parts.",
)
WRONG_SHAPE = entry(
    "wrong_shape",
    "Nội dung gửi lên sai cấu trúc: {fields}.",
    "What was sent has the wrong shape: {fields}.",
)
TOO_MANY_ROWS = entry(
    "too_many_rows",
    "Mỗi lần gửi nhiều nhất {most} phiếu, lần này có {given}.",
    "At most {most} responses at a time; this was {given}.",
)
QUESTIONNAIRE_UNKNOWN = entry(
    "questionnaire_unknown",
    "Không có mẫu phiếu {id}, phiên bản {version}.",
    "There is no questionnaire {id}, version {version}.",
)
