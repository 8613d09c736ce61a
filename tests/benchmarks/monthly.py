"""The monthly run: as many invoices in arrears as there are commitments, beside issuing as many ordinary ones singly.

The ratio of both, taken in one process on the same books, means the same on a slow machine; the seconds of the clock
are what the bar of a minute is about. Prints one row of a table a database.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, func, select

from services.access.model import SYSTEM
from services.customers import queries as customers
from services.customers.tables import customer
from services.db.engine import Database
from services.invoices.tables import invoice
from services.jobs.running import run_due
from services.wiring.schema import upgrade
from tests.committed import AT, MONTH, MONTHLY, committed
from tests.invoicing import issue
from tests.postgres import find_server


def billed(database: Database, commitments: int) -> tuple[float, float, int]:
    """Seconds of the clock and of this process that the whole run takes, and into how many batches it told itself."""
    committed(database, commitments)
    clock, own = time.perf_counter(), time.process_time()
    told = sum(1 for _ in run_due(database, by=SYSTEM, jobs=[MONTHLY], on=MONTH, at=AT))
    took = time.perf_counter() - clock, time.process_time() - own
    with database.read() as conn:
        made = conn.execute(select(func.count()).where(invoice.c.kind == "arrears")).scalar_one()
    assert made == commitments, made
    return *took, told


def issued(database: Database, count: int) -> float:
    """Seconds of the clock that as many ordinary invoices take, each issued by itself as a person does."""
    with database.read() as conn:
        prepaid = select(func.min(customer.c.id)).where(
            customer.c.billing_mode == "prepaid", customer.c.country == "AU"
        )
        buyer = customers.customer(conn, conn.execute(prepaid).scalar_one())
    began = time.perf_counter()
    for number in range(count):
        issue(database, buyer, "500.00", nonce=f"bench-{number}", at=AT)
    return time.perf_counter() - began


def row(kind: str, url: str, commitments: int) -> str:
    """Measure on empty books and give the row."""
    database = Database(url, timezone=ZoneInfo("Australia/Sydney"))
    upgrade(database)
    clock, own, told = billed(database, commitments)
    single = issued(database, commitments)
    database.close()
    return (
        f"| {kind} | {commitments:,} | {clock:.1f} | {own:.1f} | {told} |"
        f" {1000 * clock / commitments:.1f} | {1000 * single / commitments:.1f} | {clock / single:.2f} |"
    )


def main() -> None:
    """Measure on SQLite and, where there is a server, on PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commitments", type=int, default=2_000)
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"])
    asked = parser.parse_args()
    print("| monthly run | commitments | s | s of this process | steps told | ms each | ms an ordinary one | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    if asked.only != "PostgreSQL":
        with tempfile.TemporaryDirectory() as folder:
            print(row("SQLite", f"sqlite:///{Path(folder) / 'books.sqlite'}", asked.commitments), flush=True)
    if asked.only != "SQLite":
        with find_server() as url:
            if url:
                server = f"{url}/postgres".replace("postgresql:", "postgresql+psycopg:")
                engine = create_engine(server, isolation_level="AUTOCOMMIT")
                with engine.connect() as conn:
                    conn.exec_driver_sql("CREATE DATABASE monthly")
                engine.dispose()
                print(row("PostgreSQL (fsync off)", f"{url}/monthly", asked.commitments), flush=True)


if __name__ == "__main__":
    main()
