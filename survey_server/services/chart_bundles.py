"""The file of a bundle of charts: a zip archive with each chart as SVG, as CSV and as a specification for PNG and PDF,
and the part of the charts page that shows them, compressed as it is sent.

The archive is a blob: what a row names by its digest is durable and never changes.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping

from survey_server.deflated import DeflatedPart
from survey_server.domain import ChartBundle
from survey_server.storage.blobs import BlobStore

PAGE = "page.deflate"
_WRITTEN_AT = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes


class UnreadableBundleError(Exception):
    """The file of a bundle is missing or damaged: its charts count as not drawn."""


def write_bundle(members: Mapping[str, bytes], page: DeflatedPart) -> bytes:
    """`members`: files by their names, such as `dots-visit.vi.svg`."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo(PAGE, _WRITTEN_AT), page.to_bytes())
        for name, member in members.items():
            archive.writestr(zipfile.ZipInfo(name, _WRITTEN_AT), member, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def is_readable(blobs: BlobStore, bundle: ChartBundle) -> bool:
    """Whether the file is there with all its bytes. The disk may refuse to read it: then it is drawn again."""
    if not bundle.sha256:
        return True
    try:
        with blobs.open(bundle.sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == bundle.sha256
    except OSError:
        return False


def read_member(blobs: BlobStore, sha256: str, name: str) -> bytes:
    """One file of the archive. Raises UnreadableBundleError."""
    try:
        with blobs.open(sha256) as file, zipfile.ZipFile(file) as archive:
            return archive.read(name)
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise UnreadableBundleError(f"{sha256}: {name}") from error


def read_page_part(blobs: BlobStore, bundle: ChartBundle) -> DeflatedPart | None:
    """The part of the page that shows these charts; None where there are none. Raises UnreadableBundleError."""
    if not bundle.sha256:
        return None
    try:
        return DeflatedPart.from_bytes(read_member(blobs, bundle.sha256, PAGE))
    except ValueError as error:
        raise UnreadableBundleError(bundle.sha256) from error


def specification_name(chart: str) -> str:
    """`chart`: a chart's file name without its ending."""
    return f"{chart}.spec.json"
