"""What can be wrong with an answer. Stored with the response; never a reason to reject it."""

from __future__ import annotations

from survey_server.problems import problem_type

# An answer to each type of question, in the words of people who never read a questionnaire's file; filled by the types.
TYPES: dict[str, str] = {}

REQUIRED = problem_type("required", "Câu hỏi bắt buộc chưa được trả lời.")
CONSTRAINT = problem_type("constraint", "Câu trả lời chưa hợp lý.")
UNKNOWN_QUESTION = problem_type("unknown_question", "Mẫu phiếu không có câu hỏi này.")
NOT_RELEVANT = problem_type("not_relevant", "Câu hỏi này không phải trả lời theo các câu trước.")
WRONG_KIND = problem_type("wrong_kind", "Câu trả lời không đúng kiểu: cần {type}.", labels={"type": TYPES})
UNKNOWN_CHOICE = problem_type("unknown_choice", "Không có phương án {code!r}.")
REPEATED_CHOICE = problem_type("repeated_choice", "Phương án {code!r} được chọn hai lần.")
REASON_BESIDE_CHOICES = problem_type(
    "reason_beside_choices", "Đã chọn lý do không trả lời thì không chọn thêm phương án nào khác."
)
NOT_A_DAY = problem_type("not_a_day", "{given!r} không phải là một ngày có trong lịch.")
NOT_WHOLE = problem_type("not_whole", "Cần số nguyên.")
TOO_LARGE = problem_type("too_large", "Câu trả lời vượt quá giới hạn.")
RECOMPUTED = problem_type("recomputed", "Giá trị tính gửi lên khác với giá trị máy chủ tính lại.")
UNREADABLE = problem_type("unreadable", "Nội dung đã gõ chưa đọc được.")
NOT_AN_OBJECT = problem_type("not_an_object", "Phần trả lời phải là một bảng.")
