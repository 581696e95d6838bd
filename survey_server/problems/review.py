"""Problems of reviewing responses."""

from __future__ import annotations

from survey_server.problems import problem_type

NOT_ALLOWED = problem_type("review_not_allowed", "Không thể thực hiện thao tác này với phiếu.")
REVIEW_REASON = problem_type("review_reason", "Cần ghi lý do trả lại để người điền biết phải bổ sung gì.")
