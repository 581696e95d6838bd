"""What the operating system refused, in both languages: its own words are English."""

from __future__ import annotations

import errno
import socket

from survey_server.problems import Words

_WHY = {
    errno.ENOENT: Words("không có tệp hay thư mục này", "there is no such file or folder"),
    errno.EACCES: Words("không có quyền", "permission denied"),
    errno.EPERM: Words("không có quyền", "permission denied"),
    errno.EEXIST: Words("đã có tệp hay thư mục tên này", "a file or folder of that name is there"),
    errno.EISDIR: Words("đây là thư mục", "it is a folder"),
    errno.ENOTDIR: Words("một phần của đường dẫn không phải là thư mục", "a part of the path is no folder"),
    errno.ENOTEMPTY: Words("thư mục không trống", "the folder is not empty"),
    errno.ENAMETOOLONG: Words("tên quá dài", "the name is too long"),
    errno.ELOOP: Words("liên kết vòng tròn", "links lead in a circle"),
    errno.EINVAL: Words("đây không phải là tệp đọc ghi được", "it is no file that can be read or written"),
    errno.ENOSPC: Words("đĩa đã đầy", "the disk is full"),
    errno.EFBIG: Words("tệp quá lớn", "the file is too large"),
    errno.EROFS: Words("đĩa chỉ cho đọc", "the disk is read-only"),
    errno.EIO: Words("đĩa hoặc thiết bị lỗi khi đọc, ghi", "the disk or device failed"),
    errno.EMFILE: Words("mở quá nhiều tệp cùng lúc", "too many files are open"),
    errno.ENFILE: Words("mở quá nhiều tệp cùng lúc", "too many files are open"),
    errno.EBUSY: Words("đang được chương trình khác dùng", "another program is using it"),
    errno.EADDRINUSE: Words("cổng này đang được chương trình khác dùng", "another program is using this port"),
    errno.EADDRNOTAVAIL: Words("máy này không có địa chỉ đó", "this machine does not have that address"),
}
_NO_HOST = Words("không tìm thấy địa chỉ của tên máy này", "no address is known for that name")


def why(error: OSError) -> Words:
    """What happened, without the path; the system's own words where ours know nothing better."""
    if isinstance(error, socket.gaierror):  # its numbers are not those of errno
        return _NO_HOST
    own = error.strerror or str(error)
    return _WHY.get(error.errno or 0, Words(f"hệ thống báo lỗi: {own}", own))
