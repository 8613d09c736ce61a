"""Each table of speeds can still be made: at a size that measures nothing, so that a changed schema breaks it here."""

from __future__ import annotations

import subprocess
import sys

import pytest

from services.settings import ROOT

SMALL = {
    "usage": ["--rows", "400", "--customers", "5"],
    "search": ["--customers", "60", "--times", "2", "--only", "SQLite"],
    "cards": ["--charges", "5"],
    "monthly": ["--commitments", "20", "--only", "SQLite"],
    "__main__": ["--only", "posting", "--entries", "200"],
}


@pytest.mark.parametrize("name", SMALL)
def test_a_bench_prints_its_table(name: str) -> None:
    module = "tests.benchmarks" if name == "__main__" else f"tests.benchmarks.{name}"
    command = [sys.executable, "-m", module, *SMALL[name]]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "\n| " in done.stdout
