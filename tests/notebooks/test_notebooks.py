"""The notebooks run on an export of the demo, as scripts and as notebooks, and give the charts page's numbers."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import RunningServer

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("0*.py"))


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def exported(prepared_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import shutil

    data = Path(shutil.copytree(prepared_demo, tmp_path_factory.mktemp("exported") / "data"))
    server = RunningServer(data)
    server.run("export", "--round", "demo", "--format", "zip", "--out", str(data / "exports"))
    return data / "exports" / "demo.zip"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_as_a_script(path: Path, exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_DATASET", str(exported))
    names = runpy.run_path(str(path))
    assert len(names["dataset"].responses) > 1000


EXECUTE = """
import json, sys, jupytext, nbclient
notebook = jupytext.read(sys.argv[1])
nbclient.NotebookClient(notebook, timeout=120).execute()
print(json.dumps([[cell.source, [list(each.get("data", {})) for each in cell.get("outputs", [])]]
                  for cell in notebook.cells if cell.cell_type == "code"]))
"""


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_as_a_notebook_and_shows_its_charts(path: Path, exported: Path, tmp_path: Path) -> None:
    """In the folder of the notebook, as Jupyter does; the export lies where README puts it."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "demo.zip").symlink_to(exported)
    environment = os.environ | {"PYTHONPATH": str(NOTEBOOKS[0].parents[1])}
    environment.pop("SURVEY_DATASET", None)
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE, str(path)],
        env=environment, capture_output=True, text=True, cwd=folder, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    outputs = json.loads(done.stdout.splitlines()[-1])
    charts = [kinds for source, kinds in outputs if source.endswith(".figure()")]
    assert len(charts) == path.read_text(encoding="utf-8").count(".figure()")
    assert all("image/png" in kinds for each in charts for kinds in each)
    assert all(charts)


def test_notebooks_hold_no_functions() -> None:
    assert [path.name for path in NOTEBOOKS if "def " in path.read_text(encoding="utf-8")] == []


def test_organisations_officials_and_residents_are_described_apart(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEY_DATASET", str(exported))
    names = runpy.run_path(str(NOTEBOOKS[1]))
    scores = names["scores"].join(names["kinds"])
    described = names["described"]
    assert list(described.index.names) == ["questionnaire", "evidence"]
    own = scores[scores["questionnaire"] == "resident_opinion"]["task1"]
    assert described.loc[("resident_opinion", "visit"), ("task1", "mean")] == pytest.approx(own.mean(), abs=0.06)
    assert "describe()" not in NOTEBOOKS[1].read_text(encoding="utf-8")


def test_the_notebook_s_numbers_are_those_of_the_charts(exported: Path, prepared_demo: Path, tmp_path: Path) -> None:
    """The heat map that the publisher's code writes from the database, against `summarise` on the export."""
    import shutil

    from analysis import load_dataset, summarise
    from survey_server.pipeline.context import read_round_context
    from survey_server.pipeline.counting import count_waiting
    from survey_server.pipeline.round_tally import read_round_tally
    from survey_server.settings import Settings
    from survey_server.storage.database import Database

    data = Path(shutil.copytree(prepared_demo, tmp_path / "data"))
    settings = Settings(data, f"sqlite:///{data / 'survey.sqlite3'}", "x" * 32, "", 0, data, "vi", 10)
    database = Database(settings.database_url, lock_dir=data)
    context = read_round_context(database, settings, "demo")
    assert context is not None
    count_waiting(database)
    tally = read_round_tally(database, context)
    database.close()
    from analysis.charts.scores import score_table

    drawn = score_table(tally, "VN", "commune_visit").dropna(subset=["estimate"])
    shown = {(row["locality"], row["task"]): row["estimate"] for row in drawn.to_dict("records")}
    frame = summarise(load_dataset(exported), by=["province", "task"])
    own = frame[frame["questionnaire"] == "commune_visit"]
    read = {(p, t): e for p, t, e in zip(own["path"], own["task"], own["estimate"], strict=True)}
    assert len(shown) == 72
    assert read == pytest.approx(shown, abs=1e-9)


def test_the_differences_from_the_whole_are_those_of_the_means(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_DATASET", str(exported))
    names = runpy.run_path(str(NOTEBOOKS[2]))
    provinces, whole = names["provinces"], names["answered"]["task1"].mean()
    own = provinces[(provinces["questionnaire"] == "resident_opinion") & (provinces["task"] == "task1")]
    expected = {path.split("/")[1]: mean - whole for path, mean in zip(own["path"], own["estimate"], strict=True)}
    found = names["differences"].set_index("first")["estimate"]
    assert found[list(expected)].to_dict() == pytest.approx(expected, abs=1e-9)
    assert names["medians"]["estimate"].between(0, 100).all()


def test_one_name_may_stand_without_a_list(exported: Path) -> None:
    from analysis import load_dataset, summarise

    dataset = load_dataset(exported)
    assert summarise(dataset, by="province").equals(summarise(dataset, by=["province"]))
    with pytest.raises(ValueError, match="not \\['village'\\]"):
        summarise(dataset, by="village")
