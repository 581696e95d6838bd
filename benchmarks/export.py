"""How long an export takes, and how much memory.

    python benchmarks/export.py [--responses 100000] [--folder FOLDER] [--program PATH]

Exports a round of responses to a questionnaire of forty questions from SQLite, each format in a process of its own, as
the command line does. The database is made once in the folder. `--program` is another checkout whose exports are
measured on the same database: of a release before this one, `--formats csv,zip`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
MAX_SECONDS = {"csv --tables wide": 10.0, "parquet": 10.0, "csv": 25.0}
MAX_MIB = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--responses", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "export-benchmark"))
    parser.add_argument("--program", type=Path, default=ROOT)
    parser.add_argument(
        "--formats", default="csv --tables wide,csv --tables long,csv,parquet --tables wide,parquet,zip"
    )
    options = parser.parse_args()
    data = options.folder / f"data-{options.responses}"
    if not (data / "complete").exists():
        shutil.rmtree(data, ignore_errors=True)
        prepare(data, options.responses)
    is_kept = True
    for format_ in options.formats.split(","):
        seconds, processor, mebibytes, size = measure(options.program, data, format_, options.folder / "out")
        is_kept &= seconds <= MAX_SECONDS.get(format_, seconds) and mebibytes <= MAX_MIB
        print(
            f"{format_:<22} {seconds:6.1f} s {processor:6.1f} s of processor {mebibytes:5.0f} MiB of memory"
            f" {size // 2**20:7,} MiB of files",
            flush=True,
        )
    return 0 if is_kept else 1


def measure(program: Path, data: Path, format_: str, out: Path) -> tuple[float, float, float, int]:
    """Seconds, those of the processor, the largest resident memory in MiB, and bytes written."""
    shutil.rmtree(out, ignore_errors=True)
    command = [program / ".venv/bin/python", "-m", "survey_server.cli", "export", "--round", "r1", "--out", out]
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, "--format", *format_.split()], cwd=program, env=os.environ | {"SURVEY_DATA_DIR": str(data)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.monotonic() - began
    if status:
        raise SystemExit(f"export --format {format_} failed")
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return taken, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, size


def prepare(data: Path, count: int) -> None:
    """Fill a database by its own storage, without the checks of receiving."""
    os.environ["SURVEY_DATA_DIR"] = str(data)
    from benchmarks.forty_questions import answers, source
    from survey_server.services.receiving.parse import UploadedRow
    from survey_server.settings import read_settings
    from survey_server.storage.database import open_database
    from survey_server.storage.migrate import migrate
    from tests.support.field import EXAMPLE, assign_also, body, prepare_field, surveyor_of
    from tests.support.receiving import receive

    data.mkdir(parents=True)
    database = open_database(read_settings())
    migrate(database)
    field = prepare_field(database, data)
    (data / "frameworks").mkdir()
    shutil.copy(EXAMPLE.parents[1] / "frameworks" / "example.yaml", data / "frameworks")
    (data / "forty_questions.yaml").write_text(source(), encoding="utf-8")
    assignment = assign_also(database, field, data / "forty_questions.yaml")
    rng = random.Random(1)
    for start in range(0, count, 500):
        rows = []
        for _ in range(min(500, count - start)):
            id_ = str(uuid.UUID(int=rng.getrandbits(128), version=4))
            sent = body(field, id=id_, questionnaire="forty_questions", assignment=assignment, answers=answers(rng))
            text = json.dumps(sent, ensure_ascii=False)
            rows.append(UploadedRow(id_, hashlib.sha256(text.encode()).hexdigest(), text))
        receive(database, surveyor_of(field), rows)
    database.close()
    (data / "complete").touch()


if __name__ == "__main__":
    sys.exit(main())
