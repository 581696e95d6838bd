"""What can be wrong with an answer. Kept beside the response; never a reason to refuse it."""

from survey_server.problems import Words, entry

# What an answer to each type of question is, for people who never read a questionnaire's file.
TYPES = {
    "text": Words("chữ", "a text"),
    "integer": Words("một số nguyên", "a whole number"),
    "decimal": Words("một số", "a number"),
    "select_one": Words("một phương án trả lời", "one of the choices"),
    "select_multiple": Words("danh sách phương án trả lời", "a list of choices"),
    "date": Words("một ngày", "a date"),
    "calculate": Words("một giá trị tính", "one calculated value"),
    "number_table": Words("một bảng số liệu", "a table of figures"),
    "repeat": Words("danh sách các lần ghi", "a list of entries"),
}

REQUIRED = entry("required", "Câu hỏi bắt buộc chưa được trả lời.", "An answer is needed here.")
CONSTRAINT = entry("constraint", "Câu trả lời chưa hợp lý.", "The answer breaks the question's rule.")
UNKNOWN_QUESTION = entry(
    "unknown_question", "Mẫu phiếu không có câu hỏi này.", "The questionnaire has no such question."
)
NOT_RELEVANT = entry(
    "not_relevant",
    "Câu hỏi này không phải trả lời theo các câu trước.",
    "By the answers before it, this was not asked.",
)
WRONG_KIND = entry(
    "wrong_kind",
    "Câu trả lời không đúng kiểu: cần {type}.",
    "The answer is of the wrong kind: {type} is needed.",
    words={"type": TYPES},
)
UNKNOWN_CHOICE = entry("unknown_choice", "Không có phương án {code!r}.", "There is no choice {code!r}.")
REPEATED_CHOICE = entry(
    "repeated_choice", "Phương án {code!r} được chọn hai lần.", "The choice {code!r} is given twice."
)
REASON_BESIDE_CHOICES = entry(
    "reason_beside_choices",
    "Đã chọn lý do không trả lời thì không chọn thêm phương án nào khác.",
    "A reason for not answering stands alone, without other choices.",
)
NOT_A_DAY = entry(
    "not_a_day", "{given!r} không phải là một ngày có trong lịch.", "{given!r} is not a day of the calendar."
)
NOT_WHOLE = entry("not_whole", "Cần số nguyên.", "A whole number is needed.")
TOO_LARGE = entry("too_large", "Câu trả lời vượt quá giới hạn.", "The answer is larger than an answer may be.")
RECOMPUTED = entry(
    "recomputed",
    "Giá trị tính gửi lên khác với giá trị máy chủ tính lại.",
    "The calculated value differs from the server's.",
)
NOT_AN_OBJECT = entry("not_an_object", "Phần trả lời phải là một bảng.", "The answers must be an object.")
