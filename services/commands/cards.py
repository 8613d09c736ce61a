"""The command that imports the card processor's objects, or says what importing them would change."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from services.cards import operations
from services.cards.importing import CardImport, ObjectsRefused
from services.commands.console import OPERATOR, REFUSED, answer, books, say, stop
from services.errors import Refused

_SHOWN = 20  # bad objects a person is shown; --json has all that are kept


def import_card_payments(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON of the processor's objects.")],
    *,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Refuse the whole file if one object is bad.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; nothing is kept.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what came of it as JSON.")] = False,
) -> None:
    """Import what the card processor knows; what it brought before changes nothing. Ends with 3 if refused."""
    content = file.read_bytes()
    with books() as database:
        try:
            done = database.act(
                lambda tx: operations.import_card_payments(
                    tx, by=OPERATOR, content=content, name=file.name, all_or_nothing=all_or_nothing, dry_run=dry_run
                )
            )
        except Refused as refused:
            _refuse(refused, as_json=as_json)
    if as_json:
        answer(asdict(done) | {"dry_run": dry_run})
        return
    _tell(done, dry_run=dry_run)


def _tell(done: CardImport, *, dry_run: bool) -> None:
    would = "would be imported" if dry_run else "imported"
    say(f"{done.words(would)}.")
    for note in done.notes:
        say(note)
    for bad in done.bad_objects[:_SHOWN]:
        named = f" ({bad.external_id})" if bad.external_id else ""
        say(f"{bad.place.capitalize()}{named}: {bad.reason}")
    if done.bad > _SHOWN:
        say(f"... and {done.bad - _SHOWN:,} more.")


def _refuse(refused: Refused, *, as_json: bool) -> NoReturn:
    if as_json:
        objects = [asdict(each) for each in refused.objects] if isinstance(refused, ObjectsRefused) else []
        answer({"refused": str(refused), "bad_objects": objects})
    stop(str(refused), REFUSED)
