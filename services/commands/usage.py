"""The command that imports a file of usage, or says what importing it would change."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from services.commands.console import OPERATOR, REFUSED, answer, books, say, stop
from services.db.engine import Database
from services.errors import Refused
from services.usage import operations
from services.usage.records import RowsRefused, UsageImport

_SHOWN = 20  # bad rows a person is shown; --json has all that are kept


def import_usage(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV, gzip CSV, Parquet or JSON.")],
    *,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Refuse the whole file if one row is bad.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; nothing is kept.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what came of it as JSON.")] = False,
    customer: Annotated[
        str | None, typer.Option(help="Username or account id, where the file does not name its customer.")
    ] = None,
    complete_through: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day the file is complete for.")
    ] = None,
) -> None:
    """Import a file of usage; what it brought before changes nothing. Ends with 3 if refused."""
    last = complete_through.date() if complete_through else None
    with books() as database:
        try:
            done = _run(
                database, file, dry_run, all_or_nothing=all_or_nothing, complete_through=last, customer=customer
            )
        except Refused as refused:
            _refuse(refused, as_json=as_json)
    if as_json:
        answer(asdict(done) | {"dry_run": dry_run})
        return
    _tell(done, dry_run=dry_run)


def _run(database: Database, file: Path, dry_run: bool, **options: object) -> UsageImport:  # noqa: FBT001 - a value
    told: list[int] = [0]

    def progress(read: int, total: int, what: str) -> None:
        part = 100 * read // total
        if part >= told[0] + 10:
            told[0] = part
            say(f"{part} %: {what}")

    with database.write() as tx:
        trace = tx.conn.begin_nested()
        done = operations.import_usage(
            tx,
            by=OPERATOR,
            file=file,
            name=file.name,
            progress=progress,
            **options,  # type: ignore[arg-type]  # the three options above, typed there
        )
        if dry_run:
            trace.rollback()
        else:
            trace.commit()
    return done


def _tell(done: UsageImport, *, dry_run: bool) -> None:
    would = "would be imported" if dry_run else "imported"
    records = _many(done.rows_good, "record", "records")
    before = _many(done.rows_repeated, "was there before", "were there before")
    bad = _many(done.rows_bad, "is bad", "are bad")
    say(f"{records} {would}, {before}, {bad}; {_many(done.entries, 'journal entry', 'journal entries')}.")
    for note in done.notes:
        say(note)
    for row in done.bad_rows[:_SHOWN]:
        say(f"Line {row.line:,}: {row.reason}")
    if done.rows_bad > _SHOWN:
        say(f"... and {done.rows_bad - _SHOWN:,} more.")


def _many(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"


def _refuse(refused: Refused, *, as_json: bool) -> NoReturn:
    if as_json:
        rows = [asdict(row) for row in refused.rows] if isinstance(refused, RowsRefused) else []
        answer({"refused": str(refused), "bad_rows": rows})
    stop(str(refused), REFUSED)
