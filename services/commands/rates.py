"""The command that takes newer exchange rates in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.commands.console import FAILED, OPERATOR, answer, books, say
from services.pricing.operations import import_rates as take_in


def import_rates(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="eurofxref-hist.csv, or currency,date,aud_per_unit.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Store newer exchange rates; those stored already never change. Ends with 1 when a line was refused."""
    with books() as database:
        done = database.act(lambda tx: take_in(tx, by=OPERATOR, content=file.read_bytes(), source=file.name))
    refused = [{"line": each.line, "reason": each.reason} for each in done.rejected]
    if as_json:
        answer({"accepted": done.accepted, "repeated": done.repeated, "refused": refused})
    else:
        say(f"{done.accepted} new rates, {done.repeated} known already, {len(refused)} lines refused.")
        for each in refused:
            say(f"Line {each['line']}: {each['reason']}")
    if refused:
        raise typer.Exit(FAILED)
