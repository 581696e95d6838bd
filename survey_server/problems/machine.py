"""Problems of the machine: its database, its disk."""

from __future__ import annotations

from survey_server.problems import problem_type

DATABASE_SILENT = problem_type(
    "database_silent",
    "Cơ sở dữ liệu không trả lời hoặc không ghi được: {why}.",
    "Kiểm tra SURVEY_DATABASE_URL, dịch vụ PostgreSQL và chỗ trống trên đĩa; survey-server doctor cho biết thêm.",
)
FILE_TROUBLE = problem_type(
    "file_trouble",
    "Không đọc hoặc ghi được {path}: {why}.",
    "Kiểm tra đường dẫn, quyền của tài khoản đang chạy và chỗ trống trên đĩa.",
)
NOT_PREPARED = problem_type("not_prepared", "Cơ sở dữ liệu chưa sẵn sàng: chạy survey-server init.")
NO_QUESTIONNAIRES = problem_type(
    "no_questionnaires", "Trong {folder} không có mẫu phiếu nào (*.yaml).", "Kiểm tra SURVEY_QUESTIONNAIRES_DIR."
)
CANNOT_LISTEN = problem_type(
    "cannot_listen", "Không mở được {host}:{port}: {why}.", "Chọn địa chỉ khác bằng --host hoặc cổng khác bằng --port."
)
NO_CERTIFICATE = problem_type(
    "no_certificate", "Không dùng được chứng thư {cert} với khóa {key}: {why}.", "Kiểm tra --tls-cert và --tls-key."
)
KEY_READABLE = problem_type(
    "key_readable",
    "Mọi người trên máy này đọc được khóa riêng {key}: chạy chmod 600 với tệp này.",
    "Nhóm của tệp được phép đọc (chmod 640).",
)
TLS_NEEDS_PROXY = problem_type(
    "tls_needs_proxy",
    "Máy này không có granian nên máy chủ không tự phục vụ HTTPS được: bỏ --tls-cert và --tls-key, và đặt một máy chủ "
    "trung gian có HTTPS phía trước (docs/operating.md, mục HTTPS).",
)
DEMO_BESIDE_SURVEY = problem_type(
    "demo_beside_survey",
    "{where} đã có dữ liệu của một cuộc khảo sát (tài khoản: {people}, phiếu: {responses}); không thêm dữ "
    "liệu dùng thử vào đó, và chưa ghi gì.",
    "Chọn thư mục và cơ sở dữ liệu riêng cho dữ liệu dùng thử (SURVEY_DATA_DIR, SURVEY_DATABASE_URL), hoặc chạy "
    "survey-server init không có --demo.",
)
DEMO_ON_LOOPBACK = problem_type(
    "demo_on_loopback",
    "Dữ liệu này có tài khoản dùng thử, mật khẩu ai cũng biết: chỉ phục vụ tại 127.0.0.1, không phục vụ tại {address}.",
)
