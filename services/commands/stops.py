"""The command that says who is stopped: what the platform that sends asks, and cron tells somebody."""

from __future__ import annotations

from typing import Annotated

import typer

from services.commands.console import answer, books, say
from services.customers.queries import names
from services.customers.stopping import stopped


def list_stops(*, as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List the customers that are stopped, each cause with why and since when; a debt's ends by itself once paid."""
    with books() as database, database.read() as conn:
        found = stopped(conn)
        called = names(conn, ids=sorted(found)) if found else {}
    rows = [
        {
            "customer_id": each.customer_id,
            "customer": called[each.customer_id],
            "cause": each.cause,
            "since": each.since,
            "why": each.why,
        }
        for stops in found.values()
        for each in stops
    ]
    if as_json:
        answer(rows)
        return
    for row in rows:
        typer.echo(f"{row['customer']:<32} {row['since']:%Y-%m-%d %H:%M} UTC  {row['cause']}: {row['why']}")
    if not rows:
        say("Nobody is stopped.")
