"""Blobs in a folder: what is finished has its digest's bytes, and what is not can be continued."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from survey_server.storage import blobs
from survey_server.storage.blobs import BlobDigestError, BlobGapError, BlobStore, FolderBlobStore

BYTES = bytes(range(256)) * 8
DIGEST = hashlib.sha256(BYTES).hexdigest()
TOTAL = len(BYTES)


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return FolderBlobStore(tmp_path / "attachments")


def read(store: BlobStore) -> bytes:
    with store.open(DIGEST) as file:
        return file.read()


def test_a_blob_is_finished_with_its_last_part(store: BlobStore) -> None:
    assert store.put_part(DIGEST, 0, BYTES[:1000], TOTAL) == 1000
    assert (store.size(DIGEST), store.uploaded_size(DIGEST)) == (None, 1000)
    with pytest.raises(FileNotFoundError):
        store.open(DIGEST)
    assert store.put_part(DIGEST, 1000, BYTES[1000:], TOTAL) == TOTAL
    assert (store.size(DIGEST), store.uploaded_size(DIGEST)) == (TOTAL, TOTAL)
    assert read(store) == BYTES


def test_a_part_takes_the_place_of_what_was_there_from_its_start_on(store: BlobStore) -> None:
    store.put_part(DIGEST, 0, b"x" * 1500, TOTAL)
    store.put_part(DIGEST, 0, BYTES[:1000], TOTAL)
    assert store.uploaded_size(DIGEST) == 1000
    store.put_part(DIGEST, 900, BYTES[900:], TOTAL)
    assert read(store) == BYTES


def test_a_gap_is_refused_with_the_size_to_continue_from(store: BlobStore) -> None:
    store.put_part(DIGEST, 0, BYTES[:1000], TOTAL)
    with pytest.raises(BlobGapError) as refused:
        store.put_part(DIGEST, 1001, BYTES[1001:], TOTAL)
    assert refused.value.size == 1000
    assert store.uploaded_size(DIGEST) == 1000


def test_other_bytes_than_the_digests_are_deleted(store: BlobStore) -> None:
    with pytest.raises(BlobDigestError):
        store.put_part(DIGEST, 0, BYTES[::-1], TOTAL)
    assert (store.size(DIGEST), store.uploaded_size(DIGEST)) == (None, 0)


def test_a_finished_blob_is_never_changed(store: BlobStore) -> None:
    store.put_part(DIGEST, 0, BYTES, TOTAL)
    assert store.put_part(DIGEST, 0, b"other", 5) == TOTAL
    assert read(store) == BYTES


def test_a_deleted_blob_is_gone_and_can_be_uploaded_again(store: BlobStore) -> None:
    store.delete(DIGEST)
    store.put_part(DIGEST, 0, BYTES[:1000], TOTAL)
    store.delete(DIGEST)
    assert store.uploaded_size(DIGEST) == 0
    store.put_part(DIGEST, 0, BYTES, TOTAL)
    store.delete(DIGEST)
    assert store.size(DIGEST) is None
    assert store.put_part(DIGEST, 0, BYTES, TOTAL) == TOTAL


def test_a_file_is_flushed_before_it_has_its_name_and_the_folder_after_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order that a power cut tests: bytes, name, folder."""
    store = FolderBlobStore(tmp_path)
    flushed: list[tuple[bool, bool]] = []

    def record(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").resolve()
        flushed.append((path.is_dir(), store.size(DIGEST) is not None))

    monkeypatch.setattr(blobs.os, "fsync", record)
    store.put_part(DIGEST, 0, BYTES, TOTAL)
    assert flushed == [(False, False), (True, True)]
