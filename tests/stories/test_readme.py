"""The README's commands, run as a newcomer would: each line of its shell blocks is done here or by CI itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.browser.harness import free_port
from tests.conftest import missing

ROOT = Path(__file__).resolve().parents[2]
SMALL = "--customers 3 --months 2 --seed 1"
BY_CI = {"make test", "make check"}  # .ci/run is these two, in a clean clone


def shown() -> list[str]:
    """The commands in the README's shell blocks, without their comments."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def _environment(folder: Path) -> dict[str, str]:
    database = f"sqlite:///{folder / 'books.sqlite'}"
    return os.environ | {"LEDGERDESK_DATABASE_URL": database, "PYTHONPATH": str(ROOT)}


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=ROOT, env=_environment(folder), capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def _healthy(address: str, server: subprocess.Popen[str]) -> bool:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.3)
    return False


def _serves(command: list[str], folder: Path, port: int) -> bool:
    with subprocess.Popen(
        command, cwd=ROOT, env=_environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL, text=True, start_new_session=True,
    ) as server:  # fmt: skip
        try:
            return _healthy(f"http://127.0.0.1:{port}", server)
        finally:
            os.killpg(server.pid, 15)


def test_every_command_shown_is_run_somewhere() -> None:
    done_here = {"make", "make run", ".venv/bin/python -m services init --company company.toml"}
    served = {command for command in shown() if command.startswith(".venv/bin/uvicorn app:app")}
    settings = {command for command in shown() if command.startswith("export ")}
    assert set(shown()) - BY_CI - done_here - settings == served
    assert len(served) == 1


def test_make_alone_prints_the_targets(tmp_path: Path) -> None:
    assert "make run" in _run(["make"], tmp_path)


def test_make_run_fills_an_empty_database_and_serves(tmp_path: Path) -> None:
    if not (ROOT / ".venv").exists():
        missing("no .venv here: these tests were not started by make")
    port = free_port()
    command = ["make", "run", f"PORT={port}", f"DEMO={SMALL}"]
    assert _serves(command, tmp_path, port)
    told = _run([sys.executable, "-m", "services", "people", "list"], tmp_path)
    assert all(role in told for role in ("accounting", "manager", "support", "admin"))


def test_a_company_of_ones_own_begins_verifies_and_is_backed_up(tmp_path: Path) -> None:
    company = tmp_path / "company.toml"
    shutil.copy(ROOT / "data" / "demo_company.toml", company)
    services = [sys.executable, "-m", "services"]
    _run([*services, "init", "--company", str(company)], tmp_path)
    _run([*services, "people", "add", "Ada", "ada@ledgerdesk.example", "--role", "admin"], tmp_path)
    assert "RED" not in _run([*services, "verify"], tmp_path)
    _run([*services, "backup", str(tmp_path / "backup")], tmp_path)
    (tmp_path / "elsewhere").mkdir()
    shutil.move(tmp_path / "backup", tmp_path / "elsewhere" / "backup")
    assert "green" in _run([*services, "restore", str(tmp_path / "elsewhere" / "backup")], tmp_path / "elsewhere")


def test_uvicorn_serves_the_app(tmp_path: Path) -> None:
    services = [sys.executable, "-m", "services"]
    _run([*services, "init"], tmp_path)
    port = free_port()
    assert _serves([sys.executable, "-m", "uvicorn", "app:app", "--port", str(port)], tmp_path, port)
