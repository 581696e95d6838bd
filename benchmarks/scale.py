"""How long the tally of a round takes, and how much memory, by its number of responses.

    python benchmarks/scale.py [--responses 10000,100000,1000000] [--leaves 700] [--folder FOLDER]
                               [--workers N] [--only tally,duckdb,cluster] [--results FILE] [--curves docs/scale.svg]

Makes Parquet exports of a questionnaire of forty questions (kept in the folder for the next run), and tallies each in a
process of its own: with one process, with DuckDB (the same groups, of the same files; where duckdb is not installed it
says so), and with `--workers` on a Dask cluster of that many processes. A million and more lie in parts of 131,072
responses; from the ninth on they are copies of the first eight. `--curves` draws what was measured, in this run and in
those before with the same `--results`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
MAX_RATIO, MAX_MIB = 3.0, 2048  # of a million responses, against DuckDB's time
PART_ROWS = 1 << 17
DIFFERENT_PARTS = 8  # a million; the parts of larger rounds are copies of these
DRAWN = 20_000  # different answers; the rows of larger rounds repeat them


def prepare(data: Path, count: int, leaves: int) -> None:
    """A dataset whose answers are drawn and whose rows are written by the export's own functions."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from survey_server.pipeline.export.columns import TYPED_CELLS
    from survey_server.pipeline.export.envelope import ENVELOPE, PLACES
    from survey_server.pipeline.export.parquet_file import ParquetFile
    from survey_server.pipeline.export.wide_tables import unite_questions

    questionnaire = load(data)
    united = unite_questions({"1": questionnaire}, TYPED_CELLS)
    table = ParquetFile(data / "drawn", (*ENVELOPE, *PLACES, *united.columns))
    rng = random.Random(1)
    for number in range(DRAWN):
        table.add_row([*envelope(number), *("Xã", "Huyện", "Tỉnh"), *united.make["1"](answers_on_route(rng))])
    table.close()
    drawn = pq.read_table(data / "drawn.parquet")
    (data / "drawn.parquet").unlink()
    communes = [f"VN/{k % 63:02}/{k % 700:03}/{k:05}" for k in range(leaves)]
    numpy_rng = np.random.default_rng(1)
    folder = data / "forty_questions.parquet"
    folder.mkdir()
    for part, start in enumerate(range(0, count, PART_ROWS)):
        size = min(PART_ROWS, count - start)
        if part >= DIFFERENT_PARTS and size == PART_ROWS:
            shutil.copy(folder / f"{part % DIFFERENT_PARTS:04}.parquet", folder / f"{part:04}.parquet")
            continue
        rows = drawn.take(pa.array(numpy_rng.integers(0, DRAWN, size)))
        codes = pa.DictionaryArray.from_arrays(pa.array(numpy_rng.integers(0, leaves, size), pa.int32()), communes)
        ids = pa.array([f"{start + k:08x}-0000-4000-8000-000000000000" for k in range(size)])
        for name, column in (("locality", codes), ("id", ids)):
            rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
        pq.write_table(rows, folder / f"{part:04}.parquet", compression="zstd", row_group_size=table._group)
    write_others(data, questionnaire, communes, folder)
    (data / "complete").touch()


def load(data: Path) -> Any:
    """The questionnaire, a question of each part rated for an indicator."""
    from benchmarks.forty_questions import source
    from survey_server.questionnaire.load import load_questionnaire

    shutil.rmtree(data, ignore_errors=True)
    (data / "asked").mkdir(parents=True)
    shutil.copytree(ROOT / "questionnaires" / "frameworks", data / "asked" / "frameworks")
    text = source()
    for part in range(5):
        asked = f"name: rated_{part}, type: select_one,"
        assert asked in text
        text = text.replace(asked, f"{asked} task: task1, indicator: party_awareness,")
    (data / "asked" / "forty_questions.yaml").write_text(text, encoding="utf-8")
    return load_questionnaire(data / "asked" / "forty_questions.yaml")


def answers_on_route(rng: random.Random) -> dict[str, Any]:
    from benchmarks.forty_questions import answers
    from survey_server.pipeline.export.question_columns import NOT_ASKED

    given = answers(rng)
    return {f"why_{part}": NOT_ASKED for part in range(5)} | given


def envelope(number: int) -> list[Any]:
    from survey_server.pipeline.export.envelope import ENVELOPE

    known = {
        "id": str(number), "questionnaire": "forty_questions", "version": "1", "evidence": "visit",
        "respondent": "organisation", "locality": "VN", "state": "submitted", "weight": 1.0, "weights_version": 0,
        "stratum": "", "cluster": "", "simulated": False, "late": number % 9 == 0, "n_problems": 0, "training": False,
        "received_at": "2012-06-05T03:00:00Z",
    }  # fmt: skip
    return [known.get(column.name) for column in ENVELOPE]


