"""Millions of message records beside a company's postings, brought in by the import everybody uses; queries on them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet
from sqlalchemy import text

from services.access.model import SYSTEM
from services.db.engine import Database
from services.periods import Period, add_months
from services.usage import queries
from services.usage.importing import import_usage
from services.usage.model import Product

AT_ONCE = 250_000  # records a file: a transaction that large stays within what SQLite keeps in memory
SENDERS = 300  # customers that send them
DAYS = 60
PRODUCTS, SHARES = ("sms", "mms", "voice", "email"), (0.8, 0.05, 0.05, 0.1)
SUB_ACCOUNTS = ("", "shop", "crm", "alerts")
STATUSES = ("delivered",) * 9 + ("undelivered",)
ROUNDS = 5


def add_records(database: Database, records: int, folder: Path) -> None:
    """Import that many message records of the last sixty days, in files that each cover days of their own."""
    with database.read() as conn:
        chosen = "SELECT username, currency, country FROM customer ORDER BY id LIMIT :most"
        senders = [tuple(row) for row in conn.execute(text(chosen), {"most": SENDERS})]
    today = datetime.now(UTC).astimezone(database.timezone).date()
    for file in _files(records, today):
        path = folder / "records.parquet"
        parquet.write_table(_table(file, senders), path)
        began = time.perf_counter()
        with database.write() as tx:
            done = import_usage(tx, by=SYSTEM, file=path, name=f"records-{file.number}.parquet")
        assert (done.rows_good, done.rows_bad) == (file.rows, 0), done.bad_rows[:3]
        took = time.perf_counter() - began
        print(f"{file.rows:,} records, {done.entries:,} entries: {took:.0f} s", file=sys.stderr)


@dataclass(frozen=True)
class _File:
    """One of the files: which days it covers and how many rows it has."""

    number: int
    first: date
    days: int
    rows: int


def _files(records: int, today: date) -> Iterator[_File]:
    """The files, oldest first: a day is in one of them only, so that it is posted once."""
    files = -(-records // AT_ONCE)
    for number in range(files):
        start, end = DAYS * number // files, DAYS * (number + 1) // files
        rows = records // files + (number < records % files)
        yield _File(number, today - timedelta(days=DAYS - start), end - start, rows)


def _table(file: _File, senders: list[tuple[Any, ...]]) -> pa.Table:
    """A usage file's rows in the order they were sent, the same every time."""
    rng, rows = np.random.default_rng(file.number), file.rows
    who = rng.integers(0, len(senders), rows)
    start = int(datetime.combine(file.first, time_of_day(2), UTC).timestamp())  # working hours in Australia
    sent = np.sort(start + rng.integers(0, file.days, rows) * 86_400 + rng.integers(0, 8 * 3_600, rows))
    parts = rng.choice(np.array([1, 1, 1, 2, 3]), rows)
    home = np.array([country for _name, _currency, country in senders])[who]
    own = np.array([f"+6148{each:07d}" if each % 3 else "" for each in range(len(senders))])[who]
    return pa.table(
        {
            "external_id": pa.array([f"bench-{file.number}-{each}" for each in range(rows)]),
            "customer": np.array([name for name, _currency, _country in senders])[who],
            "sub_account": np.array(SUB_ACCOUNTS)[rng.integers(0, len(SUB_ACCOUNTS), rows)],
            "product": rng.choice(np.array(PRODUCTS), rows, p=SHARES),
            "sent_at": pa.array(sent * 1_000_000, pa.timestamp("us", "UTC")),
            "country": np.where(rng.random(rows) < 0.9, home, "US"),
            "parts": parts,
            "price": pa.array([f"{each * 792 / 10_000:.4f}" for each in parts.tolist()]),
            "currency": np.array([currency for _name, currency, _country in senders])[who],
            "status": np.array(STATUSES)[rng.integers(0, len(STATUSES), rows)],
            "own_number": own,
            "recipient": pa.array([f"+61491570{each:03d}" for each in rng.integers(0, 1_000, rows).tolist()]),
        }
    )


def query_rows(database: Database) -> list[tuple[object, ...]]:
    """Rows of the table: milliseconds of each query of the Usage screen alone, over a month and a year."""
    today = datetime.now(UTC).astimezone(database.timezone).date()
    month = Period(today.replace(day=1), add_months(today.replace(day=1), 1))
    year = Period(add_months(month.starts_on, -11), month.ends_before)
    with database.read() as conn:
        busy = "SELECT customer_id FROM usage_sub_day GROUP BY 1 ORDER BY SUM(records) DESC, 1 LIMIT 1"
        one = conn.execute(text(busy)).scalar_one()
    rows = []
    for name, period in (("month", month), ("year", year)):
        for what, query in _questions(period, one).items():
            rows.append((what, name, f"{_milliseconds(database, query):.1f}"))
    return rows


def _questions(period: Period, one: int) -> dict[str, Callable[[Any], Any]]:
    last = {"page": 10**6, "size": 50}

    def deep(conn: Any) -> Any:
        total = queries.records_page(conn, period=period, size=1).total
        return queries.records_page(conn, period=period, page=max(total // 100, 1))

    return {
        "by product": lambda conn: queries.by_product(conn, period=period),
        "by country": lambda conn: queries.by_country(conn, period=period),
        "by day and product": lambda conn: queries.by_day(conn, period=period),
        "by month and product": lambda conn: queries.by_month(conn, period=period),
        "history": lambda conn: queries.history(conn, period=period),
        "sub-accounts, first page": lambda conn: queries.sub_accounts_page(conn, period=period),
        "posted rows, first page": lambda conn: queries.page(conn, period=period),
        "posted rows, last page": lambda conn: queries.page(conn, period=period, **last),
        "messages, first page": lambda conn: queries.records_page(conn, period=period),
        "messages, middle page (and a first)": deep,
        "messages of a product": lambda conn: queries.records_page(conn, period=period, product=Product.MMS),
        "messages to a country": lambda conn: queries.records_page(conn, period=period, country="US"),
        "one customer, by product": lambda conn: queries.by_product(conn, period=period, customer_id=one),
        "one customer, history": lambda conn: queries.history(conn, period=period, customer_id=one),
        "one customer, sub-accounts": lambda conn: queries.sub_accounts_page(conn, period=period, customer_id=one),
        "one customer, messages": lambda conn: queries.records_page(conn, period=period, customer_id=one),
        "one customer, page 20": lambda conn: queries.records_page(conn, period=period, customer_id=one, page=20),
        "one sub-account, messages": lambda conn: queries.records_page(
            conn, period=period, customer_id=one, sub_account="shop"
        ),
        "one sub-account, by product": lambda conn: queries.by_product(
            conn, period=period, customer_id=one, sub_account="shop"
        ),
    }


def _milliseconds(database: Database, query: Callable[[Any], Any]) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with database.read() as conn:
            query(conn)
        taken.append(time.perf_counter() - began)
    return 1000 * median(taken)
