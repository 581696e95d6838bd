"""What can be wrong in a questionnaire or framework file."""

from __future__ import annotations

from survey_server.problems import problem_type

FILE_TOO_LARGE = problem_type("file_too_large", "tệp lớn hơn {limit} KiB", "chia mẫu phiếu thành nhiều tệp")
CANNOT_READ = problem_type("cannot_read", "không đọc được tệp: {why}", "kiểm tra đường dẫn và quyền đọc")
NO_FILES = problem_type("no_files", "thư mục không có tệp .yaml nào", "chỉ ra tệp, hoặc thư mục có mẫu phiếu")
NOT_UTF8 = problem_type("not_utf8", "tệp không phải UTF-8", "lưu lại tệp với mã UTF-8")
NOT_YAML = problem_type(
    "not_yaml", "không đọc được như YAML: {why}", "xem dòng này và dòng ngay trước nó: thụt lề, dấu nháy, ngoặc"
)
UNQUOTED_EXPRESSION = problem_type(
    "unquoted_expression",
    "biểu thức có ${{…}} đứng trong {{…}} mà không có dấu nháy",
    'đặt cả biểu thức trong dấu nháy kép, ví dụ relevant: "${{a}} > 1"',
)
EXPRESSION_START = problem_type(
    "expression_start",
    "biểu thức bắt đầu bằng {near!r}, mà YAML đọc thành thứ khác",
    'đặt cả biểu thức trong dấu nháy kép: "…"',
)
CONTROL_CHARACTER = problem_type(
    "control_character", "có ký tự điều khiển U+{code}", "xóa ký tự này; nó không in ra được và không lưu được"
)
TOO_MANY_FAULTS = problem_type(
    "too_many_faults", "đã thấy {most} lỗi; phần còn lại chưa kiểm tra", "sửa những lỗi trên rồi kiểm tra lại"
)
NOT_A_MAPPING = problem_type("not_a_mapping", "tệp phải là một bảng khóa: giá trị", "bắt đầu bằng 'id: …'")
SECOND_DOCUMENT = problem_type("second_document", "một tệp chỉ chứa một mẫu phiếu", "bỏ dấu '---' thứ hai")
TOO_DEEP_OR_LARGE = problem_type(
    "too_deep_or_large", "lồng quá {depth} tầng hoặc quá {nodes} phần tử", "chia nhỏ mẫu phiếu"
)
ANCHOR = problem_type(
    "anchor", "không dùng neo (&) và bí danh (*) của YAML", "viết lại nội dung, hoặc đặt giá trị trong dấu nháy"
)
TAG = problem_type("tag", "không dùng thẻ YAML {tag}", "bỏ thẻ")
KEY_NOT_TEXT = problem_type("key_not_text", "khóa phải là chữ", "viết khóa bằng chữ, ngay trước dấu ':'")
DUPLICATE_KEY = problem_type("duplicate_key", "khóa {key!r} đã có ở dòng {line}", "giữ một trong hai")
UNKNOWN_KEY = problem_type("unknown_key", "{owner}: không có khóa {key!r}{suggestion}", "các khóa được dùng: {allowed}")
MISSING_KEY = problem_type("missing_key", "{owner}: thiếu {key!r}", "thêm khóa này")
WRONG_TYPE = problem_type(
    "wrong_type", "{owner}: {key!r} phải là {wanted}", "sửa giá trị, hoặc bỏ khóa này nếu không cần"
)
TEXT_TOO_LONG = problem_type(
    "text_too_long", "{owner}: {key!r} dài quá {longest} ký tự", "rút ngắn, hoặc chia ra nhiều câu hỏi"
)
NOT_ALLOWED = problem_type(
    "not_allowed", "{owner}: {key} không nhận giá trị {value!r}{suggestion}", "chọn một trong: {allowed}"
)
BAD_NAME = problem_type(
    "bad_name",
    "tên {name!r} không dùng được",
    "dùng chữ thường không dấu, chữ số và '_', bắt đầu bằng chữ, không phải 'xml', tối đa 32 ký tự",
)
BAD_CODE = problem_type(
    "bad_code",
    "mã {name!r} không dùng được",
    "dùng chữ không dấu, chữ số, '_' và '-', tối đa 32 ký tự; câu chữ ghi ở nhãn",
)
BAD_VERSION = problem_type(
    "bad_version",
    "phiên bản {name!r} không dùng được",
    "ví dụ 2012.10: chữ không dấu, chữ số, '.', '_' và '-', tối đa 32 ký tự",
)
BAD_LANGUAGE = problem_type(
    "bad_language", "{name!r} không phải mã ngôn ngữ", "dùng mã hai hoặc ba chữ: vi, en, tay, hmn"
)
DUPLICATE_LANGUAGE = problem_type("duplicate_language", "ngôn ngữ {name!r} ghi hai lần", "giữ một lần")
DUPLICATE_NAME = problem_type("duplicate_name", "tên {name!r} đã dùng ở dòng {line}", "đặt tên khác")
MISSING_TRANSLATION = problem_type(
    "missing_translation", "{owner}: {key} chưa có bản {language}", "thêm bản dịch", "warning"
)
UNKNOWN_LANGUAGE = problem_type(
    "unknown_language", "{owner}: {language!r} không có trong 'languages'", "các ngôn ngữ: {allowed}"
)
UNKNOWN_FRAMEWORK = problem_type(
    "unknown_framework", "không tìm thấy khung {name!r}{suggestion}", "đặt tệp {name}.yaml vào thư mục frameworks/"
)
BAD_FRAMEWORK = problem_type("bad_framework", "khung {name!r} có lỗi: {problem}", "sửa khung trước")
FRAMEWORK_ID = problem_type(
    "framework_id",
    "khung có id {name!r} nhưng tệp tên là {file!r}",
    "đặt id và tên tệp như nhau: mẫu phiếu tìm khung theo tên tệp",
)
UNKNOWN_TASK = problem_type("unknown_task", "khung không có nhiệm vụ {name!r}{suggestion}", "các nhiệm vụ: {allowed}")
UNKNOWN_INDICATOR = problem_type(
    "unknown_indicator", "nhiệm vụ {task!r} không có chỉ tiêu {name!r}{suggestion}", "các chỉ tiêu: {allowed}"
)
INDICATOR_WITHOUT_TASK = problem_type(
    "indicator_without_task", "{owner}: có chỉ tiêu {name!r} mà không có nhiệm vụ", "ghi 'task' ở câu hỏi hoặc ở phần"
)
NO_TASK = problem_type(
    "no_task",
    "câu hỏi {name!r} không thuộc nhiệm vụ hay chỉ tiêu nào",
    "ghi 'task' ở câu hỏi hoặc ở phần; 'task: none' ở phần nếu chủ ý như vậy",
    "warning",
)
UNKNOWN_CHOICES = problem_type(
    "unknown_choices", "{owner}: không có danh sách phương án {name!r}{suggestion}", "các danh sách: {allowed}"
)
UNUSED_CHOICES = problem_type("unused_choices", "danh sách phương án {name!r} không dùng ở đâu", "bỏ đi", "warning")
BAD_SCORE = problem_type(
    "bad_score", "danh sách {name!r}: điểm của {code!r} phải là số từ 0 đến 100", "ghi số, không có dấu nháy"
)
SCORE_INCOMPLETE = problem_type(
    "score_incomplete", "danh sách {name!r}: chưa có điểm cho {codes}", "ghi điểm cho mọi phương án, hoặc bỏ 'scores'"
)
NOT_SCORED = problem_type(
    "not_scored",
    "câu hỏi {name!r} gắn với chỉ tiêu chấm điểm {indicator!r} nhưng danh sách {choices!r} không có điểm",
    "thêm 'scores' hoặc dùng 'scale: ordinal'",
)
CANNOT_SCORE = problem_type(
    "cannot_score",
    "câu hỏi {name!r} kiểu {type} không chấm điểm được cho chỉ tiêu {indicator!r}",
    "dùng select_one, hoặc một chỉ tiêu kiểu count, money, ratio",
)
SCORED_IN_REPEAT = problem_type(
    "scored_in_repeat",
    "câu hỏi {name!r} nằm trong nhóm lặp nên không được chấm điểm cho chỉ tiêu {indicator!r}",
    "đưa câu hỏi ra ngoài nhóm lặp, hoặc bỏ 'indicator'",
)
CANNOT_COUNT = problem_type(
    "cannot_count",
    "câu hỏi {name!r} kiểu {type} không cho số liệu cho chỉ tiêu {indicator!r} ({kind})",
    "dùng integer, decimal, calculate, hoặc một hàng của number_table; hoặc bỏ 'indicator'",
)
NO_CONSENT = problem_type(
    "no_consent",
    "mẫu phiếu dành cho cá nhân phải mở đầu bằng phần xin ý kiến đồng ý",
    "thêm phần đầu tiên có 'consent: true' và một câu hỏi select_one với phương án yes, no",
)
BAD_CONSENT = problem_type(
    "bad_consent",
    "phần xin ý kiến đồng ý phải đứng đầu và có một câu hỏi select_one với phương án yes, no",
    "chỉ để lời giới thiệu (note) và câu hỏi đồng ý ở phần này",
)
PERSONAL = problem_type(
    "personal",
    "{name!r} hỏi thông tin cá nhân ({word})",
    "bỏ đi: không hỏi họ tên, điện thoại, giấy tờ tùy thân, chữ ký của người dân và cán bộ",
)
NOTHING_INSIDE = problem_type("nothing_inside", "{owner}: chưa có gì bên trong {key!r}", "thêm ít nhất một")
NESTED_REPEAT = problem_type("nested_repeat", "{owner}: nhóm lặp chỉ được một tầng", "đưa nhóm lặp ra ngoài")
NOT_IN_REPEAT = problem_type(
    "not_in_repeat", "{owner}: kiểu {type} không đặt được trong nhóm lặp", "đưa ra ngoài nhóm lặp"
)
DEFAULT_IN_REPEAT = problem_type(
    "default_in_repeat",
    "{owner}: 'default' không dùng trong nhóm lặp",
    "bỏ 'default', hoặc đưa câu hỏi ra ngoài nhóm lặp",
)
MESSAGE_ALONE = problem_type(
    "message_alone",
    "{owner}: có 'constraint_message' mà không có 'constraint', nên lời này không bao giờ hiện ra",
    "thêm 'constraint', hoặc bỏ 'constraint_message'",
    "warning",
)
KEY_NOT_FOR_TYPE = problem_type("key_not_for_type", "{owner}: kiểu {type} không dùng {key!r}", "bỏ khóa này")
KEY_NOT_OFFERED = problem_type("key_not_offered", "{owner}: không có khóa {key!r}", "ở đây: {advice}")
LANGUAGE_COLUMN = problem_type("language_column", "{owner}: {key!r} là cột của XLSForm", "viết {instead}")
TYPE_NOT_OFFERED = problem_type("type_not_offered", "{owner}: không có kiểu {value!r}", "ở đây: {advice}")
CHOICES_IN_TYPE = problem_type(
    "choices_in_type",
    "{owner}: {value!r}: 'type' chỉ ghi kiểu, danh sách phương án ghi ở 'choices'",
    "viết type: {type} và, ở dòng dưới, choices: {choices}",
)
ODD_CHARACTER = problem_type(
    "odd_character",
    "có ký tự lạ U+{code} ở {near!r}: nhìn như ký tự thường, nhưng không phải",
    "xóa và gõ lại bằng bàn phím thường",
)
SYNTAX = problem_type(
    "syntax",
    "{owner}: biểu thức không đọc được ở {near!r}",
    "tên câu hỏi viết trong ${{…}}, chữ trong '…', so sánh bằng một dấu =; xem docs/questionnaire-language.md",
)
WRONG_OPERATOR = problem_type(
    "wrong_operator",
    "{owner}: {near!r} không phải là phép toán ở đây",
    "viết {instead}",
)
DECIMAL_COMMA = problem_type(
    "decimal_comma",
    "số {near!r} viết sai: dùng dấu chấm thập phân, không có dấu ngăn hàng nghìn",
    "viết {instead}",
)
CURLY_QUOTES = problem_type(
    "curly_quotes", "{owner}: dấu nháy ở {near!r} là dấu nháy của văn bản", "dùng dấu nháy thẳng: '…' hoặc \"…\""
)
REFERENCE_BRACES = problem_type(
    "reference_braces", "{owner}: {near!r} chưa đúng cách chỉ ra một câu hỏi", "viết {instead}"
)
BARE_WORD = problem_type(
    "bare_word", "{owner}: {near!r} không phải là câu hỏi, cũng không có dấu nháy", "viết {instead}"
)
MISSING_LEFT = problem_type("missing_left", "{owner}: phép so sánh thiếu vế trái", "viết {instead}")
OPEN_QUOTE = problem_type("open_quote", "{owner}: dấu nháy ở {near!r} chưa đóng", "thêm {instead} ở cuối câu chữ")
OPEN_PARENTHESIS = problem_type("open_parenthesis", "{owner}: ngoặc ở {near!r} chưa đóng", "thêm dấu )")
UNFINISHED = problem_type(
    "unfinished", "{owner}: biểu thức còn thiếu phần sau {near!r}", "viết nốt, hoặc bỏ phép toán cuối cùng"
)
EMPTY_EXPRESSION = problem_type("empty_expression", "{owner}: biểu thức trống", "viết biểu thức, hoặc bỏ khóa {key!r}")
NOT_TRUE_FALSE = problem_type(
    "not_true_false",
    "{owner}: {key!r} không nhận {value!r}",
    "viết true hoặc false, không có dấu nháy; hoặc một điều kiện: ${{a}} = 'x'",
)
CHAINED_COMPARISON = problem_type(
    "chained_comparison", "{owner}: hai phép so sánh nối liền nhau không có nghĩa như trong toán học", "viết {instead}"
)
COMPARED_WITH_BOOLEAN = problem_type(
    "compared_with_boolean",
    "{owner}: {left} không có giá trị đúng/sai: câu trả lời nào cũng được coi là đúng",
    "viết {instead}",
)
USE_SELECTED = problem_type(
    "use_selected", "{owner}: {name!r} có thể có nhiều phương án, không so sánh bằng dấu = được", "viết {instead}"
)
TOO_LONG = problem_type(
    "too_long",
    "{owner}: biểu thức dài quá {longest} ký tự hoặc quá {deepest} phép tính nối nhau",
    "tách ra thành câu hỏi kiểu calculate",
)
TOO_MUCH_LOGIC = problem_type(
    "too_much_logic", "các biểu thức của tệp dài quá {most} ký tự; phần còn lại chưa kiểm tra", "chia nhỏ mẫu phiếu"
)
UNKNOWN_REFERENCE = problem_type(
    "unknown_reference", "{owner}: không có câu hỏi {name!r}{suggestion}", "ghi đúng 'name' của câu hỏi trong ${{…}}"
)
CANNOT_REFER = problem_type(
    "cannot_refer",
    "{owner}: không lấy được giá trị của {name!r} ({type})",
    "chỉ ra một câu hỏi có câu trả lời; với bảng số liệu: ${{bảng.hàng.cột}}",
)
NOT_QUOTED = problem_type(
    "not_quoted",
    "{owner}: tham số thứ hai của {name}() là tên câu hỏi, phải đặt trong dấu nháy",
    "viết {name}(${{câu_hỏi}}, '${{câu_hỏi}}')",
)
NO_CHOICES = problem_type(
    "no_choices", "{owner}: {name!r} ({type}) không có phương án trả lời", "chỉ ra một câu hỏi select_one"
)
ONLY_IN_AGGREGATE = problem_type(
    "only_in_aggregate",
    "{owner}: {name!r} có nhiều giá trị (nhóm lặp hoặc bảng)",
    "dùng trong sum(), count(), min(), max() hoặc join()",
)
NOT_A_LIST = problem_type(
    "not_a_list",
    "{owner}: {name}() cần một câu hỏi trong nhóm lặp",
    "ghi tên nhóm lặp, hoặc một câu hỏi trong đó, hoặc một hàng của bảng",
)
NOT_HERE = problem_type(
    "not_here",
    "{owner}: {name} không dùng được ở đây",
    "'.' dùng trong constraint và required của câu hỏi; position() dùng trong nhóm lặp",
)
UNKNOWN_FUNCTION = problem_type("unknown_function", "{owner}: không có hàm {name}(){suggestion}", "các hàm: {allowed}")
ARGUMENTS = problem_type(
    "arguments", "{owner}: {name}() {takes}, có {found}", "xem docs/questionnaire-language.md, mục Biểu thức"
)
EXPECTS_NUMBER = problem_type(
    "expects_number",
    "{owner}: {what} cần số, đây là {given}",
    "đổi chữ số bằng number(…), ngày bằng decimal-date-time(…)",
)
EXPECTS = problem_type(
    "expects",
    "{owner}: {what} cần {wanted}, đây là {given}",
    "một ngày viết là '2012-06-05'; nhiều phương án là câu hỏi select_multiple",
)
NEVER_EQUAL = problem_type(
    "never_equal",
    "{owner}: so sánh {left} với {right} không bao giờ đúng",
    "so sánh số với số, ngày với ngày ('2012-06-05'), phương án với phương án của cùng danh sách",
)
NO_SUCH_CHOICE = problem_type(
    "no_such_choice", "{owner}: {name!r} không có phương án {code!r}{suggestion}", "các phương án: {allowed}"
)
BAD_PATTERN = problem_type(
    "bad_pattern",
    "{owner}: regex() không nhận '{part}'{why}",
    "dùng chữ, [lớp ký tự], nhóm, tối đa ba phần lặp, ít lựa chọn",
)
CYCLE = problem_type("cycle", "các biểu thức phụ thuộc vòng tròn: {names}", "bỏ một phụ thuộc")
REFERS_FORWARD = problem_type(
    "refers_forward", "{owner}: điều kiện dựa vào {name!r} ở phía sau", "đưa câu hỏi đó lên trước", "warning"
)
# Conditions that are the same for every valid answer.
NEVER_TRUE = problem_type(
    "never_true",
    "{owner}: “{part}” không bao giờ đúng",
    "so với kiểu, các phương án và 'constraint' của câu hỏi; sửa điều kiện, hoặc bỏ đi",
    "warning",
)
ALWAYS_TRUE = problem_type(
    "always_true",
    "{owner}: “{part}” luôn đúng với mọi câu trả lời",
    "so với kiểu, các phương án và 'constraint' của câu hỏi; sửa điều kiện, hoặc bỏ đi",
    "warning",
)
CONTRADICTION = problem_type(
    "contradiction",
    "{owner}: “{part}” không thể đúng cùng với phần đứng trước, nên cả điều kiện không bao giờ đúng",
    "nếu chỉ cần một vế đúng thì nối bằng or",
    "warning",
)
TAUTOLOGY = problem_type(
    "tautology",
    "{owner}: “{part}” đúng mỗi khi phần đứng trước không đúng, nên cả điều kiện luôn đúng",
    "nếu cần mọi vế cùng đúng thì nối bằng and: ${{a}} != 'x' and ${{a}} != 'y'",
    "warning",
)
LITERAL_CONDITION = problem_type(
    "literal_condition",
    "{owner}: {part} đứng một mình không phải là điều kiện",
    "viết cả phép so sánh: ${{a}} = 'x' or ${{a}} = 'y'",
    "warning",
)
NEVER_ASKED = problem_type(
    "never_asked",
    "{owner}: “{part}” không thể đúng ở đây: nó trái với điều kiện của nhóm hoặc phần bao ngoài",
    "sửa một trong hai điều kiện",
    "warning",
)
CONSTRAINT_NEVER = problem_type(
    "constraint_never",
    "{owner}: “{part}” làm cho không câu trả lời nào hợp lệ",
    "sửa 'constraint': . là câu trả lời; muốn một trong hai khoảng thì nối bằng or",
)
DIVISION_BY_ZERO = problem_type(
    "division_by_zero",
    "{owner}: chia cho {part}, luôn bằng 0",
    "phép chia cho 0 không có kết quả; sửa số chia",
    "warning",
)