def write_others(data: Path, questionnaire: Any, communes: list[str], folder: Path) -> None:
    """What a dataset holds besides the wide table."""
    import pyarrow as pa
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    from survey_server.pipeline.export.envelope import ENVELOPE
    from survey_server.questionnaire.codebook import codebooks, framework_json

    contents = {
        "framework.json": framework_json(questionnaire.framework),
        "codebook.json": codebooks([questionnaire]),
        "cut.json": {"revision": 0, "time": "2012-06-05T03:00:00Z", "provisional": True},
        "round.json": {
            "code": "r1", "name": {"vi": "Đợt", "en": "Round"}, "simulated": True, "suppress_below": 10, "expected": [],
        },
    }  # fmt: skip
    for name, content in contents.items():
        (data / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    paths = sorted({"/".join(path.split("/")[:depth]) for path in communes for depth in range(1, 5)})
    levels = ("country", "province", "district", "commune")
    table = {
        "path": paths,
        "level": [levels[path.count("/")] for path in paths],
        "code": [path.rpartition("/")[2] for path in paths],
        "name": paths,
        "kind": ["Đơn vị"] * len(paths),
        "lat": pa.nulls(len(paths), pa.float64()),
        "lon": pa.nulls(len(paths), pa.float64()),
    }
    pq.write_table(pa.table(table), data / "localities.parquet")
    names = [column.name for column in ENVELOPE]
    scanner = ds.dataset(folder, format="parquet").scanner(columns=names)
    with pq.ParquetWriter(data / "responses.parquet", scanner.projected_schema) as writer:
        for batch in scanner.to_batches():
            writer.write_batch(batch)


def tally_here(data: Path) -> None:
    """Loads the dataset and tallies it; prints a digest of all leaves."""
    import hashlib

    from analysis.dataset import load_dataset, tally_dataset

    leaves = tally_dataset(load_dataset(data)).leaves
    digest = hashlib.sha256("".join(leaves[leaf].to_json() for leaf in sorted(leaves)).encode())
    print(
        json.dumps({"leaves": len(leaves), "n": sum(each.n for each in leaves.values()), "digest": digest.hexdigest()})
    )


def tally_in_duckdb(data: Path) -> None:
    """The same groups: by leaf the counts of each choice and reason, n, Σ and Σ² of each number, n of each text, the
    moments of the task's score, and people by rating. Its sums are doubles and not exact."""
    import duckdb

    leaf = "locality, questionnaire, version, evidence, state, stratum, cluster, weights_version"
    columns = ["count(*)", "count(*) FILTER (late)", "count(*) FILTER (simulated)"]
    codes = ("clear", "some", "little", "none")
    scores = dict(zip(codes, (100, 67, 33, 0), strict=True))
    for part in range(5):
        rated, ticked = f"rated_{part}", f"ticked_{part}"
        columns += [f"count(*) FILTER ({rated} = '{code}')" for code in codes]
        columns += [f"count(*) FILTER (\"{rated}.missing\" = '{code}')" for code in ("dont_know", "not asked")]
        columns += [f'count(*) FILTER ("{ticked}/{code}")' for code in codes]
        columns.append(f"count(*) FILTER (\"{ticked}.missing\" = 'dont_know')")
        for kind in ("counted", "measured", "doubled"):
            name = f"{kind}_{part}"
            columns += [f"count({name})", f"sum({name})", f"sum({name} * {name}::DOUBLE)"]
            columns.append(f"count(*) FILTER (\"{name}.missing\" = 'not asked')")
        for kind in ("why", "held", "noted"):
            columns += [f"count({kind}_{part})", f"count(*) FILTER (\"{kind}_{part}.missing\" = 'not asked')"]
    for code in codes:
        given = " OR ".join(f"rated_{part} = '{code}'" for part in range(5))
        columns.append(f"count(*) FILTER ({given})")
    columns += ["count(y)", "sum(weight)", "sum(weight * y)", "sum(weight * y * y)"]
    columns += ["sum(weight * weight)", "sum(weight * weight * y)", "sum(weight * weight * y * y)"]
    cases = [
        "CASE rated_{} {} END".format(part, " ".join(f"WHEN '{code}' THEN {score}.0" for code, score in scores.items()))
        for part in range(5)
    ]
    answered = " + ".join(f"(({each}) IS NOT NULL)::INT" for each in cases)
    total = " + ".join(f"coalesce({each}, 0.0)" for each in cases)
    y = f"CASE WHEN 2 * ({answered}) >= 5 THEN ({total}) / ({answered}) END"
    source = f"SELECT *, {y} AS y FROM read_parquet('{data}/forty_questions.parquet/*.parquet')"
    rows = duckdb.sql(f"SELECT {leaf}, {', '.join(columns)} FROM ({source}) GROUP BY {leaf}").fetchall()
    print(json.dumps({"leaves": len(rows), "n": sum(row[8] for row in rows)}))


MEASURED = {"tally": tally_here, "duckdb": tally_in_duckdb}


def measure(data: Path, name: str) -> dict[str, Any]:
    """Seconds, those of the processor, and the largest resident memory in MiB of a process that does it."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, __file__, "--measure", name, "--folder", data], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    said, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.monotonic() - began
    if b"No module named 'duckdb'" in errors:
        return {"note": "duckdb is not installed; compare after: uv pip install duckdb"}
    if status:
        raise SystemExit(errors.decode())
    processor = usage.ru_utime + usage.ru_stime
    return {"seconds": taken, "processor": processor, "mebibytes": usage.ru_maxrss / 1024, **json.loads(said)}


def measure_cluster(data: Path, workers: int) -> dict[str, Any]:
    """Seconds on a cluster of processes on this machine that is up, and the largest memory of a worker."""
    import hashlib

    from dask.distributed import LocalCluster

    from analysis.cluster import tally_on_cluster
    from analysis.dataset import load_dataset

    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0") as cluster:
        began = time.monotonic()
        leaves = tally_on_cluster(load_dataset(data), cluster.scheduler_address).leaves
        taken = time.monotonic() - began
        pids = [each.pid for each in cluster.workers.values()]
        memory = max(high_water(pid) for pid in pids)
    digest = hashlib.sha256("".join(leaves[leaf].to_json() for leaf in sorted(leaves)).encode())
    return {"seconds": taken, "mebibytes": memory, "leaves": len(leaves), "digest": digest.hexdigest()}


def high_water(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def report(row: dict[str, Any]) -> None:
    named = f"{row['responses']:>11,} responses  {row['with']:<10}"
    if "note" in row:
        print(named, row["note"], flush=True)
        return
    processor = f"{row['processor']:7.1f} s of processor" if "processor" in row else " " * 22
    print(
        f"{named} {row['seconds']:7.1f} s {processor} {row['mebibytes']:6.0f} MiB {row['leaves']:6,} leaves",
        row.get("digest", "")[:12],
        flush=True,
    )


def is_kept(measured: list[dict[str, Any]]) -> bool:
    """Whether a million stays within the promised time and memory, and all ways give the same numbers."""
    kept = True
    for row in measured:
        others = [each for each in measured if each["responses"] == row["responses"] and "seconds" in each]
        digests = {each["digest"] for each in others if "digest" in each}
        kept &= len(digests) == 1
        if row["with"] == "tally" and row["responses"] == 1_000_000:
            kept &= row["mebibytes"] <= MAX_MIB
            for other in others:
                if other["with"] == "duckdb":
                    ratio = row["seconds"] / other["seconds"]
                    print(f"a million responses: {ratio:.1f} times DuckDB's time")
                    kept &= ratio <= MAX_RATIO
    return kept


def draw(measured: list[dict[str, Any]], path: Path) -> None:
    """Time and memory against the number of responses."""
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams["svg.hashsalt"] = "scale"
    figure = Figure(figsize=(8, 3.4), layout="constrained")
    axes = figure.subplots(1, 2)
    for name in dict.fromkeys(row["with"] for row in measured if "seconds" in row):
        rows = [row for row in measured if row["with"] == name and "seconds" in row]
        for each, key in zip(axes, ("seconds", "mebibytes"), strict=True):
            each.plot([row["responses"] for row in rows], [row[key] for row in rows], marker="o", label=name)
    axes[0].set_yscale("log")
    axes[1].set_ylim(bottom=0)
    for each, title in zip(axes, ("Time (s)", "Memory of a process (MiB)"), strict=True):
        each.set(xscale="log", xlabel="Responses", title=title)
        each.grid(True, which="both", alpha=0.3)
    axes[0].legend()
    figure.savefig(path, metadata={"Date": None})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--responses", default="10000,100000,1000000")
    parser.add_argument("--leaves", type=int, default=700)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "scale-benchmark"))
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--only", default="tally,duckdb,cluster", help="what of these to measure")
    parser.add_argument("--results", type=Path, help="a file to which what was measured is added, and drawn from")
    parser.add_argument("--curves", type=Path)
    parser.add_argument("--measure", choices=["prepare", *MEASURED], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure == "prepare":
        count = int(options.responses)
        prepare(options.folder / f"{count}-{options.leaves}", count, options.leaves)
        return 0
    if options.measure:
        MEASURED[options.measure](options.folder)
        return 0
    measured: list[dict[str, Any]] = []
    for count in map(int, options.responses.split(",")):
        data = options.folder / f"{count}-{options.leaves}"
        if not (data / "complete").exists():
            # In a process of its own, whose memory those that are measured would be said to have had.
            made = [sys.executable, __file__, "--responses", str(count), "--leaves", str(options.leaves)]
            subprocess.run([*made, "--folder", options.folder, "--measure", "prepare"], check=True)
        for name in sorted({*options.only.split(",")} - {"cluster"}, reverse=True):
            row = {"responses": count, "with": name, **measure(data, name)}
            measured.append(row)
            report(row)
        if options.workers and "cluster" in options.only:
            row = {"responses": count, "with": f"{options.workers} workers", **measure_cluster(data, options.workers)}
            measured.append(row)
            report(row)
    if options.results:
        options.results.parent.mkdir(parents=True, exist_ok=True)
        with options.results.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in measured)
    if options.curves:
        rows = options.results.read_text(encoding="utf-8").splitlines() if options.results else []
        draw([json.loads(row) for row in rows] or measured, options.curves)
    return 0 if is_kept(measured) else 1


if __name__ == "__main__":
    sys.exit(main())
