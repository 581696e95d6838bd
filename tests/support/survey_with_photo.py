"""A survey with three responses and an attachment, which a test backs up or damages."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

from survey_server.services.doctor import diagnose
from survey_server.services.store_attachment import AttachmentSender, store_part
from survey_server.settings import Settings
from survey_server.storage.blobs import FolderBlobStore
from survey_server.storage.database import Database
from tests.support.field import Field, body, prepare_field, row, surveyor_of
from tests.support.receiving import receive

PHOTO = b"\xff\xd8 a photo" * 100
DIGEST = hashlib.sha256(PHOTO).hexdigest()


def settings_of(settings: Settings, database: Database) -> Settings:
    """The settings of a server on this database."""
    url = database.engine.url.render_as_string(hide_password=False)
    return dataclasses.replace(settings, database_url=url)


def prepare_survey(database: Database, settings: Settings, folder: Path) -> Field:
    field = prepare_field(database, folder)
    receive(database, surveyor_of(field), [row(body(field)) for _ in range(3)])
    store_photo(database, settings, field)
    return field


def store_photo(database: Database, settings: Settings, field: Field) -> None:
    sender = AttachmentSender(field.surveyor, "tablet")
    store_part(database, FolderBlobStore(settings.attachments_dir), sender, DIGEST, 0, len(PHOTO), PHOTO)


def errors(database: Database, settings: Settings) -> list[str]:
    return [each.message.text("en") for each in diagnose(database, settings) if each.level == "error"]
