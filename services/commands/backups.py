"""Commands that keep the books safe: backup to one file, restore from it, each checked before it says so."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import URL, inspect

from services.commands.console import books, say, stop
from services.db.engine import Database
from services.integrity import queries as integrity
from services.ledger.rollup import settle_in


def backup(
    file: Annotated[
        Path, typer.Argument(dir_okay=False, help="Where to write the backup; the file must not exist yet.")
    ],
) -> None:
    """Write the whole database to one file, safely while others work, and check that the copy is sound."""
    if file.exists():
        stop(f"{file} exists already; name a new file so that no backup is overwritten.")
    with books() as database:
        if database.is_sqlite:
            _copy_sqlite(Path(str(database.url.database)), file)
        else:
            _dump_postgres(database.url, file)
    say(f"Backed up to {file} ({file.stat().st_size:,} bytes).")


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file that `backup` wrote.")],
) -> None:
    """Restore a backup into an empty database and verify the books; one that holds books is never overwritten."""
    with books() as database:
        if _holds_books(database):
            stop("This database holds books already; point LEDGERDESK_DATABASE_URL at an empty one to restore into.")
        if database.is_sqlite:
            _check_sqlite(file)
            database.close()
            _copy_sqlite(file, Path(str(database.url.database)))
        else:
            _run("pg_restore", database.url, "--no-owner", "--exit-on-error", "--single-transaction", str(file))
            database.act(settle_in)
        with database.read() as conn:
            red = [one for one in integrity.run(conn) if not one.ok]
    if red:
        stop("Restored, but the books do not add up: " + " ".join(one.detail for one in red))
    say("Restored, and every check of the books is green.")


def _holds_books(database: Database) -> bool:
    if database.is_sqlite and not Path(str(database.url.database)).exists():
        return False
    with database.read() as conn:
        return inspect(conn).has_table("journal_entry")


def _dump_postgres(url: URL, target: Path) -> None:
    with _whole(target) as partial:
        _run("pg_dump", url, "--format=custom", f"--file={partial}")


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy with SQLite's own backup: a plain copy of a database in use is torn more often than not (security.md)."""
    with _whole(target) as partial, closing(_opened(source)) as old, closing(sqlite3.connect(partial)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself; the first writer turns the log on again
        new.close()
        _check_sqlite(partial)


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """A file beside the target that takes its name once it is complete: whoever finds the target finds it whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        yield partial
        with partial.open("rb+") as written:
            os.fsync(written.fileno())
        for log in ("-wal", "-shm"):  # of a database that stood here before: SQLite would replay them into this one
            target.with_name(f"{target.name}{log}").unlink(missing_ok=True)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def _check_sqlite(file: Path) -> None:
    try:
        with closing(_opened(file)) as conn:
            found = [row[0] for row in conn.execute("PRAGMA integrity_check")]
            orphans = conn.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError:
        found, orphans = ["not a database"], None
    if found != ["ok"] or orphans:
        stop(f"{file.name} is not a sound copy of the books ({found[0]}); use another backup.")


def _run(program: str, url: URL, *arguments: str) -> None:
    if shutil.which(program) is None:
        stop(f"{program} is not installed here; install PostgreSQL's client programs (Debian: postgresql-client).")
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    named = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 - a fixed program with our own arguments
        [program, f"--dbname={named}", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        stop(f"{program} failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no reason given'}")
