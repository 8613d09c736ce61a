"""Print the table of speeds: posting, the trial balance against hledger, screens over the floor, memory a session."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine, text

from services.db.engine import Database
from services.wiring.schema import upgrade
from tests.benchmarks.forecasting import back_test_rows
from tests.benchmarks.posting import posting_rows, trial_balance_rows
from tests.benchmarks.records import add_records, query_rows
from tests.benchmarks.screens import Company, measure
from tests.browser.harness import ROOT
from tests.conftest import SYDNEY
from tests.postgres import find_server

SMALL = 100_000


def table(title: str, heads: Iterable[object], rows: Iterable[Iterable[object]]) -> None:
    """Print rows as Markdown, ready for docs/benchmarks.md."""
    print(f"\n### {title}\n")
    cells = [[str(cell) for cell in heads], *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    for index, row in enumerate(cells):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if index == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    sys.stdout.flush()


def built(folder: Path, postings: int, keep: Path | None, records: int = 0) -> Company:
    """A demo company of so many postings and records, kept between runs when a folder for that is given."""
    path = (keep or folder) / (f"demo-{postings}-{records}.sqlite" if records else f"demo-{postings}.sqlite")
    url = f"sqlite:///{path}"
    if not path.exists():
        size = [
            "--customers",
            str(max(200, postings // 4000)),
            "--months",
            "18",
            "--seed",
            "1",
            "--postings",
            str(postings),
        ]
        command = [sys.executable, "-m", "services", "demo", *size]
        subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"LEDGERDESK_DATABASE_URL": url})
        if records:
            add_records(Database(url, timezone=SYDNEY), records, folder)
    name = f"{postings:,} postings" + (f", {records:,} records" if records else "")
    return Company(name, url, Database(url, timezone=SYDNEY))


def posting(folder: Path, entries: int) -> None:
    """The two tables of the ledger itself."""
    books = Database(f"sqlite:///{folder / 'posting.sqlite'}", timezone=SYDNEY)
    upgrade(books)
    rows = posting_rows(books, "SQLite", entries=entries)
    with find_server() as url:
        if url:
            engine = create_engine(
                f"{url}/postgres".replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
            )
            with engine.connect() as conn:
                conn.execute(text("CREATE DATABASE bench"))
            engine.dispose()
            there = Database(f"{url}/bench", timezone=SYDNEY)
            upgrade(there)
            rows += posting_rows(there, "PostgreSQL (fsync off)", entries=entries)
            there.close()
    table("Posting", ("Database", "How", "Postings", "Postings a second"), rows)
    if shutil.which("hledger"):
        title = f"Trial balance of the same journal, {2 * entries:,} postings"
        table(title, ("Program", "Time", ""), trial_balance_rows(books, folder))
    books.close()


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postings", type=int, default=5_000_000, help="size of the large company")
    parser.add_argument("--records", type=int, default=0, help="message records beside them in the large company")
    parser.add_argument("--entries", type=int, default=100_000, help="journal entries of the posting runs")
    parser.add_argument("--only", choices=["posting", "screens", "usage"])
    parser.add_argument("--keep", type=Path, help="folder for the built companies, to build them once")
    chosen = parser.parse_args()
    print(f"Load at the start: {' '.join(f'{load:.1f}' for load in os.getloadavg())} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if chosen.only in {None, "posting"}:
            posting(folder, chosen.entries)
        if chosen.only != "posting":
            large = built(folder, chosen.postings, chosen.keep, chosen.records)
            if chosen.records:
                table(f"Usage queries alone, {large.name}", ("Query", "Period", "ms"), query_rows(large.database))
            companies = [built(folder, SMALL, chosen.keep), large]
            heads = ("Months", "Mean error", "of the straight line", "ratio", "inside the band")
            today = datetime.now(SYDNEY).date()
            table("A month forecast at its middle", heads, back_test_rows(companies[0].database, today=today))
            rows, memory = measure(companies, folder, "usage" if chosen.only == "usage" else None)
            heads = ("Screen", "Company", "ms", "ms over the floor", "times the floor", "kB sent", "")
            table("Screens, a script run", heads, rows)
            if memory:
                table("Memory", ("Company", "Sessions", "MiB before", "MiB a session"), memory)
    print(f"\nLoad at the end: {' '.join(f'{load:.1f}' for load in os.getloadavg())}")


if __name__ == "__main__":
    main()
