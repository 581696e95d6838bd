"""What can be wrong in a questionnaire or framework file."""

from survey_server.problems import entry

FILE_TOO_LARGE = entry(
    "file_too_large", "tệp lớn hơn {limit} KiB", "the file is larger than {limit} KiB",
    "chia mẫu phiếu thành nhiều tệp", "split the questionnaire",
)  # fmt: skip
CANNOT_READ = entry(
    "cannot_read", "không đọc được tệp: {why}", "the file cannot be read: {why}",
    "kiểm tra đường dẫn và quyền đọc", "check the path and the right to read it",
)  # fmt: skip
NO_FILES = entry(
    "no_files", "thư mục không có tệp .yaml nào", "the folder holds no .yaml file",
    "chỉ ra tệp, hoặc thư mục có mẫu phiếu", "name a file, or a folder with questionnaires",
)  # fmt: skip
NOT_UTF8 = entry(
    "not_utf8", "tệp không phải UTF-8", "the file is not UTF-8", "lưu lại tệp với mã UTF-8", "save it as UTF-8"
)
NOT_YAML = entry(
    "not_yaml", "không đọc được như YAML: {vi}", "not YAML: {en}",
    "xem dòng này và dòng ngay trước nó: thụt lề, dấu nháy, ngoặc",
    "look at this line and the one before it: indent, quotes, brackets",
)  # fmt: skip
UNQUOTED_EXPRESSION = entry(
    "unquoted_expression", "biểu thức có ${{…}} đứng trong {{…}} mà không có dấu nháy",
    "an expression with ${{…}} stands inside {{…}} without quotes",
    'đặt cả biểu thức trong dấu nháy kép, ví dụ relevant: "${{a}} > 1"',
    'put the whole expression in double quotes, for example relevant: "${{a}} > 1"',
)  # fmt: skip
CONTROL_CHARACTER = entry(
    "control_character", "có ký tự điều khiển U+{code}", "there is a control character, U+{code}",
    "xóa ký tự này; nó không in ra được và không lưu được", "delete it; it can be neither printed nor stored",
)  # fmt: skip
TOO_MANY_FAULTS = entry(
    "too_many_faults", "đã thấy {most} lỗi; phần còn lại chưa kiểm tra",
    "{most} faults found; the rest was not checked",
    "sửa những lỗi trên rồi kiểm tra lại", "mend those above and check again",
)  # fmt: skip
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
    "chia nhỏ mẫu phiếu", "split the questionnaire",
)  # fmt: skip
ANCHOR = entry(
    "anchor", "không dùng neo (&) và bí danh (*) của YAML", "anchors (&) and aliases (*) are not allowed",
    "viết lại nội dung, hoặc đặt giá trị trong dấu nháy", "write the content out, or quote the value",
)  # fmt: skip
TAG = entry("tag", "không dùng thẻ YAML {tag}", "the YAML tag {tag} is not allowed", "bỏ thẻ", "remove it")
KEY_NOT_TEXT = entry(
    "key_not_text", "khóa phải là chữ", "a key must be text",
    "viết khóa bằng chữ, ngay trước dấu ':'", "write a word before the ':'",
)  # fmt: skip
DUPLICATE_KEY = entry(
    "duplicate_key", "khóa {key!r} đã có ở dòng {line}", "the key {key!r} stands already on line {line}",
    "giữ một trong hai", "keep one of them",
)  # fmt: skip
UNKNOWN_KEY = entry(
    "unknown_key", "{owner}: không có khóa {key!r}{vi}", "{owner}: unknown key {key!r}{en}",
    "các khóa được dùng: {allowed}", "allowed: {allowed}",
)  # fmt: skip
MISSING_KEY = entry("missing_key", "{owner}: thiếu {key!r}", "{owner}: {key!r} is missing", "thêm khóa này", "add it")
WRONG_TYPE = entry(
    "wrong_type", "{owner}: {key!r} phải là {vi}", "{owner}: {key!r} must be {en}",
    "sửa giá trị, hoặc bỏ khóa này nếu không cần", "write it so, or leave the key out where it is not needed",
)  # fmt: skip
TEXT_TOO_LONG = entry(
    "text_too_long", "{owner}: {key!r} dài quá {longest} ký tự", "{owner}: {key!r} is longer than {longest} characters",
    "rút ngắn, hoặc chia ra nhiều câu hỏi", "shorten it, or split it among several questions",
)  # fmt: skip
NOT_ALLOWED = entry(
    "not_allowed", "{owner}: {key} không nhận giá trị {value!r}{vi}", "{owner}: {key} may not be {value!r}{en}",
    "chọn một trong: {allowed}", "use one of: {allowed}",
)  # fmt: skip
BAD_NAME = entry(
    "bad_name", "tên {name!r} không dùng được", "the name {name!r} cannot be used",
    "dùng chữ thường không dấu, chữ số và '_', bắt đầu bằng chữ, không phải 'xml', tối đa 32 ký tự",
    "use a–z, 0–9 and '_', beginning with a letter but not with 'xml', 32 characters at most",
)  # fmt: skip
BAD_CODE = entry(
    "bad_code", "mã {name!r} không dùng được", "the code {name!r} cannot be used",
    "dùng chữ không dấu, chữ số, '_' và '-', tối đa 32 ký tự; câu chữ ghi ở nhãn",
    "use A–Z, a–z, 0–9, '_' and '-', 32 characters at most; the wording belongs into the label",
)  # fmt: skip
BAD_VERSION = entry(
    "bad_version", "phiên bản {name!r} không dùng được", "the version {name!r} cannot be used",
    "ví dụ 2012.10: chữ không dấu, chữ số, '.', '_' và '-', tối đa 32 ký tự",
    "for example 2012.10: A–Z, a–z, 0–9, '.', '_' and '-', 32 characters at most",
)  # fmt: skip
BAD_LANGUAGE = entry(
    "bad_language", "{name!r} không phải mã ngôn ngữ", "{name!r} is not the code of a language",
    "dùng mã hai hoặc ba chữ: vi, en, tay, hmn", "use a code of two or three letters: vi, en, tay, hmn",
)  # fmt: skip
DUPLICATE_LANGUAGE = entry(
    "duplicate_language", "ngôn ngữ {name!r} ghi hai lần", "the language {name!r} is given twice",
    "giữ một lần", "keep one of them",
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
    "bad_framework", "khung {name!r} có lỗi: {vi}", "the framework {name!r} is faulty: {en}",
    "sửa khung trước", "mend the framework first",
)  # fmt: skip
FRAMEWORK_ID = entry(
    "framework_id", "khung có id {name!r} nhưng tệp tên là {file!r}",
    "the framework's id is {name!r}, its file {file!r}",
    "đặt id và tên tệp như nhau: mẫu phiếu tìm khung theo tên tệp",
    "give both the same name: questionnaires find a framework by its file",
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
    "ghi số, không có dấu nháy", "write a number, without quotes",
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
SCORED_IN_REPEAT = entry(
    "scored_in_repeat", "câu hỏi {name!r} nằm trong nhóm lặp nên không được chấm điểm cho chỉ tiêu {indicator!r}",
    "the question {name!r} lies in a repeat and is therefore not scored for the indicator {indicator!r}",
    "đưa câu hỏi ra ngoài nhóm lặp, hoặc bỏ 'indicator'", "move it out of the repeat, or leave 'indicator' out",
)  # fmt: skip
CANNOT_COUNT = entry(
    "cannot_count", "câu hỏi {name!r} kiểu {type} không cho số liệu cho chỉ tiêu {indicator!r} ({kind})",
    "the question {name!r} of type {type} gives no figure for the indicator {indicator!r} ({kind})",
    "dùng integer, decimal, calculate, hoặc một hàng của number_table; hoặc bỏ 'indicator'",
    "use integer, decimal, calculate or a row of a number_table; or leave 'indicator' out",
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
    "chỉ để lời giới thiệu (note) và câu hỏi đồng ý ở phần này", "leave only notes and the question of consent in it",
)  # fmt: skip
PERSONAL = entry(
    "personal", "{name!r} hỏi thông tin cá nhân ({word})",
    "{name!r} asks for personal details ({word})",
    "bỏ đi: không hỏi họ tên, điện thoại, giấy tờ tùy thân, chữ ký của người dân và cán bộ",
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
    "đưa ra ngoài nhóm lặp",
    "move it out of the repeat",
)
KEY_NOT_FOR_TYPE = entry(
    "key_not_for_type", "{owner}: kiểu {type} không dùng {key!r}", "{owner}: the type {type} has no {key!r}",
    "bỏ khóa này", "remove it",
)  # fmt: skip
SYNTAX = entry(
    "syntax", "{owner}: biểu thức không đọc được ở {near!r}", "{owner}: the expression cannot be read at {near!r}",
    "tên câu hỏi viết trong ${{…}}, chữ trong '…', so sánh bằng một dấu =; xem docs/questionnaire-language.md",
    "a question's name stands in ${{…}}, text in '…', equality is one =; see docs/questionnaire-language.md",
)  # fmt: skip
TOO_LONG = entry(
    "too_long", "{owner}: biểu thức dài quá {longest} ký tự hoặc quá {deepest} phép tính nối nhau",
    "{owner}: the expression is longer than {longest} characters or {deepest} operations deep",
    "tách ra thành câu hỏi kiểu calculate", "split it into questions of the type calculate",
)  # fmt: skip
TOO_MUCH_LOGIC = entry(
    "too_much_logic", "các biểu thức của tệp dài quá {most} ký tự; phần còn lại chưa kiểm tra",
    "the file's expressions are longer than {most} characters; the rest was not checked",
    "chia nhỏ mẫu phiếu", "split the questionnaire",
)  # fmt: skip
UNKNOWN_REFERENCE = entry(
    "unknown_reference", "{owner}: không có câu hỏi {name!r}{vi}", "{owner}: there is no question {name!r}{en}",
    "ghi đúng 'name' của câu hỏi trong ${{…}}", "write the question's 'name' in ${{…}}",
)  # fmt: skip
CANNOT_REFER = entry(
    "cannot_refer",
    "{owner}: không lấy được giá trị của {name!r} ({type})",
    "{owner}: {name!r} ({type}) has no value to refer to",
    "chỉ ra một câu hỏi có câu trả lời; với bảng số liệu: ${{bảng.hàng.cột}}",
    "refer to a question with an answer; of a number table: ${{table.row.period}}",
)
NOT_QUOTED = entry(
    "not_quoted", "{owner}: tham số thứ hai của {name}() là tên câu hỏi, phải đặt trong dấu nháy",
    "{owner}: the second argument of {name}() is the name of a question and needs quotes",
    "viết {name}(${{câu_hỏi}}, '${{câu_hỏi}}')", "write {name}(${{question}}, '${{question}}')",
)  # fmt: skip
NO_CHOICES = entry(
    "no_choices", "{owner}: {name!r} ({type}) không có phương án trả lời", "{owner}: {name!r} ({type}) has no choices",
    "chỉ ra một câu hỏi select_one", "name a select_one question",
)  # fmt: skip
ONLY_IN_AGGREGATE = entry(
    "only_in_aggregate", "{owner}: {name!r} có nhiều giá trị (nhóm lặp hoặc bảng)",
    "{owner}: {name!r} has many values (a repeat or a table)", "dùng trong sum(), count(), min(), max() hoặc join()",
    "use it in sum(), count(), min(), max() or join()",
)  # fmt: skip
NOT_A_LIST = entry(
    "not_a_list", "{owner}: {name}() cần một câu hỏi trong nhóm lặp", "{owner}: {name}() needs a question of a repeat",
    "ghi tên nhóm lặp, hoặc một câu hỏi trong đó, hoặc một hàng của bảng",
    "name a repeat, a question in it, or a row of a table",
)  # fmt: skip
NOT_HERE = entry(
    "not_here", "{owner}: {name} không dùng được ở đây", "{owner}: {name} cannot be used here",
    "'.' dùng trong constraint và required của câu hỏi; position() dùng trong nhóm lặp",
    "'.' belongs into a question's constraint or required; position() into a repeat",
)  # fmt: skip
UNKNOWN_FUNCTION = entry(
    "unknown_function", "{owner}: không có hàm {name}(){vi}", "{owner}: there is no function {name}(){en}",
    "các hàm: {allowed}", "the functions: {allowed}",
)  # fmt: skip
ARGUMENTS = entry(
    "arguments", "{owner}: {name}() {takes}, có {found}", "{owner}: {name}() {takes}, not {found}",
    "xem docs/questionnaire-language.md, mục Biểu thức", "see docs/questionnaire-language.md, Expressions",
)  # fmt: skip
EXPECTS_NUMBER = entry(
    "expects_number", "{owner}: {what} cần số, đây là {vi}", "{owner}: {what} needs a number, not {en}",
    "đổi chữ số bằng number(…), ngày bằng decimal-date-time(…)",
    "convert a text with number(…), a date with decimal-date-time(…)",
)  # fmt: skip
EXPECTS = entry(
    "expects", "{owner}: {what} cần {wanted_vi}, đây là {vi}", "{owner}: {what} needs {wanted_en}, not {en}",
    "một ngày viết là '2012-06-05'; nhiều phương án là câu hỏi select_multiple",
    "a date is written '2012-06-05'; several choices are a select_multiple question",
)  # fmt: skip
NEVER_EQUAL = entry(
    "never_equal",
    "{owner}: so sánh {left} với {right} không bao giờ đúng",
    "{owner}: comparing {left} with {right} is never true",
    "so sánh số với số, ngày với ngày ('2012-06-05')",
    "compare a number with a number, a date with a date ('2012-06-05')",
)
NO_SUCH_CHOICE = entry(
    "no_such_choice", "{owner}: {name!r} không có phương án {code!r}{vi}",
    "{owner}: {name!r} has no choice {code!r}{en}",
    "các phương án: {allowed}", "its choices: {allowed}",
)  # fmt: skip
BAD_PATTERN = entry(
    "bad_pattern", "{owner}: regex() không nhận '{part}'{why}", "{owner}: regex() does not take '{part}'{why}",
    "dùng chữ, [lớp ký tự], nhóm, tối đa ba phần lặp, ít lựa chọn",
    "use literals, [classes], groups, at most three repetitions and few alternatives",
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
