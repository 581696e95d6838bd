#!/usr/bin/env python3
"""One command to start: sets up .venv, prepares the demo if there is none, and serves it.

    python3 run.py                       the demo at http://127.0.0.1:8000
    python3 run.py --port N --data-dir D the same elsewhere
    python3 run.py setup                 installs without serving
    python3 run.py setup --dev           installs what the tests need too
    python3 run.py test [ARGUMENTS]      installs what the tests need and runs them all (or as pytest is told)
    python3 run.py test --long           the same, with the tests marked `long` at their full size

Only the standard library is used here: nothing is installed yet when it runs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
# In the order of the files: put in order of their tests' number, the few long journeys would come last, one alone.
ALL_TESTS = ["-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
MIGRATIONS = ROOT / "survey_server" / "storage" / "migrations" / "versions"
OLDEST = (3, 11)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", nargs="?", choices=["serve", "setup", "test"], default="serve")
    parser.add_argument("--port", help="port of the server (default: SURVEY_PORT or 8000)")
    parser.add_argument("--data-dir", help="folder of the data (default: SURVEY_DATA_DIR or var)")
    parser.add_argument("--dev", action="store_true", help="with setup: also install what the tests need")
    parser.add_argument("--long", action="store_true", help="with test: tests marked `long` at their full size")
    options, rest = parser.parse_known_args()
    if options.verb != "test" and (rest or options.long):
        parser.error(f"unknown: {' '.join(rest) or '--long'}")
    if options.dev and options.verb != "setup":
        parser.error("--dev goes with setup")
    if sys.version_info < OLDEST:
        return complain(f"Python {'.'.join(map(str, OLDEST))} or later is needed; run this with: python3.11 run.py")
    set_variables(options)
    try:
        if options.verb == "test":
            install("test")
            return run_tests(rest)
        install("test" if options.dev else "postgres,parquet")
        return 0 if options.verb == "setup" else serve()
    except subprocess.CalledProcessError as error:
        return complain(f"this command failed: {' '.join(map(str, error.cmd))}")
    except KeyboardInterrupt:
        return 130


def set_variables(options: argparse.Namespace) -> None:
    if options.port:
        os.environ["SURVEY_PORT"] = options.port
    if options.long:
        os.environ["SURVEY_TEST_LONG"] = "1"
    os.environ["SURVEY_DATA_DIR"] = str(Path(options.data_dir or os.environ.get("SURVEY_DATA_DIR") or ROOT / "var"))


def install(extra: str) -> None:
    """Install the project with `extra`; nothing is done where the same was installed before."""
    stamp = VENV / f"installed-{extra}"
    wanted = fingerprint()
    if PYTHON.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    say("Installing (the first time takes a minute or two) …")
    uv = shutil.which("uv")
    if not PYTHON.exists():
        make_environment(uv)
    command = [uv, "pip", "install", "-q", "-p", PYTHON] if uv else [PYTHON, "-m", "pip", "install", "-q"]
    subprocess.run([*command, "-c", ROOT / "constraints.txt", "-e", f"{ROOT}[{extra}]"], check=True)
    stamp.write_text(wanted, encoding="ascii")


def make_environment(uv: str | None) -> None:
    if uv:
        subprocess.run([uv, "venv", "-q", "--allow-existing", "-p", sys.executable, VENV], check=True)
        return
    try:
        venv.create(VENV, with_pip=True)
    except (subprocess.CalledProcessError, ImportError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SystemExit(
            complain("this Python has no venv module with pip; on Debian or Ubuntu: sudo apt install python3-venv")
        ) from error


def fingerprint() -> str:
    """Changes whenever what is to be installed changes."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def serve() -> int:
    """Prepare the data directory where that was not done, or by an older program; then serve in the foreground."""
    command = [PYTHON, "-m", "survey_server.cli"]
    prepare([*command, "init"], Path(os.environ["SURVEY_DATA_DIR"]))
    if os.name == "posix":  # become the server: a signal to this process is one to it
        os.execv(PYTHON, [str(part) for part in (*command, "serve")])
    return subprocess.run([*command, "serve"]).returncode


def prepare(init: list[str | Path], data: Path) -> None:
    """The demo goes into an empty directory only; another's tables are brought up to date."""
    stamp = data / "migrated"
    wanted = max(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))
    is_empty = not (data / "prepared").exists()
    if is_empty or not stamp.exists() or stamp.read_text(encoding="ascii") != wanted:
        subprocess.run([*init, "--demo"] if is_empty else init, check=True)
        stamp.write_text(wanted, encoding="ascii")


def run_tests(arguments: list[str]) -> int:
    fetch_browser()
    return subprocess.run([PYTHON, "-m", "pytest", *(arguments or ALL_TESTS)], cwd=ROOT).returncode


def fetch_browser() -> None:
    """Ask Playwright for its Chromium where the system has none; a test that finds none fails and says so."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    if os.environ.get("SURVEY_CHROME") or any(map(shutil.which, names)):
        return
    say("Asking Playwright for Chromium …")
    if subprocess.run([PYTHON, "-m", "playwright", "install", "chromium"]).returncode:
        complain("no browser for the tests; on Debian: sudo apt install chromium, or set SURVEY_CHROME")


def say(text: str) -> None:
    print(text, flush=True)


def complain(text: str) -> int:
    print(f"run.py: {text}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
