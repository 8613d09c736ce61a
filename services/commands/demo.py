"""The demo command: a fictitious company with its history, in empty books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from services.commands.console import books, say
from services.demo import build as demo_company
from services.demo.opening import is_empty
from services.search.indexing import catch_up
from services.settings import ROOT, settings
from services.wiring.schema import upgrade

WAITING = ROOT / "data" / "demo"  # git ignores the statements in it


def demo(
    *,
    customers: Annotated[int, typer.Option(min=1, help="How many customers.")] = 200,
    months: Annotated[int, typer.Option(min=1, help="Whole months of history before this one.")] = 18,
    seed: Annotated[int, typer.Option(help="The same seed gives the same company.")] = 1,
    postings: Annotated[
        int | None, typer.Option(min=0, help="Build until the books hold so many postings, with customers to match.")
    ] = None,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Do nothing where the books hold something.")] = False,
) -> None:
    """Build a fictitious company in empty books; print one-time passwords and where a bank statement waits."""
    with books() as database:
        upgrade(database)
        with database.read() as conn:
            if if_empty and not is_empty(conn):
                say("The books hold something already; the demo was left out.")
                return
        today = datetime.now(UTC).astimezone(database.timezone).date()
        with _progress() as told:
            built = demo_company.build(
                database,
                customers=customers,
                months=months,
                seed=seed,
                postings=postings,
                today=today,
                progress=told,
                folder=settings().reference_data,
            )
        catch_up(database)
        _announce(built, _leave(built))


@contextmanager
def _progress() -> Iterator[demo_company.Progress]:
    columns = (
        TextColumn("{task.description:<26}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Building the demo", total=None)
        yield lambda done, steps, what: bar.update(task, completed=done, total=steps, description=what)


def _leave(built: demo_company.DemoResult) -> Path:
    """Write the bank's newest file where a person can pick it up; nothing in it is secret."""
    WAITING.mkdir(parents=True, exist_ok=True)
    path = WAITING / built.waiting.name
    path.write_bytes(built.waiting.content)
    return path


def _announce(built: demo_company.DemoResult, path: Path) -> None:
    say(f"{built.customers:,} customers, {built.postings:,} postings.")
    say("Sign in as any of these; each password works once and is not shown again:")
    for person in built.people:
        role = person.principal.role
        typer.echo(f"{role.value if role else '':<12} {person.email:<40} {person.password}")
    say(f"A bank statement with {built.waiting.lines} lines waits to be imported under Bank receipts: {path}")
