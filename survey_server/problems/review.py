"""Problems of reviewing responses."""

from survey_server.problems import entry

NOT_ALLOWED = entry(
    "review_not_allowed", "Không thể thực hiện thao tác này với phiếu.", "This cannot be done with the response."
)
REASON_NEEDED = entry(
    "review_reason", "Cần ghi lý do trả lại để người điền biết phải bổ sung gì.",
    "Say why it is returned, so that its author knows what to complete.",
)  # fmt: skip
