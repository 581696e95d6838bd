"""Problems of files sent with responses."""

from __future__ import annotations

from survey_server.problems import problem_type

TOO_LARGE = problem_type("attachment_too_large", "Tệp lớn hơn {most} KiB.")
GAP = problem_type(
    "attachment_gap",
    "Phần gửi bắt đầu ở byte {start}, máy chủ mới có {here} byte.",
    "Hỏi lại Upload-Offset rồi gửi tiếp từ đó.",
)
DIGEST = problem_type("attachment_digest", "Nội dung tệp không khớp mã SHA-256; xin gửi lại từ đầu.")
QUOTA = problem_type(
    "attachment_quota",
    "Máy này đã gửi quá nhiều tệp trong một ngày (nhiều nhất {most} MiB). Máy giữ tệp và sẽ tự gửi tiếp sau.",
)
