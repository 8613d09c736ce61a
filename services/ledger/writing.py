"""The rows of a batch of journal entries, and the quickest safe way to write them on each database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Connection

COPY_FROM = 40  # rows from which COPY beats statements on PostgreSQL

ENTRY_COLUMNS = (
    'id, kind, source, "key", request_hash, source_id, customer_id, period, effective_on, posted_at, guarded, '
    "reversal_of_id, actor_id, actor, memo"
)
POSTING_COLUMNS = "entry_id, seq, account_id, currency, amount, base_amount, account_version, balance_after"
DAY_COLUMNS = "account_id, day, kind, debit, credit, base_debit, base_credit, postings"
_ADD = ", ".join(
    f"{name} = account_day.{name} + excluded.{name}"
    for name in ("debit", "credit", "base_debit", "base_credit", "postings")
)
_UPSERT_DAY = f"ON CONFLICT (account_id, day, kind) DO UPDATE SET {_ADD}"


@dataclass(slots=True)
class Batch:
    """Everything one call of posting writes."""

    entries: list[tuple[Any, ...]] = field(default_factory=list)
    postings: list[tuple[Any, ...]] = field(default_factory=list)
    seals: list[tuple[int, int]] = field(default_factory=list)
    balances: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    days: dict[tuple[int, Any, str], list[int]] = field(default_factory=dict)

    def add_to_day(self, account_id: int, day: Any, kind: str, micros: int, base: int) -> None:
        """Count one posting into its account's daily roll-up."""
        total = self.days.setdefault((account_id, day, kind), [0, 0, 0, 0, 0])
        total[0 if micros > 0 else 1] += abs(micros)
        total[2 if base > 0 else 3] += abs(base)
        total[4] += 1


def next_ids(conn: Connection, count: int) -> Sequence[int]:
    """`count` fresh ids of journal entries; call it only while holding the writer's turn on SQLite."""
    if conn.dialect.name == "sqlite":
        first = int(asked(conn, "SELECT COALESCE(MAX(id), 0) + 1 FROM journal_entry")[0][0])
        return range(first, first + count)
    query = "SELECT nextval(pg_get_serial_sequence('journal_entry', 'id')) FROM generate_series(1, :one)"
    return sorted(row[0] for row in asked(conn, query, count))


def any_of(conn: Connection, column: str, name: str) -> str:
    """SQL for "column is one of the bound list", with one parameter however long the list; see `listed`."""
    if conn.dialect.name == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(:{name}))"  # noqa: S608 - constants only
    return f"{column} = ANY(:{name})"


def listed(conn: Connection, values: Iterable[Any]) -> Any:
    """The bound value that goes with `any_of`."""
    return json.dumps(list(values)) if conn.dialect.name == "sqlite" else list(values)


def load(conn: Connection, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write many new rows of a table; days as the database stores them, on SQLite as text."""
    if not rows:
        return
    if conn.dialect.name == "sqlite":
        statement = f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(rows[0]))})"  # noqa: S608 - constants only
        conn.exec_driver_sql(statement, list(rows))
    else:
        _load(conn, table, columns, rows)


def asked(conn: Connection, statement: str, *values: Any) -> Sequence[Any]:
    """The rows of a constant statement in the driver's own words, for what every posting asks.

    `:one` in it is a bound value and `:any` ("x :any") a bound list, see `listed`. SQLAlchemy takes several times as
    long to read a statement as the databases to answer it.
    """
    return conn.exec_driver_sql(_in_words_of(conn.dialect.name, statement), values).all()


@cache
def _in_words_of(dialect: str, statement: str) -> str:
    one, among = ("?", "IN (SELECT value FROM json_each(?))") if dialect == "sqlite" else ("%s", "= ANY(%s)")
    return statement.replace(":one", one).replace(":any", among)


def write(conn: Connection, batch: Batch) -> None:
    """Write headers, postings, balances, days and, last, the seals whose triggers check it all."""
    if conn.dialect.name == "sqlite":
        _write_sqlite(conn, batch)
    else:
        _write_postgres(conn, batch)


def _write_sqlite(conn: Connection, batch: Batch) -> None:
    def many(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            conn.exec_driver_sql(statement, list(rows))

    def values(count: int) -> str:
        return f"VALUES ({', '.join('?' * count)})"

    many(f"INSERT INTO journal_entry ({ENTRY_COLUMNS}) {values(15)}", batch.entries)
    many(f"INSERT INTO posting ({POSTING_COLUMNS}) {values(8)}", batch.postings)
    many(
        "UPDATE account_balance SET balance = ?, base_balance = ?, version = ? WHERE account_id = ?",
        [(*kept, account_id) for account_id, kept in batch.balances.items()],
    )
    many(f"INSERT INTO account_day ({DAY_COLUMNS}) {values(8)} {_UPSERT_DAY}", _day_rows(batch))
    many(f"INSERT INTO journal_seal (entry_id, postings) {values(2)}", batch.seals)


def _write_postgres(conn: Connection, batch: Batch) -> None:
    _load(conn, "journal_entry", ENTRY_COLUMNS, batch.entries)
    _load(conn, "posting", POSTING_COLUMNS, batch.postings)
    if batch.balances:
        kept = [(account_id, *values) for account_id, values in sorted(batch.balances.items())]
        _unnested(
            conn,
            "UPDATE account_balance AS b SET balance = n.balance, base_balance = n.base, version = n.version "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) "
            "AS n(account_id, balance, base, version) WHERE b.account_id = n.account_id",
            kept,
        )
        bigints = ", ".join(["%s::bigint[]"] * 5)
        _unnested(
            conn,
            f"INSERT INTO account_day ({DAY_COLUMNS}) "  # noqa: S608 - constants only
            f"SELECT * FROM unnest(%s::bigint[], %s::date[], %s::text[], {bigints}) {_UPSERT_DAY}",
            _day_rows(batch),
        )
    _load(conn, "journal_seal", "entry_id, postings", batch.seals)


def _day_rows(batch: Batch) -> list[tuple[Any, ...]]:
    return [(*key, *total) for key, total in sorted(batch.days.items())]


def _unnested(conn: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        conn.exec_driver_sql(statement, tuple(list(column) for column in zip(*rows, strict=True)))


def _load(conn: Connection, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if len(rows) < COPY_FROM:
        places = "(" + ", ".join(["%s"] * len(rows[0])) + ")"
        statement = f"INSERT INTO {table} ({columns}) VALUES {', '.join([places] * len(rows))}"  # noqa: S608 - constants only
        conn.exec_driver_sql(statement, tuple(value for row in rows for value in row))
        return
    cursor: Any = conn.connection.dbapi_connection.cursor()  # type: ignore[union-attr]  # psycopg's own
    with cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
