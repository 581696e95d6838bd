"""Problems of files sent with responses."""

from survey_server.problems import entry

TOO_LARGE = entry("attachment_too_large", "Tệp lớn hơn {most} KiB.", "The file is larger than {most} KiB.")
GAP = entry(
    "attachment_gap", "Phần gửi bắt đầu ở byte {start}, máy chủ mới có {here} byte.",
    "The part begins at byte {start}, but only {here} bytes are here.",
    "Hỏi lại Upload-Offset rồi gửi tiếp từ đó.", "Ask for Upload-Offset and go on from there.",
)  # fmt: skip
DIGEST = entry(
    "attachment_digest", "Nội dung tệp không khớp mã SHA-256; xin gửi lại từ đầu.",
    "The file's bytes are not those of the SHA-256; send it again from the start.",
)  # fmt: skip
