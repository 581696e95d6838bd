"""Blobs in a folder: what is finished has its digest's bytes, and what is not can be continued."""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from survey_server import durable
from survey_server.storage import blobs
from survey_server.storage.blobs import BlobDigestError, BlobGapError, BlobStore, FolderBlobStore

BYTES = bytes(range(256)) * 8
DIGEST = hashlib.sha256(BYTES).hexdigest()
TOTAL = len(BYTES)
BLOBS_OF_TWO, SIZE_OF_TWO, PART_OF_TWO = 40, 1_000_000, 500_000


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return FolderBlobStore(tmp_path / "attachments")


def read(store: BlobStore) -> bytes:
    with store.open(DIGEST) as file:
        return file.read()


def test_a_blob_is_finished_with_its_last_part(store: BlobStore) -> None:
    assert store.put_part("tablet-1", DIGEST, 0, BYTES[:1000], TOTAL) == 1000
    assert (store.size(DIGEST), store.part_size("tablet-1", DIGEST)) == (None, 1000)
    with pytest.raises(FileNotFoundError):
        store.open(DIGEST)
    assert store.put_part("tablet-1", DIGEST, 1000, BYTES[1000:], TOTAL) == TOTAL
    assert (store.size(DIGEST), store.part_size("tablet-1", DIGEST)) == (TOTAL, 0)
    assert read(store) == BYTES


def test_a_part_takes_the_place_of_what_was_there_from_its_start_on(store: BlobStore) -> None:
    store.put_part("tablet-1", DIGEST, 0, b"x" * 1500, TOTAL)
    store.put_part("tablet-1", DIGEST, 0, BYTES[:1000], TOTAL)
    assert store.part_size("tablet-1", DIGEST) == 1000
    store.put_part("tablet-1", DIGEST, 900, BYTES[900:], TOTAL)
    assert read(store) == BYTES


def test_a_gap_is_refused_with_the_size_to_continue_from(store: BlobStore) -> None:
    store.put_part("tablet-1", DIGEST, 0, BYTES[:1000], TOTAL)
    with pytest.raises(BlobGapError) as refused:
        store.put_part("tablet-1", DIGEST, 1001, BYTES[1001:], TOTAL)
    assert refused.value.size == 1000
    assert store.part_size("tablet-1", DIGEST) == 1000


def test_other_bytes_than_the_digests_are_deleted(store: BlobStore) -> None:
    with pytest.raises(BlobDigestError):
        store.put_part("tablet-1", DIGEST, 0, BYTES[::-1], TOTAL)
    assert (store.size(DIGEST), store.part_size("tablet-1", DIGEST)) == (None, 0)


def test_parts_of_two_senders_are_apart(store: BlobStore) -> None:
    store.put_part("tablet-1", DIGEST, 0, BYTES[:1000], TOTAL)
    store.put_part("tablet-2", DIGEST, 0, b"other", TOTAL)
    assert store.put_part("tablet-1", DIGEST, 1000, BYTES[1000:], TOTAL) == TOTAL
    assert read(store) == BYTES


def test_a_damaged_blob_is_replaced(tmp_path: Path) -> None:
    store = FolderBlobStore(tmp_path)
    store.put_part("tablet-1", DIGEST, 0, BYTES, TOTAL)
    (tmp_path / DIGEST[:2] / DIGEST).write_bytes(b"")
    assert store.put_part("tablet-1", DIGEST, 0, BYTES, TOTAL) == TOTAL
    assert read(store) == BYTES


def test_a_deleted_blob_can_be_uploaded_again(store: BlobStore) -> None:
    store.delete(DIGEST)
    store.put_part("tablet-1", DIGEST, 0, BYTES, TOTAL)
    store.delete(DIGEST)
    assert store.size(DIGEST) is None
    assert store.put_part("tablet-1", DIGEST, 0, BYTES, TOTAL) == TOTAL


def test_a_file_is_flushed_before_it_has_its_name_and_the_folder_after_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order that a power cut tests: bytes, name, folder; and each new folder in the one above it."""
    store = FolderBlobStore(tmp_path)
    flushed: list[tuple[str, bool]] = []

    def record(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").resolve()
        flushed.append((path.relative_to(tmp_path).as_posix(), store.size(DIGEST) is not None))

    monkeypatch.setattr(durable.os, "fsync", record)
    store.put_part("tablet-1", DIGEST, 0, BYTES, TOTAL)
    part, named = f"parts/tablet-1/{DIGEST}", flushed.index((DIGEST[:2], True))
    assert flushed.index((part, False)) < named
    assert [each for each in flushed if each[0] == "."] == [(".", False)] * 2  # `parts`, and the folder of the digest
    assert named == len(flushed) - 1


def test_the_oldest_unfinished_uploads_of_a_sender_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FolderBlobStore(tmp_path)
    monkeypatch.setattr(blobs, "MAX_PARTS", 3)
    monkeypatch.setattr(blobs, "MAX_PART_BYTES", 2500)
    digests = [hashlib.sha256(bytes([number])).hexdigest() for number in range(4)]
    for age, digest in zip((40, 30, 20, 10), digests, strict=True):
        store.put_part("tablet-1", digest, 0, b"x" * 500, TOTAL)
        os.utime(tmp_path / "parts" / "tablet-1" / digest, (time.time() - age,) * 2)
    assert [store.part_size("tablet-1", each) for each in digests] == [0, 500, 500, 500]
    store.put_part("tablet-1", DIGEST, 0, b"x" * 1900, TOTAL)
    assert [store.part_size("tablet-1", each) for each in (*digests, DIGEST)] == [0, 0, 0, 500, 1900]
    store.put_part("tablet-2", DIGEST, 0, b"x" * 2000, TOTAL)
    assert store.part_size("tablet-1", DIGEST) == 1900


def test_unfinished_uploads_that_do_not_go_on_are_deleted(tmp_path: Path) -> None:
    store = FolderBlobStore(tmp_path)
    store.put_part("tablet-1", DIGEST, 0, BYTES[:1000], TOTAL)
    of_release_0_1 = tmp_path / "parts" / DIGEST
    of_release_0_1.write_bytes(BYTES)
    os.utime(of_release_0_1, (time.time() - 100,) * 2)
    assert store.remove_old_parts(50) == 1
    assert (of_release_0_1.exists(), store.part_size("tablet-1", DIGEST)) == (False, 1000)


@pytest.mark.slow
def test_two_processes_that_send_one_blob_leave_it_whole(tmp_path: Path) -> None:
    """In parts, each from where it thinks that the upload is, as two connections of one tablet do."""
    contents = [os.urandom(SIZE_OF_TWO) for _ in range(BLOBS_OF_TWO)]
    with ProcessPoolExecutor(2, get_context("spawn")) as processes:
        for sizes in zip(*processes.map(send_in_parts, [tmp_path] * 2, [contents] * 2), strict=True):
            assert set(sizes) == {SIZE_OF_TWO}
    store = FolderBlobStore(tmp_path)
    for content in contents:
        with store.open(hashlib.sha256(content).hexdigest()) as file:
            assert file.read() == content


def send_in_parts(folder: Path, contents: list[bytes]) -> list[int]:
    """The size that is acknowledged for each."""
    store, sizes = FolderBlobStore(folder), []
    for content in contents:
        sha256, size = hashlib.sha256(content).hexdigest(), 0
        while size < len(content):
            start = store.part_size("tablet-1", sha256)
            try:
                size = store.put_part("tablet-1", sha256, start, content[start : start + PART_OF_TWO], len(content))
            except (BlobGapError, BlobDigestError):
                size = 0
        sizes.append(size)
    return sizes
