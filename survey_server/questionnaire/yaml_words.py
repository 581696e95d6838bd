"""What the YAML parser says, in Vietnamese. libyaml speaks English only; what is not listed here stays as it is."""

from __future__ import annotations

_VIETNAMESE = {
    "did not find expected key": "thiếu khóa, hoặc dòng này thụt lề sai",
    "did not find expected ',' or '}'": "thiếu dấu ',' hoặc '}'",
    "did not find expected ',' or ']'": "thiếu dấu ',' hoặc ']'",
    "did not find expected '-' indicator": "thiếu dấu '-' đầu mục, hoặc dòng này thụt lề sai",
    "did not find expected node content": "thiếu nội dung",
    "did not find expected <document start>": "phần này đứng ngoài mẫu phiếu",
    "did not find expected alphabetic or numeric character": "thiếu tên sau dấu '&' hoặc '*'",
    "did not find expected whitespace or line break": "thiếu dấu cách hoặc xuống dòng",
    "did not find expected comment or line break": "thiếu xuống dòng",
    "could not find expected ':'": "thiếu dấu ':'",
    "mapping values are not allowed in this context": "dấu ':' không được đứng ở đây; đặt câu chữ trong dấu nháy",
    "block sequence entries are not allowed in this context": "dấu '-' không được đứng ở đây",
    "found character that cannot start any token": "ký tự này không được đứng đầu; dùng dấu cách thay cho tab",
    "found unexpected end of stream": "tệp kết thúc giữa chừng, có thể thiếu dấu nháy đóng",
    "found unexpected document indicator": "dấu '---' đứng giữa câu chữ trong dấu nháy",
    "found unknown escape character": "sau '\\' không phải ký tự được dùng; thay dấu nháy kép bằng dấu nháy đơn",
    "found unexpected ':'": "dấu ':' không được đứng ở đây",
    "found undefined tag handle": "thẻ '!' không được dùng",
    "found invalid Unicode character escape code": "mã ký tự sau '\\u' không có",
    "did not find expected hexdecimal number": "thiếu mã ký tự sau '\\x' hoặc '\\u'",
    "found a tab character that violates indentation": "dùng dấu cách thay cho tab để thụt lề",
    "found a tab character where an indentation space is expected": "dùng dấu cách thay cho tab để thụt lề",
    "the text breaks off": "tệp bị ngắt giữa chừng",
}


def yaml_in_vietnamese(why: str) -> str:
    return _VIETNAMESE.get(why, why)
