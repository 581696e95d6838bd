"""Problems of cohorts."""

from __future__ import annotations

from survey_server.problems import problem_type

COHORT_UNKNOWN = problem_type("cohort_unknown", "Không có nhóm công bố {cohort}, hoặc nhóm đã bị hủy.")
MAY_NOT_MANAGE_COHORTS = problem_type(
    "may_not_manage_cohorts",
    "Tài khoản “{account}” không có quyền hủy hoặc xác nhận nhóm công bố.",
    "Dùng tài khoản cấp Trung ương không giới hạn địa bàn.",
)
COHORT_REASON = problem_type("cohort_reason", "Cần ghi lý do.")
NOTHING_PUBLISHED = problem_type(
    "nothing_published",
    "Đợt {round} chưa công bố ý kiến nào của người dân hay cán bộ.",
    "Chờ khi có nhóm công bố đầu tiên.",
)
