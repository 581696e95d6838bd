"""Why an uploaded row is not kept, or kept for a person to decide."""

from survey_server.problems import entry

NO_BODY = entry(
    "no_body", "Dòng gửi lên không có nội dung phiếu.", "The row carries no body.",
    "Mỗi dòng cần id, sha256 và body (hoặc sealed).", "A row needs id, sha256 and body (or sealed).",
)  # fmt: skip
NO_OBJECT = entry(
    "row_no_object", "Dòng gửi lên không phải là một đối tượng JSON.", "The row is no JSON object.",
    "Mỗi dòng cần id, sha256 và body (hoặc sealed).", "A row needs id, sha256 and body (or sealed).",
)  # fmt: skip
IDS_DIFFER = entry(
    "ids_differ", "Mã (id) của dòng gửi lên khác với mã (id) trong nội dung phiếu.",
    "The row's id and the id in the body differ.",
)  # fmt: skip
CANNOT_UNSEAL = entry(
    "cannot_unseal", "Không mở được phiếu đã niêm phong ({part}).", "The sealed response cannot be opened ({part})."
)
DIGEST_WRONG = entry(
    "digest_wrong", "Mã kiểm tra SHA-256 không khớp với nội dung phiếu.", "The SHA-256 is not that of the body."
)
BODY_NOT_JSON = entry(
    "body_not_json", "Nội dung phiếu không phải JSON hợp lệ: {why}.", "The body is not valid JSON: {why}."
)
BODY_SHAPE = entry("body_shape", "Phiếu có phần {part} không đúng mẫu.", "The body's part {part} has the wrong shape.")
BODY_TOO_LARGE = entry("response_too_large", "Phiếu lớn hơn {most} KiB.", "The response is larger than {most} KiB.")
REVOKED = entry(
    "from_revoked_device", "Phiếu gửi từ máy đã bị thu hồi quyền; được tạm giữ chờ xử lý.",
    "Sent by a revoked device; held for a person to decide.",
)  # fmt: skip
UNKNOWN_VERSION = entry(
    "unknown_version", "Máy chủ không có mẫu phiếu {id} phiên bản {version}; phiếu được tạm giữ chờ xử lý.",
    "The server has no questionnaire {id} version {version}; held for a person to decide.",
)  # fmt: skip
OUTSIDE_WORK = entry(
    "outside_work", "Địa bàn hoặc mẫu phiếu không thuộc phân công của người gửi; phiếu được tạm giữ chờ xử lý.",
    "The locality or the questionnaire is not in the sender's work; held for a person to decide.",
)  # fmt: skip
VISIT_NOT_OWN = entry(
    "visit_not_own",
    "Chuyến khảo sát ghi trong phiếu không có, hoặc không phải chuyến của người gửi; phiếu không gắn với chuyến đó.",
    "The visit that the response names does not exist or is not one of the sender's; it is kept without that visit.",
)
VISIT_ELSEWHERE = entry(
    "visit_elsewhere",
    "Chuyến khảo sát ghi trong phiếu thuộc đợt khảo sát hoặc địa bàn khác; phiếu không gắn với chuyến đó.",
    "The visit that the response names is of another round or of another locality; it is kept without that visit.",
)
VISIT_NOT_ASSIGNED = entry(
    "visit_not_assigned",
    "Phân công của phiếu thuộc chuyến khảo sát khác với chuyến ghi trong phiếu; phiếu được tính theo phân công.",
    "The assignment belongs to another visit than the response names; the assignment's visit stands.",
)
OTHER_BYTES = entry(
    "other_bytes", "Đã có phiếu khác nội dung dưới cùng mã; cả hai được giữ chờ xử lý.",
    "Other bytes are kept under this id; both are kept for a person to decide.",
)  # fmt: skip
TWO_REVISIONS = entry(
    "two_revisions", "Đã có một bản bổ sung khác của phiếu này; cả hai được giữ chờ xử lý.",
    "There is another revision of this response; both are kept for a person to decide.",
)  # fmt: skip
NOT_OWN = entry(
    "not_own", "Phiếu này bổ sung cho phiếu của người khác hoặc của loại khác; được giữ chờ xử lý.",
    "It corrects somebody else's response, or one of another kind; kept for a person to decide.",
)  # fmt: skip
CORRECTS_HELD = entry(
    "corrects_held", "Phiếu được bổ sung đã rút hoặc đang chờ xử lý; bản này cũng được giữ chờ xử lý.",
    "What it corrects was withdrawn or waits for a decision; this one is kept for a person to decide too.",
)  # fmt: skip
OTHER_SUBJECT = entry(
    "other_subject",
    "Phiếu này ghi là bổ sung cho một phiếu của mẫu phiếu, đợt khảo sát hoặc địa bàn khác; được giữ chờ xử lý, "
    "phiếu kia vẫn được tính.",
    "It says it corrects a response of another questionnaire, round or locality; kept for a person to decide, "
    "and that response still counts.",
)
