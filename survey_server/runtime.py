"""What a running server works on: one object, which the application owns and every page and address of the API uses."""

from __future__ import annotations

from dataclasses import dataclass

from survey_server.services.assigned_work import AssignedWorkCache
from survey_server.services.browse_rounds import RoundViews
from survey_server.services.devices import DeviceIdentities
from survey_server.services.published_charts import chart_blobs
from survey_server.services.questionnaire_versions import QuestionnaireVersions
from survey_server.services.readiness import Readiness, check_readiness
from survey_server.services.receiving.resolve import ReceivingContext
from survey_server.settings import Settings
from survey_server.storage import Database
from survey_server.storage.blobs import BlobStore, FolderBlobStore


@dataclass(frozen=True, slots=True)
class Runtime:
    """The settings, the database, the attachments, the drawn charts, and all that this process has cached of the
    database. Each cache says what invalidates it."""

    settings: Settings
    database: Database
    blobs: BlobStore
    chart_blobs: BlobStore
    versions: QuestionnaireVersions
    devices: DeviceIdentities
    assigned_work: AssignedWorkCache
    round_views: RoundViews
    receiving: ReceivingContext

    def readiness(self) -> Readiness:
        """Raises DatabaseError where the database does not answer."""
        return check_readiness(self.database, self.settings)


def open_runtime(settings: Settings, database: Database) -> Runtime:
    """With empty caches. The database stays the caller's to close."""
    versions, assigned_work = QuestionnaireVersions(database), AssignedWorkCache(database)
    return Runtime(
        settings,
        database,
        FolderBlobStore(settings.attachments_dir),
        chart_blobs(settings),
        versions,
        DeviceIdentities(database),
        assigned_work,
        RoundViews(database),
        ReceivingContext(database, versions, assigned_work),
    )
