"""A server on a small survey, a tablet, and the bad network between them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from survey_server.settings import Settings, read_settings
from tests.journeys.tablet import Tablet
from tests.support.cutting_proxy import CuttingProxy, cutting_proxy
from tests.support.server import RunningServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def prepared_field(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a survey of one questionnaire and two surveyors; copy it, never write to it."""
    from survey_server.services.prepare_fonts import prepare_fonts
    from survey_server.storage.database import open_database
    from survey_server.storage.migrate import migrate
    from tests.support.field import prepare_field

    folder = tmp_path_factory.mktemp("prepared-field")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SURVEY_DATA_DIR", str(folder / "data"))
        settings = read_settings()
    database = open_database(settings)
    migrate(database)
    prepare_field(database, folder)
    database.close()
    prepare_fonts(settings.fonts_dir)
    return settings.data_dir


@pytest.fixture
def field_server(settings: Settings, prepared_field: Path) -> Iterator[RunningServer]:
    """A server process on a copy of the prepared survey."""
    shutil.copytree(prepared_field, settings.data_dir, dirs_exist_ok=True, ignore=shutil.ignore_patterns("secret-key"))
    server = RunningServer(settings.data_dir, publisher=False)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture
def network(field_server: RunningServer) -> Iterator[CuttingProxy]:
    with cutting_proxy(field_server.port) as proxy:
        yield proxy


@pytest.fixture
def new_tablet(browser: Browser, tmp_path: Path) -> Iterator[Callable[[str], Tablet]]:
    made: list[Tablet] = []

    def make(origin: str) -> Tablet:
        made.append(Tablet(browser.browser_type, tmp_path / f"tablet-{len(made)}", origin))
        return made[-1]

    yield make
    for tablet in made:
        tablet.close()
        assert not tablet.errors, tablet.errors


@pytest.fixture
def tablet(new_tablet: Callable[[str], Tablet], field_server: RunningServer) -> Tablet:
    return new_tablet(field_server.url)


@pytest.fixture
def tablet_behind_network(new_tablet: Callable[[str], Tablet], network: CuttingProxy) -> Tablet:
    return new_tablet(network.url)
