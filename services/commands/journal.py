"""Commands that read the books: verify, trial-balance, export-journal."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from services.commands.console import FAILED, answer, books, say, write_out
from services.integrity import queries as integrity
from services.ledger import queries as ledger
from services.reporting import journal


class Format(StrEnum):
    """What the journal can be written as."""

    HLEDGER = "hledger"
    CSV = "csv"


AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Day = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day such as 2026-11-22; that day is included.")
]


def verify(
    *,
    as_json: AsJson = False,
    check: Annotated[list[str] | None, typer.Option(help="Only this check; may be given more than once.")] = None,
) -> None:
    """Check that the books add up: every named check, green or red; ends with 1 if any is red."""
    with books() as database, database.read() as conn:
        results = integrity.run(conn, names=check or (), progress=None if as_json else _tell)
    if as_json:
        answer([{"check": one.check, "ok": one.ok, "rows": one.rows, "detail": one.detail} for one in results])
    else:
        for one in results:
            typer.echo(f"{'green' if one.ok else 'RED  '}  {one.check:<22} {one.detail}")
    if not all(one.ok for one in results):
        raise typer.Exit(FAILED)


def _tell(number: int, count: int, name: str) -> None:
    say(f"[{number + 1}/{count}] {name}")


def trial_balance(*, as_json: AsJson = False, as_of: Day = None) -> None:
    """Print the trial balance: every account with its debits, credits and balance in its own currency."""
    with books() as database, database.read() as conn:
        frame = ledger.trial_balance(conn, as_of=_day(as_of))
    rows = [_row(row) for row in frame.itertuples()]
    if as_json:
        answer(rows)
        return
    width = max((len(row["account"]) for row in rows), default=10)
    typer.echo(f"{'account':<{width}}  cur {'debit':>18} {'credit':>18} {'balance':>18}")
    for row in rows:
        amounts = " ".join(f"{row[name]:>18}" for name in ("debit", "credit", "balance"))
        typer.echo(f"{row['account']:<{width}}  {row['currency']} {amounts}")


def _row(row: Any) -> dict[str, str]:
    return {
        "account": row.account,
        "currency": row.currency,
        "debit": journal.amount_text(int(row.debit_micros)),
        "credit": journal.amount_text(int(row.credit_micros)),
        "balance": journal.amount_text(int(row.balance_micros)),
    }


def export_journal(
    *,
    as_format: Annotated[Format, typer.Option("--format", help="hledger's journal format, or CSV.")] = Format.HLEDGER,
    until: Day = None,
) -> None:
    """Write the whole journal to standard output, for hledger or as CSV."""
    written = journal.hledger if as_format is Format.HLEDGER else journal.as_csv
    with books() as database, database.read() as conn:
        write_out(written(conn, until=_day(until)))


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
