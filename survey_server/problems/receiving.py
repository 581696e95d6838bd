"""Why an uploaded row is rejected or quarantined, and what else its receipt may say."""

from __future__ import annotations

from survey_server.problems import problem_type

NO_BODY = problem_type(
    "no_body", "Dòng gửi lên không có nội dung phiếu.", "Mỗi dòng cần id, sha256 và body (hoặc sealed)."
)
ROW_NO_OBJECT = problem_type(
    "row_no_object", "Dòng gửi lên không phải là một đối tượng JSON.", "Mỗi dòng cần id, sha256 và body (hoặc sealed)."
)
IDS_DIFFER = problem_type("ids_differ", "Mã (id) của dòng gửi lên khác với mã (id) trong nội dung phiếu.")
CANNOT_UNSEAL = problem_type("cannot_unseal", "Không mở được phiếu đã niêm phong ({part}).")
DIGEST_WRONG = problem_type("digest_wrong", "Mã kiểm tra SHA-256 không khớp với nội dung phiếu.")
BODY_NOT_JSON = problem_type("body_not_json", "Nội dung phiếu không phải JSON hợp lệ: {why}.")
BODY_SHAPE = problem_type("body_shape", "Phiếu có phần {part} không đúng mẫu.")
RESPONSE_TOO_LARGE = problem_type("response_too_large", "Phiếu lớn hơn {most} KiB.")
# What of a response's JSON cannot be taken as it was sent: the kinds of InvalidJsonError.
_UNUSABLE = {
    "text": "ký tự điều khiển hoặc nửa ký tự",
    "number": "số quá lớn",
    "depth": "lồng nhau quá nhiều tầng",
    "key": "một mục ghi hai lần",
}
UNUSABLE_PARTS = problem_type(
    "unusable_parts",
    "Phiếu có phần nội dung máy chủ không đọc được ({why}); phiếu được tạm giữ chờ xử lý.",
    labels={"why": _UNUSABLE},
)
FROM_REVOKED_DEVICE = problem_type(
    "from_revoked_device", "Phiếu gửi từ máy đã bị thu hồi quyền; được tạm giữ chờ xử lý."
)
UNSIGNED_FILE = problem_type(
    "unsigned_file",
    "Phiếu nhập từ tệp không có chữ ký của máy ghi trong tệp, nên chưa chắc do người đó gửi; được tạm giữ chờ xử lý.",
)
MAY_NOT_FILL = problem_type(
    "may_not_fill", "Tài khoản của người gửi không có quyền điền phiếu; phiếu được tạm giữ chờ xử lý."
)
SIMULATED_IN_REAL_ROUND = problem_type(
    "simulated_in_real_round",
    "Phiếu ghi là mô phỏng trong một đợt khảo sát thật; được tạm giữ, không tính vào kết quả.",
)
UNKNOWN_VERSION = problem_type(
    "unknown_version", "Máy chủ không có mẫu phiếu {id} phiên bản {version}; phiếu được tạm giữ chờ xử lý."
)
OUTSIDE_WORK = problem_type(
    "outside_work", "Địa bàn hoặc mẫu phiếu không thuộc phân công của người gửi; phiếu được tạm giữ chờ xử lý."
)
VISIT_NOT_OWN = problem_type(
    "visit_not_own",
    "Chuyến khảo sát ghi trong phiếu không có, hoặc không phải chuyến của người gửi; phiếu không gắn với chuyến đó.",
)
VISIT_ELSEWHERE = problem_type(
    "visit_elsewhere",
    "Chuyến khảo sát ghi trong phiếu thuộc đợt khảo sát hoặc địa bàn khác; phiếu không gắn với chuyến đó.",
)
VISIT_NOT_ASSIGNED = problem_type(
    "visit_not_assigned",
    "Phân công của phiếu thuộc chuyến khảo sát khác với chuyến ghi trong phiếu; phiếu được tính theo phân công.",
)
OTHER_BYTES = problem_type("other_bytes", "Đã có phiếu khác nội dung dưới cùng mã; cả hai được giữ chờ xử lý.")
TWO_REVISIONS = problem_type("two_revisions", "Đã có một bản bổ sung khác của phiếu này; cả hai được giữ chờ xử lý.")
NOT_OWN = problem_type("not_own", "Phiếu này bổ sung cho phiếu của người khác hoặc của loại khác; được giữ chờ xử lý.")
CORRECTS_HELD = problem_type(
    "corrects_held", "Phiếu được bổ sung đã rút hoặc đang chờ xử lý; bản này cũng được giữ chờ xử lý."
)
OTHER_SUBJECT = problem_type(
    "other_subject",
    "Phiếu này ghi là bổ sung cho một phiếu của mẫu phiếu, đợt khảo sát hoặc địa bàn khác; được "
    "giữ chờ xử lý, phiếu kia vẫn được tính.",
)
