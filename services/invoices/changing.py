"""A change of details from beginning to end: its papers drawn while nobody waits, then all of it kept at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from services.access.model import Principal, require
from services.customers.model import CHANGE_DETAILS, InvoiceDetails
from services.db.engine import Database
from services.invoices.presentation import Changed, Paper
from services.invoices.presenting import Progress, change_details, draw_change

_DRAWING = 0.9  # of the time


def carry_out(
    database: Database,
    *,
    by: Principal,
    customer_id: int,
    details: InvoiceDetails | None,
    reason: str,
    expected_version: int | None,
    papers: Collection[Paper],
    on: date,
    for_customer: bool = True,
    po_number: str | None = None,
    send: bool = False,
    at: datetime | None = None,
    progress: Progress | None = None,
) -> Changed:
    """Draw the chosen papers anew, issued `on` today, and keep everything, or nothing; see `draw_change`.

    `at` is the moment it is kept, only where history is rebuilt. Raises what `draw_change` and `change_details` raise.
    """
    require(by, CHANGE_DETAILS)
    total = max(len(papers), 1)

    def tell(done: int, words: str, *, kept: bool) -> None:
        if progress:
            share = _DRAWING + (1 - _DRAWING) * done / total if kept else _DRAWING * done / total
            progress(round(share * 1_000), 1_000, words)

    with database.read() as conn:
        change = draw_change(
            conn,
            customer_id=customer_id,
            details=details,
            expected_version=expected_version,
            papers=papers,
            on=on,
            for_customer=for_customer,
            po_number=po_number,
            progress=lambda done, _, words: tell(done, words, kept=False),
        )
    return database.act(
        lambda tx: change_details(
            tx,
            by=by,
            change=change,
            reason=reason,
            send=send,
            progress=lambda done, _, words: tell(done, words, kept=True),
        ),
        at=at,
    )
