"""Problems of the machine: its database, its disk."""

from survey_server.problems import entry

DATABASE_SILENT = entry(
    "database_silent", "Cơ sở dữ liệu không trả lời hoặc không ghi được: {why}.",
    "The database does not answer or cannot write: {why}.",
    "Kiểm tra SURVEY_DATABASE_URL, dịch vụ PostgreSQL và chỗ trống trên đĩa; survey-server doctor cho biết thêm.",
    "Check SURVEY_DATABASE_URL, the PostgreSQL service and the free space; survey-server doctor tells more.",
)  # fmt: skip
FILE_TROUBLE = entry(
    "file_trouble", "Không đọc hoặc ghi được {path}: {why}.", "{path} cannot be read or written: {why}.",
    "Kiểm tra đường dẫn, quyền của tài khoản đang chạy và chỗ trống trên đĩa.",
    "Check the path, the rights of this account and the free space.",
)  # fmt: skip
NOT_PREPARED = entry(
    "not_prepared", "Cơ sở dữ liệu chưa sẵn sàng: chạy survey-server init.",
    "The database is not prepared: run survey-server init.",
)  # fmt: skip
NO_QUESTIONNAIRES = entry(
    "no_questionnaires", "Trong {folder} không có mẫu phiếu nào (*.yaml).",
    "There is no questionnaire (*.yaml) in {folder}.",
    "Kiểm tra SURVEY_QUESTIONNAIRES_DIR.", "Check SURVEY_QUESTIONNAIRES_DIR.",
)  # fmt: skip
CANNOT_LISTEN = entry(
    "cannot_listen", "Không mở được {host}:{port}: {why}.", "{host}:{port} cannot be opened: {why}.",
    "Chọn địa chỉ khác bằng --host hoặc cổng khác bằng --port.",
    "Choose another address with --host or another port with --port.",
)  # fmt: skip
NO_CERTIFICATE = entry(
    "no_certificate", "Không dùng được chứng thư {cert} với khóa {key}: {why}.",
    "The certificate {cert} cannot be used with the key {key}: {why}.",
    "Kiểm tra --tls-cert và --tls-key.", "Check --tls-cert and --tls-key.",
)  # fmt: skip
DEMO_BESIDE_SURVEY = entry(
    "demo_beside_survey",
    "{where} đã có dữ liệu của một cuộc khảo sát (tài khoản: {people}, phiếu: {responses}); không thêm dữ liệu dùng "
    "thử vào đó, và chưa ghi gì.",
    "{where} already holds a survey (accounts: {people}, responses: {responses}); the demo is not added to it, and "
    "nothing was written.",
    "Chọn thư mục và cơ sở dữ liệu riêng cho dữ liệu dùng thử (SURVEY_DATA_DIR, SURVEY_DATABASE_URL), hoặc chạy "
    "survey-server init không có --demo.",
    "Give the demo a folder and a database of its own (SURVEY_DATA_DIR, SURVEY_DATABASE_URL), or run survey-server "
    "init without --demo.",
)
DEMO_ON_LOOPBACK = entry(
    "demo_on_loopback",
    "Dữ liệu này có tài khoản dùng thử, mật khẩu ai cũng biết: chỉ phục vụ tại 127.0.0.1, không phục vụ tại {address}.",
    "This data has demo accounts with known passwords: it is served on 127.0.0.1 only, not on {address}.",
)
