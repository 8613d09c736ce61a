"""One database, two ways in: a writer whose transactions are short and exclusive, a reader that cannot write."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from services.db import folding
from services.errors import BrokenInvariant, Unavailable

BUSY_TIMEOUT_MS = 30_000
TRIES = 5
RETRYABLE = frozenset({"40001", "40P01"})  # serialization failure, deadlock (PostgreSQL, appendix A)

T = TypeVar("T")

_sqlite_writers: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open unit of work: its connection, the one moment everything in it happened at, the company's time zone."""

    conn: Connection
    at: datetime
    today: date
    timezone: tzinfo = UTC

    @property
    def dialect(self) -> str:
        """Name of the database in use: sqlite or postgresql."""
        return self.conn.dialect.name


class Database:
    """The books of one company, on SQLite or PostgreSQL; safe to share between threads."""

    def __init__(self, url: str, *, timezone: ZoneInfo, read_url: str | None = None) -> None:
        """Remember where the books are; nothing is opened until first used."""
        self.url = make_url(url)
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.timezone = timezone
        self._read_url = make_url(read_url) if read_url else self.url

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @cached_property
    def _writer(self) -> Engine:
        return _sqlite_engine(self.url, writes=True) if self.is_sqlite else _postgres_engine(self.url, writes=True)

    @cached_property
    def _reader(self) -> Engine:
        if self.is_sqlite:
            return _sqlite_engine(self.url, writes=False)
        return _postgres_engine(self._read_url, writes=False)

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations and backups only."""
        return self._writer

    @contextmanager
    def write(self, *, at: datetime | None = None) -> Iterator[Transaction]:
        """Open one exclusive unit of work: committed when the block ends, gone without trace when it raises.

        `at` is the moment it happens (UTC); the wall clock unless a history is being rebuilt. Raises `Unavailable`
        when the database cannot be reached or stays locked.
        """
        moment = at or datetime.now(UTC)
        turn: Any = _sqlite_writers[str(self.url)] if self.is_sqlite else nullcontext()
        with turn, _reachable(self._writer) as conn, conn.begin():
            yield Transaction(conn, moment, moment.astimezone(self.timezone).date(), self.timezone)

    @contextmanager
    def reshape(self) -> Iterator[Transaction]:
        """Like `write`, for steps that change the schema: SQLite checks foreign keys at the end, not row by row.

        A table can only be built anew there while nothing looks at what refers to it. Raises `BrokenInvariant` when
        something refers to nothing afterwards; then nothing has happened.
        """
        turn: Any = _sqlite_writers[str(self.url)] if self.is_sqlite else nullcontext()
        with turn, _reachable(self._writer) as conn:
            moment = datetime.now(UTC)
            tx = Transaction(conn, moment, moment.astimezone(self.timezone).date(), self.timezone)
            with _unchecked(conn) if self.is_sqlite else nullcontext(), conn.begin():
                yield tx
                if self.is_sqlite and (lost := conn.exec_driver_sql("PRAGMA foreign_key_check").fetchone()):
                    raise BrokenInvariant(f"a row of {lost[0]} refers to nothing in {lost[2]}")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one consistent, read-only view; close it before showing anything."""
        with _reachable(self._reader) as conn, conn.begin():
            yield conn

    def act(self, operation: Callable[[Transaction], T], *, at: datetime | None = None) -> T:
        """Run one operation in one transaction, again when the database asks for another try."""
        for attempt in range(TRIES):
            try:
                with self.write(at=at) as tx:
                    return operation(tx)
            except DBAPIError as error:
                if attempt == TRIES - 1 or getattr(error.orig, "sqlstate", None) not in RETRYABLE:
                    raise
                time.sleep(0.01 * 2**attempt)
        raise Unavailable("The database is busy; try again in a moment.")

    def close(self) -> None:
        """Give every connection back."""
        for name in ("_writer", "_reader"):
            if engine := self.__dict__.pop(name, None):
                engine.dispose()


@contextmanager
def _reachable(engine: Engine) -> Iterator[Connection]:
    try:
        conn = engine.connect()
    except OperationalError as error:
        raise Unavailable("The database does not answer; check that it runs and try again.") from error
    with conn:
        yield conn


@contextmanager
def _unchecked(conn: Connection) -> Iterator[None]:
    """SQLite's switch works between transactions only, so it is thrown beneath SQLAlchemy, which would open one."""
    bare: Any = conn.connection.dbapi_connection
    bare.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        bare.execute("PRAGMA foreign_keys=ON")


def _sqlite_engine(url: Any, *, writes: bool) -> Engine:
    engine = create_engine(url, pool_size=10, max_overflow=50, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's default mode loses acknowledged updates: ledger.md, 0.5
        pragmas = [
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",
            "trusted_schema=OFF",
        ]
        pragmas += [f"busy_timeout={BUSY_TIMEOUT_MS}", "cache_size=-65536", "temp_store=MEMORY", "mmap_size=268435456"]
        for pragma in pragmas if writes else [*pragmas, "query_only=ON"]:
            connection.execute(f"PRAGMA {pragma}")
        folding.teach(connection)

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        if writes:
            conn.exec_driver_sql("BEGIN IMMEDIATE")
        else:  # never waits for anybody, and is half of what opening a view costs when it goes through SQLAlchemy
            bare: Any = conn.connection.dbapi_connection
            bare.execute("BEGIN")

    return engine


def _postgres_engine(url: Any, *, writes: bool) -> Engine:
    # psycopg 3 sends a row at a time unless insertmanyvalues is forced: ledger.md, b.3
    engine = create_engine(url, pool_size=10, max_overflow=50, pool_pre_ping=True, hide_parameters=True)
    engine.dialect.use_insertmanyvalues_wo_returning = True
    if writes:
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
