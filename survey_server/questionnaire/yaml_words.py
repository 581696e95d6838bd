"""What is wrong where YAML cannot be read, in Vietnamese and English, with what helps at just that place.

There are two parsers: libyaml, and PyYAML's own where libyaml is missing. Both speak English only and word the same
fault differently; what they say of a token at the end ("…, but found '<scalar>'") is left out in Vietnamese.
"""

from __future__ import annotations

import re

# By the beginning of what the parser says.
_VIETNAMESE = {
    "did not find expected key": "thiếu khóa, hoặc dòng này thụt lề sai",
    "did not find expected ',' or '}'": "thiếu dấu ',' hoặc '}'",
    "did not find expected ',' or ']'": "thiếu dấu ',' hoặc ']'",
    "did not find expected '-' indicator": "thiếu dấu '-' đầu mục, hoặc dòng này thụt lề sai",
    "did not find expected node content": "thiếu nội dung",
    "did not find expected <document start>": "phần này đứng ngoài mẫu phiếu",
    "did not find expected <stream-start>": "tệp không bắt đầu như một tệp YAML",
    "did not find expected alphabetic or numeric character": "thiếu tên sau dấu '&' hoặc '*'",
    "did not find expected whitespace": "thiếu dấu cách hoặc xuống dòng",
    "did not find expected comment or line break": "thiếu xuống dòng",
    "did not find expected hexdecimal number": "thiếu mã ký tự sau '\\x' hoặc '\\u'",
    "did not find expected digit or '.' character": "số phiên bản sau '%YAML' viết sai",
    "did not find expected version number": "thiếu số phiên bản sau '%YAML'",
    "did not find expected tag URI": "thẻ '!' không được dùng",
    "did not find expected '!'": "thẻ '!' không được dùng",
    "did not find the expected '>'": "thẻ '!' không được dùng",
    "did not find URI escaped octet": "thẻ '!' không được dùng",
    "could not find expected ':'": "thiếu dấu ':'",
    "could not find expected directive name": "dấu '%' không được đứng đầu dòng; đặt câu chữ trong dấu nháy",
    "mapping values are not allowed": "dấu ':' không được đứng ở đây; đặt câu chữ trong dấu nháy",
    "mapping keys are not allowed": "dấu '?' không được đứng ở đây; đặt câu chữ trong dấu nháy",
    "block sequence entries are not allowed": "dấu '-' không được đứng ở đây",
    "sequence entries are not allowed": "dấu '-' không được đứng ở đây",
    "found unexpected end of stream": "tệp kết thúc giữa chừng, có thể thiếu dấu nháy đóng",
    "found unexpected document": "dấu '---' đứng giữa câu chữ trong dấu nháy",
    "found unexpected ':'": "dấu ':' không được đứng ở đây",
    "found unexpected non-alphabetical character": "dấu '%' không được đứng đầu dòng; đặt câu chữ trong dấu nháy",
    "found unknown directive name": "dấu '%' không được đứng đầu dòng; đặt câu chữ trong dấu nháy",
    "found unknown escape character": "sau '\\' không phải ký tự được dùng; thay dấu nháy kép bằng dấu nháy đơn",
    "found undefined tag handle": "thẻ '!' không được dùng",
    "found undefined alias": "không dùng bí danh (*) của YAML; đặt câu chữ trong dấu nháy",
    "found duplicate anchor": "không dùng neo (&) của YAML; đặt câu chữ trong dấu nháy",
    "found duplicate": "dòng bắt đầu bằng '%' viết hai lần; bỏ đi",
    "duplicate": "dòng bắt đầu bằng '%' viết hai lần; bỏ đi",
    "found incompatible YAML document": "phiên bản YAML này không đọc được; bỏ dòng '%YAML'",
    "found extremely long version number": "số phiên bản sau '%YAML' viết sai",
    "found invalid Unicode character escape code": "mã ký tự sau '\\u' không có",
    "found an indentation indicator equal to 0": "sau '|' hoặc '>' không được ghi số 0",
    "found a tab character": "dùng dấu cách thay cho tab để thụt lề",
    "found an incorrect leading UTF-8 octet": "thẻ '!' không được dùng",
    "found an incorrect trailing UTF-8 octet": "thẻ '!' không được dùng",
    "exceeded": "lồng quá nhiều tầng",
    "input is too long": "tệp quá lớn",
    "control characters are not allowed": "có ký tự điều khiển",
    "special characters are not allowed": "có ký tự điều khiển",
    # PyYAML's own parser.
    "expected ',' or '}'": "thiếu dấu ',' hoặc '}'; câu chữ có dấu '?', ':' hay ngoặc thì đặt trong dấu nháy",
    "expected ',' or ']'": "thiếu dấu ',' hoặc ']'; câu chữ có dấu '?', ':' hay ngoặc thì đặt trong dấu nháy",
    "expected <block end>": "dòng này thụt lề sai, hoặc thiếu dấu '-' hay khóa",
    "expected '<document start>'": "phần này đứng ngoài mẫu phiếu",
    "expected the node content": "thiếu nội dung",
    "expected alphabetic or numeric character": "thiếu tên sau dấu '&', '*' hoặc '%'",
    "expected chomping or indentation indicators": "sau '|' hoặc '>' phải xuống dòng",
    "expected indentation indicator in the range 1-9": "sau '|' hoặc '>' không được ghi số 0",
    "expected a comment or a line break": "thiếu xuống dòng",
    "expected escape sequence of": "thiếu mã ký tự sau '\\x' hoặc '\\u'",
    "expected a digit": "số phiên bản sau '%YAML' viết sai",
    "expected a single document": "một tệp chỉ chứa một mẫu phiếu",
    "expected '!'": "thẻ '!' không được dùng",
    "expected '>'": "thẻ '!' không được dùng",
    "expected ' '": "thẻ '!' và dòng bắt đầu bằng '%' không được dùng",
    "expected URI": "thẻ '!' không được dùng",
    "'utf-8' codec": "thẻ '!' không được dùng",
}
_ANYTHING_ELSE = "chỗ này không đúng cú pháp YAML"
_CANNOT_START = re.compile(r"found character .*that cannot start any token")
_EXPRESSION = re.compile(
    r"\b(?:relevant|required|constraint|calculation)\s*:\s*(?P<expression>(?!['\"|>\s])[^'\",{}]*\$\{)"
)


def yaml_in_words(why: str, character: str) -> tuple[str, str]:
    """The same in Vietnamese and in English; `character` is the one at which the parser stopped."""
    if _CANNOT_START.match(why):
        return _cannot_start(character)
    for beginning, vietnamese in _VIETNAMESE.items():
        if why.startswith(beginning):
            return vietnamese, why
    return _ANYTHING_ELSE, why


def _cannot_start(character: str) -> tuple[str, str]:
    if character == "\t":
        return "dòng này có tab; dùng dấu cách thay cho tab", "there is a tab; use spaces instead of tabs"
    return (
        f"câu chữ không bắt đầu bằng {character!r} được; đặt câu chữ trong dấu nháy",
        f"a text cannot begin with {character!r}; put it in quotes",
    )


def unquoted_expression(line: str, column: int, context: str) -> int | None:
    """Where in a line stands an expression inside {…} whose `${…}` YAML takes for a mapping of its own, or None.

    `column`, from 0, is where the parser stopped and `context` what it was at. Outside {…} no quotes are needed.
    """
    found = _EXPRESSION.search(line)
    if found is None:
        return None
    inside = "{" in line[: found.start()] or "flow" in context or line[column : column + 1] in (">", "|")
    return found.start("expression") if inside else None
