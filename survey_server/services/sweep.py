"""Removes what interrupted work left in the data directory: the publisher does so when it starts, and hourly."""

from __future__ import annotations

from survey_server.services.store_attachment import PART_TTL
from survey_server.settings import Settings
from survey_server.storage.blobs import FolderBlobStore
from survey_server.storage.working_folders import BACKUP, RESTORE, remove_abandoned

INTERVAL = 3600.0  # seconds


def sweep(settings: Settings) -> None:
    """Remove the folders of killed backups and restores, and uploads of attachments that do not go on."""
    remove_abandoned(settings.data_dir, BACKUP, RESTORE)
    FolderBlobStore(settings.attachments_dir).remove_old_parts(PART_TTL)
