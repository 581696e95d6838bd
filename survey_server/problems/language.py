"""What can be wrong in a questionnaire or framework file."""

from survey_server.problems import entry

FILE_TOO_LARGE = entry(
    "file_too_large", "tệp lớn hơn {limit} KiB", "the file is larger than {limit} KiB",
    "chia mẫu phiếu thành nhiều tệp", "split the questionnaire",
)  # fmt: skip
CANNOT_READ = entry("cannot_read", "không đọc được tệp: {why}", "the file cannot be read: {why}")
NOT_UTF8 = entry(
    "not_utf8", "tệp không phải UTF-8", "the file is not UTF-8", "lưu lại tệp với mã UTF-8", "save it as UTF-8"
)
NOT_YAML = entry("not_yaml", "không phải YAML: {why}", "not YAML: {why}")
NOT_A_MAPPING = entry(
    "not_a_mapping", "tệp phải là một bảng khóa: giá trị", "the file must be a mapping of keys to values",
    "bắt đầu bằng 'id: …'", "begin with 'id: …'",
)  # fmt: skip
SECOND_DOCUMENT = entry(
    "second_document", "một tệp chỉ chứa một mẫu phiếu", "one file holds one questionnaire",
    "bỏ dấu '---' thứ hai", "remove the second '---'",
)  # fmt: skip
TOO_DEEP_OR_LARGE = entry(
    "too_deep_or_large", "lồng quá {depth} tầng hoặc quá {nodes} phần tử",
    "nested deeper than {depth} or more than {nodes} nodes",
)  # fmt: skip
ANCHOR = entry(
    "anchor", "không dùng neo (&) và bí danh (*) của YAML", "anchors (&) and aliases (*) are not allowed",
    "viết lại nội dung, hoặc đặt giá trị trong dấu nháy", "write the content out, or quote the value",
)  # fmt: skip
TAG = entry("tag", "không dùng thẻ YAML {tag}", "the YAML tag {tag} is not allowed", "bỏ thẻ", "remove it")
KEY_NOT_TEXT = entry("key_not_text", "khóa phải là chữ", "a key must be text")
DUPLICATE_KEY = entry(
    "duplicate_key", "khóa {key!r} đã có ở dòng {line}", "the key {key!r} stands already on line {line}",
    "giữ một trong hai", "keep one of them",
)  # fmt: skip
UNKNOWN_KEY = entry(
    "unknown_key", "{owner}: không có khóa {key!r}{vi}", "{owner}: unknown key {key!r}{en}",
    "các khóa được dùng: {allowed}", "allowed: {allowed}",
)  # fmt: skip
MISSING_KEY = entry("missing_key", "{owner}: thiếu {key!r}", "{owner}: {key!r} is missing", "thêm khóa này", "add it")
WRONG_TYPE = entry("wrong_type", "{owner}: {key!r} phải là {vi}", "{owner}: {key!r} must be {en}")
NOT_ALLOWED = entry(
    "not_allowed", "{owner}: {key} không nhận giá trị {value!r}{vi}", "{owner}: {key} may not be {value!r}{en}",
    "chọn một trong: {allowed}", "use one of: {allowed}",
)  # fmt: skip
BAD_NAME = entry(
    "bad_name", "tên {name!r} không dùng được", "the name {name!r} cannot be used",
    "dùng chữ thường không dấu, chữ số và '_', bắt đầu bằng chữ, tối đa 32 ký tự",
    "use a–z, 0–9 and '_', beginning with a letter, 32 characters at most",
)  # fmt: skip
DUPLICATE_NAME = entry(
    "duplicate_name", "tên {name!r} đã dùng ở dòng {line}", "the name {name!r} is used on line {line}",
    "đặt tên khác", "choose another name",
)  # fmt: skip
MISSING_TRANSLATION = entry(
    "missing_translation", "{owner}: {key} chưa có bản {language}", "{owner}: {key} has no text in {language}",
    "thêm bản dịch", "add the translation", "warning",
)  # fmt: skip
UNKNOWN_LANGUAGE = entry(
    "unknown_language", "{owner}: {language!r} không có trong 'languages'",
    "{owner}: {language!r} is not one of the questionnaire's languages", "các ngôn ngữ: {allowed}", "use: {allowed}",
)  # fmt: skip
UNKNOWN_FRAMEWORK = entry(
    "unknown_framework", "không tìm thấy khung {name!r}{vi}", "there is no framework {name!r}{en}",
    "đặt tệp {name}.yaml vào thư mục frameworks/", "put {name}.yaml into frameworks/",
)  # fmt: skip
BAD_FRAMEWORK = entry(
    "bad_framework", "khung {name!r} có lỗi: {why}", "the framework {name!r} is faulty: {why}",
    "sửa khung trước", "mend the framework first",
)  # fmt: skip
UNKNOWN_TASK = entry(
    "unknown_task", "khung không có nhiệm vụ {name!r}{vi}", "the framework has no task {name!r}{en}",
    "các nhiệm vụ: {allowed}", "its tasks: {allowed}",
)  # fmt: skip
UNKNOWN_INDICATOR = entry(
    "unknown_indicator", "nhiệm vụ {task!r} không có chỉ tiêu {name!r}{vi}",
    "the task {task!r} has no indicator {name!r}{en}", "các chỉ tiêu: {allowed}", "its indicators: {allowed}",
)  # fmt: skip
INDICATOR_WITHOUT_TASK = entry(
    "indicator_without_task", "{owner}: có chỉ tiêu {name!r} mà không có nhiệm vụ",
    "{owner}: an indicator {name!r} without a task", "ghi 'task' ở câu hỏi hoặc ở phần",
    "give the question or its section a 'task'",
)  # fmt: skip
NO_TASK = entry(
    "no_task", "câu hỏi {name!r} không thuộc nhiệm vụ hay chỉ tiêu nào",
    "the question {name!r} belongs to no task and no indicator",
    "ghi 'task' ở câu hỏi hoặc ở phần; 'task: none' ở phần nếu chủ ý như vậy",
    "give the question or its section a 'task'; the section 'task: none' where that is meant", "warning",
)  # fmt: skip
UNKNOWN_CHOICES = entry(
    "unknown_choices", "{owner}: không có danh sách phương án {name!r}{vi}",
    "{owner}: there is no choice list {name!r}{en}",
    "các danh sách: {allowed}", "the lists: {allowed}",
)  # fmt: skip
UNUSED_CHOICES = entry(
    "unused_choices", "danh sách phương án {name!r} không dùng ở đâu", "the choice list {name!r} is used nowhere",
    "bỏ đi", "remove it", "warning",
)  # fmt: skip
BAD_SCORE = entry(
    "bad_score", "danh sách {name!r}: điểm của {code!r} phải là số từ 0 đến 100",
    "list {name!r}: the score of {code!r} must be a number from 0 to 100",
)  # fmt: skip
SCORE_INCOMPLETE = entry(
    "score_incomplete", "danh sách {name!r}: chưa có điểm cho {codes}", "list {name!r}: no score for {codes}",
    "ghi điểm cho mọi phương án, hoặc bỏ 'scores'", "score every option, or leave 'scores' out",
)  # fmt: skip
NOT_SCORED = entry(
    "not_scored", "câu hỏi {name!r} gắn với chỉ tiêu chấm điểm {indicator!r} nhưng danh sách {choices!r} không có điểm",
    "the question {name!r} feeds the scored indicator {indicator!r}, but the list {choices!r} has no scores",
    "thêm 'scores' hoặc dùng 'scale: ordinal'", "add 'scores' or use 'scale: ordinal'",
)  # fmt: skip
CANNOT_SCORE = entry(
    "cannot_score", "câu hỏi {name!r} kiểu {type} không chấm điểm được cho chỉ tiêu {indicator!r}",
    "the question {name!r} of type {type} cannot be scored for the indicator {indicator!r}",
    "dùng select_one, hoặc một chỉ tiêu kiểu count, money, ratio",
    "use select_one, or an indicator of kind count, money or ratio",
)  # fmt: skip
NO_CONSENT = entry(
    "no_consent", "mẫu phiếu dành cho cá nhân phải mở đầu bằng phần xin ý kiến đồng ý",
    "a questionnaire for people must open with a consent section",
    "thêm phần đầu tiên có 'consent: true' và một câu hỏi select_one với phương án yes, no",
    "make the first section 'consent: true' with one select_one question whose choices are yes and no",
)  # fmt: skip
BAD_CONSENT = entry(
    "bad_consent", "phần xin ý kiến đồng ý phải đứng đầu và có một câu hỏi select_one với phương án yes, no",
    "the consent section must come first and hold one select_one question with the choices yes and no",
)  # fmt: skip
PERSONAL = entry(
    "personal", "câu hỏi {name!r} hỏi thông tin cá nhân ({word})",
    "the question {name!r} asks for personal details ({word})",
    "bỏ câu hỏi: không hỏi họ tên, điện thoại, giấy tờ tùy thân, chữ ký của người dân và cán bộ",
    "remove it: names, telephones, identity papers and signatures of people are never asked",
)  # fmt: skip
NOTHING_INSIDE = entry(
    "nothing_inside",
    "{owner}: chưa có gì bên trong {key!r}",
    "{owner}: {key!r} is empty",
    "thêm ít nhất một",
    "add at least one",
)
NESTED_REPEAT = entry(
    "nested_repeat", "{owner}: nhóm lặp chỉ được một tầng", "{owner}: a repeat may not lie in a repeat",
    "đưa nhóm lặp ra ngoài", "move it out",
)  # fmt: skip
NOT_IN_REPEAT = entry(
    "not_in_repeat",
    "{owner}: kiểu {type} không đặt được trong nhóm lặp",
    "{owner}: the type {type} may not lie in a repeat",
)
KEY_NOT_FOR_TYPE = entry(
    "key_not_for_type", "{owner}: kiểu {type} không dùng {key!r}", "{owner}: the type {type} has no {key!r}",
    "bỏ khóa này", "remove it",
)  # fmt: skip
SYNTAX = entry(
    "syntax", "{owner}: biểu thức không đọc được ở {near!r}", "{owner}: the expression cannot be read at {near!r}",
    "xem docs/questionnaire-language.md, mục Biểu thức", "see docs/questionnaire-language.md, Expressions",
)  # fmt: skip
UNKNOWN_REFERENCE = entry(
    "unknown_reference", "{owner}: không có câu hỏi {name!r}{vi}", "{owner}: there is no question {name!r}{en}"
)
CANNOT_REFER = entry(
    "cannot_refer",
    "{owner}: không lấy được giá trị của {name!r} ({type})",
    "{owner}: {name!r} ({type}) has no value to refer to",
)
ONLY_IN_AGGREGATE = entry(
    "only_in_aggregate", "{owner}: {name!r} có nhiều giá trị (nhóm lặp hoặc bảng)",
    "{owner}: {name!r} has many values (a repeat or a table)", "dùng trong sum(), count(), min(), max() hoặc join()",
    "use it in sum(), count(), min(), max() or join()",
)  # fmt: skip
NOT_A_LIST = entry(
    "not_a_list", "{owner}: {name}() cần một câu hỏi trong nhóm lặp", "{owner}: {name}() needs a question of a repeat"
)
NOT_HERE = entry("not_here", "{owner}: {name} không dùng được ở đây", "{owner}: {name} cannot be used here")
UNKNOWN_FUNCTION = entry(
    "unknown_function", "{owner}: không có hàm {name}(){vi}", "{owner}: there is no function {name}(){en}"
)
ARGUMENTS = entry(
    "arguments", "{owner}: {name}() cần {least}–{most} tham số, có {found}",
    "{owner}: {name}() takes {least} to {most} arguments, not {found}",
)  # fmt: skip
EXPECTS_NUMBER = entry(
    "expects_number", "{owner}: {what} cần số, đây là {vi}", "{owner}: {what} needs a number, not {en}",
    "đổi bằng number(…) nếu đúng là số", "convert with number(…) if it is one",
)  # fmt: skip
EXPECTS = entry(
    "expects", "{owner}: {what} cần {wanted_vi}, đây là {vi}", "{owner}: {what} needs {wanted_en}, not {en}"
)
NEVER_EQUAL = entry(
    "never_equal",
    "{owner}: so sánh {left} với {right} không bao giờ đúng",
    "{owner}: comparing {left} with {right} is never true",
)
NO_SUCH_CHOICE = entry(
    "no_such_choice", "{owner}: {name!r} không có phương án {code!r}{vi}",
    "{owner}: {name!r} has no choice {code!r}{en}",
    "các phương án: {allowed}", "its choices: {allowed}",
)  # fmt: skip
BAD_PATTERN = entry(
    "bad_pattern", "{owner}: regex() không nhận {part!r}", "{owner}: regex() does not take {part!r}",
    "dùng chữ, [lớp ký tự], nhóm và tối đa ba phần lặp",
    "use literals, [classes], groups and at most three repetitions",
)  # fmt: skip
CYCLE = entry(
    "cycle", "các biểu thức phụ thuộc vòng tròn: {names}",
    "these expressions depend on each other in a circle: {names}",
    "bỏ một phụ thuộc", "break the circle",
)  # fmt: skip
BACKWARD = entry(
    "refers_forward", "{owner}: điều kiện dựa vào {name!r} ở phía sau",
    "{owner}: depends on {name!r}, which comes later",
    "đưa câu hỏi đó lên trước", "move that question up", "warning",
)  # fmt: skip
