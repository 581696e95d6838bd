"""Errors of the operating system as messages in the reader's language: its own texts are English."""

from __future__ import annotations

import errno
import socket

from survey_server.i18n import Message

_BY_NUMBER = {
    errno.ENOENT: Message("không có tệp hay thư mục này"),
    errno.EACCES: Message("không có quyền"),
    errno.EPERM: Message("không có quyền"),
    errno.EEXIST: Message("đã có tệp hay thư mục tên này"),
    errno.EISDIR: Message("đây là thư mục"),
    errno.ENOTDIR: Message("một phần của đường dẫn không phải là thư mục"),
    errno.ENOTEMPTY: Message("thư mục không trống"),
    errno.ENAMETOOLONG: Message("tên quá dài"),
    errno.ELOOP: Message("liên kết vòng tròn"),
    errno.EINVAL: Message("đây không phải là tệp đọc ghi được"),
    errno.ENOSPC: Message("đĩa đã đầy"),
    errno.EFBIG: Message("tệp quá lớn"),
    errno.EROFS: Message("đĩa chỉ cho đọc"),
    errno.EIO: Message("đĩa hoặc thiết bị lỗi khi đọc, ghi"),
    errno.EMFILE: Message("mở quá nhiều tệp cùng lúc"),
    errno.ENFILE: Message("mở quá nhiều tệp cùng lúc"),
    errno.EBUSY: Message("đang được chương trình khác dùng"),
    errno.EADDRINUSE: Message("cổng này đang được chương trình khác dùng"),
    errno.EADDRNOTAVAIL: Message("máy này không có địa chỉ đó"),
}
_NO_HOST = Message("không tìm thấy địa chỉ của tên máy này")


def describe_os_error(error: OSError) -> Message:
    """What happened, without the path; the system's own text where this table has none."""
    if isinstance(error, socket.gaierror):  # its numbers are not those of errno
        return _NO_HOST
    system_text = error.strerror or str(error)
    return _BY_NUMBER.get(error.errno or 0, Message("hệ thống báo lỗi: {text}", text=system_text))
