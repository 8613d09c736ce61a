"""Run the long proofs and write what each showed, with its day and commit, into docs/proofs.md."""

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
PAGE = ROOT / "docs" / "proofs.md"
_HEAD = """# Proofs

`make prove` runs these at full size and writes this page; `make test` runs each at a tenth.
"""


def main() -> None:
    """Run, print as it goes, and write a proof's row only after a full run of it without a failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the full size")
    parser.add_argument("--only", default="", help="proofs whose names hold this word, such as mail")
    asked = parser.parse_args()
    share = asked.share
    for proof in [each for each in PROOFS if asked.only in each.__name__]:
        print(f"{proof.__name__.replace('_', ' ')} ...", flush=True)  # noqa: T201 - it says what it is doing
        started = time.monotonic()
        result = proof(share)
        said = (proof.__doc__ or "").splitlines()[0]
        print(f"  {result}", flush=True)  # noqa: T201 - and what it found
        if share == 1:
            took = f"{time.monotonic() - started:.0f} | {datetime.now(UTC).date()}, {_machine()}"
            PAGE.write_text(page(PAGE.read_text(), said, f"| {said} | {result} | {took} |"))


def page(before: str, said: str, row: str) -> str:
    """The page with the row of a proof in place of its older one, in the order of the proofs."""
    known = {line.split(" | ")[0].removeprefix("| "): line for line in before.splitlines() if line.startswith("| ")}
    known[said] = row
    order = [(proof.__doc__ or "").splitlines()[0] for proof in PROOFS]
    kept = [known[each] for each in order if each in known]
    return "\n".join([_HEAD, "| proof | result | seconds | run on |", "|---|---|---|---|", *kept]) + "\n"


def _machine() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    python = platform.python_version()
    return f"commit {commit.stdout.strip() or 'unknown'}, Python {python}, {os.cpu_count()} cores, {sys.platform}"


if __name__ == "__main__":
    main()
