"""How fast usage is imported: a million rows against a bare batched insert of the same rows into the same table.

Both run in this process, one after the other, on fresh books of SQLite or PostgreSQL: the import reads, checks, adds up
and posts an entry for each customer, day and product; the bare insert is given its rows ready-made and only writes
them, in batches. Prints a row of a table for few customers and one for many, whose same rows need many more entries.
Beside the share of its speed on the clock stands the share in processor time, for a machine with other work to do.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import create_engine

from services.access.model import SYSTEM
from services.db.engine import Database
from services.usage.importing import import_usage
from services.usage.keeping import COLUMNS
from services.wiring.schema import upgrade
from tests.builders import customers
from tests.postgres import find_server

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
DAYS, BATCH = 31, 20_000
PRODUCTS = ("sms",) * 8 + ("mms", "voice")
COUNTRIES = ("AU",) * 8 + ("NZ", "GB")
HEADER = (
    "external_id,customer,sub_account,product,direction,sent_at,country,quantity,parts,unit_price,price,carrier_fee,"
    "currency,status,own_number,recipient\n"
)


def write_file(path: Path, rows: int, payers: int) -> None:
    """Write a usage file of that many rows, the same every time."""
    rng = random.Random(1)  # noqa: S311 - a file to import, not a secret
    start = AT - timedelta(days=DAYS + 1)
    with path.open("w") as file:
        file.write(HEADER)
        for number in range(rows):
            sent = (start + timedelta(seconds=rng.randrange(DAYS * 86_400))).isoformat()
            parts = rng.choice((1, 1, 1, 2, 3))
            who = rng.randint(1, payers)
            file.write(
                f"{rng.getrandbits(64):016x}-{number:x},Customer {who},{rng.choice(('', 'shop', 'crm'))},"
                f"{rng.choice(PRODUCTS)},out,{sent},{rng.choice(COUNTRIES)},1,{parts},0.0792,"
                f"{parts * 792 / 10_000:.4f},0,AUD,delivered,+6148{who:07d},+614{rng.randrange(10**8):08d}\n"
            )


def empty_books(where: str, name: str, payers: int) -> Database:
    """Fresh books with the customers of the file, in a folder or on a server."""
    url = f"sqlite:///{Path(where) / name}.sqlite"
    if where.startswith("postgresql"):
        engine = create_engine(f"{where}/postgres".replace(":", "+psycopg:", 1), isolation_level="AUTOCOMMIT")
        with engine.connect() as conn:
            conn.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        url = f"{where}/{name}"
    database = Database(url, timezone=ZoneInfo("Australia/Sydney"))
    upgrade(database)
    customers(database, payers, at=AT)
    return database


class Stopwatch:
    """Seconds on the clock and of the processor, added up over every block it is held for."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.seconds = [0.0, 0.0]

    def __enter__(self) -> None:
        """Start."""
        self._began = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.seconds[0] += time.perf_counter() - self._began[0]
        self.seconds[1] += time.process_time() - self._began[1]


def imported(folder: Path, where: str, rows: int, payers: int) -> dict[str, Any]:
    """Seconds one import takes, its journal entries, and the most memory this process ever held (MiB)."""
    database = empty_books(where, "imported", payers)
    with (watch := Stopwatch()), database.write(at=AT) as tx:
        done = import_usage(tx, by=SYSTEM, file=folder / "usage.csv", name="usage.csv")
    assert (done.rows_good, done.rows_bad) == (rows, 0), done.bad_rows[:3]
    database.close()
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"import": watch.seconds, "entries": done.entries, "memory": held}


def inserted(where: str, payers: int) -> list[float]:
    """Seconds a bare batched insert of the same rows takes, in one transaction too; reading them is not counted."""
    database = empty_books(where, "bare", payers)
    mark = "?" if database.is_sqlite else "%s"
    marks = ", ".join([mark] * len(COLUMNS.split(",")))
    statement = f"INSERT INTO usage_record ({COLUMNS}) VALUES ({marks})"
    watch = Stopwatch()
    with database.write(at=AT) as tx:
        tx.conn.exec_driver_sql(_IMPORT.format(mark), (AT.isoformat(),))
        for batch in _stored(where):
            with watch:
                tx.conn.exec_driver_sql(statement, batch)
        watch.__enter__()
    watch.__exit__()  # the commit
    database.close()
    return watch.seconds


_IMPORT = """INSERT INTO usage_import (source, file_name, sha256, format, status, rows_good, rows_bad, rows_repeated,
rows_late, imported_at, imported_by) VALUES ('file', 'usage.csv', '', 'csv', 'imported', 0, 0, 0, 0, {}, 'bench')"""


def _stored(where: str) -> Iterator[list[Any]]:
    """The rows the import kept, in batches."""
    query = f"SELECT {COLUMNS} FROM usage_record ORDER BY id"
    if where.startswith("postgresql"):
        with psycopg.connect(f"{where}/imported") as conn, conn.cursor(name="stored") as rows:
            rows.execute(query)
            while found := rows.fetchmany(BATCH):
                yield found
        return
    kept = sqlite3.connect(Path(where) / "imported.sqlite").execute(query)
    while batch := kept.fetchmany(BATCH):
        yield batch


def in_fresh_process(rows: int, payers: int, *, postgresql: bool) -> dict[str, Any]:
    """Write the file, then run both in one fresh process, whose memory is that of the import."""
    with tempfile.TemporaryDirectory() as folder, find_server() if postgresql else nullcontext(folder) as where:
        if where is None:
            sys.exit("There is no PostgreSQL server: install one, or name it in LEDGERDESK_TEST_POSTGRES.")
        write_file(Path(folder) / "usage.csv", rows, payers)
        command = [sys.executable, "-m", "tests.benchmarks.usage", "--rows", str(rows), "--run", folder]
        command += ["--where", where, "--customers", str(payers)]
        found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(found))


def main() -> None:
    """Measure for each number of customers and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, nargs="+", default=[200, 2_000])
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--where", default="", help=argparse.SUPPRESS)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL server instead of SQLite files")
    chosen = parser.parse_args()
    if chosen.run:
        found = imported(chosen.run, chosen.where, chosen.rows, chosen.customers[0])
        print(json.dumps(found | {"bare": inserted(chosen.where, chosen.customers[0])}))
        return
    kind = "PostgreSQL" if chosen.postgresql else "SQLite"
    print(
        f"| {kind}, CSV, {DAYS} days: customers | rows | entries | import | bare insert | share of its speed (bar 0.50)"
        " | in processor time | peak memory (bar 600 MiB) |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    for payers in chosen.customers:
        found = in_fresh_process(chosen.rows, payers, postgresql=chosen.postgresql)
        (took, work), (bare, bare_work) = found["import"], found["bare"]
        print(
            f"| {payers:,} | {chosen.rows:,} | {found['entries']:,} | {took:.1f} s | {bare:.1f} s | {bare / took:.2f} |"
            f" {bare_work / work:.2f} | {found['memory']} MiB |",
            flush=True,
        )


if __name__ == "__main__":
    main()
