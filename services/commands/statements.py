"""The command that reads a bank's statement file, to look at it or to import it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from services.banking import operations
from services.banking.dry_run import as_dry_run_json, as_refusal_json
from services.banking.gates import DoesNotTie, NotOurAccount
from services.banking.model import Unreadable
from services.banking.readers import read_statement
from services.commands.console import OPERATOR, REFUSED, answer, books, say, stop
from services.errors import Refused

_HINTS: dict[type[Refused], str] = {
    NotOurAccount: " Name it with --bank-account CODE.",
    DoesNotTie: " To import it all the same: --accept-untied.",
}


def import_statement(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="CAMT, MT940, OFX, BAI2, CSV, XLSX, QIF or ZIP."),
    ],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only read it; nothing is written, no database is needed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was read, or imported, as JSON.")] = False,
    bank_account: Annotated[
        str | None, typer.Option(help="Our account's code, when the file does not name it.")
    ] = None,
    accept_untied: Annotated[
        bool,
        typer.Option("--accept-untied", help="Import it although nothing proves it whole: it does not tie."),
    ] = False,
) -> None:
    """Read a bank statement file and import its lines; the same file again changes nothing. Ends with 3 if refused."""
    content = file.read_bytes()
    if dry_run:
        _show(file.name, content, as_json=as_json)
        return
    with books() as database:
        try:
            done = database.act(
                lambda tx: operations.import_statement(
                    tx,
                    by=OPERATOR,
                    name=file.name,
                    content=content,
                    bank_account=bank_account,
                    accept_untied=accept_untied,
                )
            )
        except Refused as refused:
            _refuse(refused, as_json=as_json)
    if as_json:
        answer(
            {
                "imported": done.imported,
                "repeated": done.repeated,
                "pending": done.pending,
                "warnings": list(done.warnings),
            }
        )
        return
    say(f"{done.imported} lines imported, {done.repeated} were there before, {done.pending} still pending.")
    for warning in done.warnings:
        say(warning)


def _show(name: str, content: bytes, *, as_json: bool) -> None:
    try:
        found = read_statement(content, name)
    except Unreadable as refused:
        _refuse(refused, as_json=as_json)
    if as_json:
        answer(as_dry_run_json(found))
        return
    for statement in found.statements:
        ties = {None: "has no two balances to tie", True: "ties", False: "does not tie"}[statement.ties]
        say(f"{statement.account} {statement.currency}: {len(statement.lines)} lines, {ties}.")


def _refuse(refused: Refused, *, as_json: bool) -> NoReturn:
    """Say what is wrong and end with 3; what to do about an account or a proof is an option of this command."""
    if as_json:
        answer(as_refusal_json(refused))
    stop(f"{refused}{_HINTS.get(type(refused), '')}", REFUSED)
