"""Run every long proof and write what it showed, with the day and the machine, into docs/proofs.md."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.proofs.proofs import PROOFS

ROOT = Path(__file__).resolve().parents[2]
_HEAD = """# Proofs

`make prove` runs these at full size and writes this page; `make test` runs each at a tenth.
"""


def main() -> None:
    """Run, print as it goes, and write the page only after a full run without a failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the full size")
    share = parser.parse_args().share
    lines = [
        _HEAD,
        f"Run on {datetime.now(UTC).date()}, {_machine()}.\n",
        "| proof | result | seconds |",
        "|---|---|---|",
    ]
    for proof in PROOFS:
        print(f"{proof.__name__.replace('_', ' ')} ...", flush=True)  # noqa: T201 - it says what it is doing
        started = time.monotonic()
        result = proof(share)
        said = (proof.__doc__ or "").splitlines()[0]
        lines.append(f"| {said} | {result} | {time.monotonic() - started:.0f} |")
        print(f"  {result}", flush=True)  # noqa: T201 - and what it found
    if share == 1:
        (ROOT / "docs" / "proofs.md").write_text("\n".join(lines) + "\n")


def _machine() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    python = platform.python_version()
    return f"commit {commit.stdout.strip() or 'unknown'}, Python {python}, {os.cpu_count()} cores, {sys.platform}"


if __name__ == "__main__":
    main()
