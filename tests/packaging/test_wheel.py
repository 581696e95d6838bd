"""The wheel holds all that serving the demo needs: built, installed away from the checkout, and used there."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from survey_server.cli.serving import DEMO_ACCOUNTS
from tests.support.server import RunningServer

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's packages in it, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run("build", "--wheel", "--no-isolation", "--outdir", str(folder / "dist"), str(ROOT))
    (wheel,) = (folder / "dist").glob("*.whl")
    run("pip", "install", "-q", "--no-deps", "--target", str(folder / "site"), str(wheel))
    return folder / "site"


def run(*module: str) -> None:
    done = subprocess.run([sys.executable, "-m", *module], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def server(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunningServer:
    """Its processes see the wheel first: the packages of the test environment stand behind it."""
    monkeypatch.setenv("PYTHONPATH", str(installed))
    monkeypatch.chdir(tmp_path)
    return RunningServer(tmp_path / "data", publisher=False)


def test_the_wheel_contains_every_catalogue(installed: Path) -> None:
    tracked = ("survey_server/i18n/*.po", "survey_server/i18n/compiled/**/*.mo", "analysis/*.po")
    catalogues = {path.relative_to(ROOT) for pattern in tracked for path in ROOT.glob(pattern)}
    assert len(catalogues) > 3
    assert [path for path in catalogues if not (installed / path).is_file()] == []


def test_a_wheel_away_from_the_checkout_serves_the_demo(
    server: RunningServer, installed: Path, request: pytest.FixtureRequest
) -> None:
    where = "import analysis, survey_server; print(analysis.__file__); print(survey_server.__file__)"
    told = subprocess.run([sys.executable, "-c", where], capture_output=True, text=True, timeout=60, check=True)
    assert [Path(line).parents[1] for line in told.stdout.split()] == [installed, installed]

    server.data_dir.mkdir()
    server.run("init", "--demo")
    request.addfinalizer(server.kill)
    server.start()
    with urllib.request.urlopen(f"{server.url}/tablet/", timeout=10) as page:
        assert '<html lang="vi"' in page.read().decode()
    log = server.log.read_text(encoding="utf-8")
    assert all(account in log for account in DEMO_ACCOUNTS)
    sent = json.dumps({"code": server.enrolment_code(), "name": "Máy 07"}).encode()
    headers = {"Content-Type": "application/json"}
    enrol = urllib.request.Request(f"{server.url}/api/v1/devices/enrol", sent, headers, method="POST")
    with urllib.request.urlopen(enrol, timeout=20) as answer:
        token = json.load(answer)["token"]
    work = urllib.request.Request(f"{server.url}/api/v1/work", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(work, timeout=20) as answer:
        assert json.load(answer)["assignments"]
    exported = server.data_dir / "exports"
    server.run("export", "--round", "demo", "--out", str(exported))
    counting = f"from analysis import load_dataset; print(len(load_dataset({str(exported / 'demo.zip')!r}).responses))"
    counted = subprocess.run([sys.executable, "-c", counting], capture_output=True, text=True, timeout=60, check=True)
    assert int(counted.stdout) > 2_000
