"""A change of details as the screens make it: drawn on a read-only view, then kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from services.access.model import SYSTEM, Principal
from services.customers.model import Customer, InvoiceDetails
from services.customers.queries import details_versions
from services.db.engine import Database
from services.invoices.presentation import Changed, DetailsChange, Paper, Reached
from services.invoices.presenting import change_details, draw_change
from services.invoices.queries.versions import reached
from tests.invoicing import AT

WHY = "Asked for in ticket 4711"


def radius(
    database: Database, customer: Customer, wanted: InvoiceDetails | None, *, po_number: str | None = None
) -> list[Reached]:
    """The papers it would reach."""
    with database.read() as conn:
        return reached(conn, customer_id=customer.id, details=wanted, po_number=po_number)


def drawn(
    database: Database,
    customer: Customer,
    wanted: InvoiceDetails | None,
    *,
    papers: Collection[Paper] | None = None,
    at: datetime = AT,
    po_number: str | None = None,
    for_customer: bool = True,
) -> DetailsChange:
    """The change with the chosen papers drawn; all that may change by default."""
    if papers is None:
        papers = [each.paper for each in radius(database, customer, wanted, po_number=po_number) if not each.refusal]
    with database.read() as conn:
        newest = details_versions(conn, customer.id, limit=1)
        return draw_change(
            conn,
            customer_id=customer.id,
            details=wanted,
            expected_version=newest[0].version if newest else 0,
            papers=papers,
            on=at.astimezone(database.timezone).date(),
            po_number=po_number,
            for_customer=for_customer,
        )


def keep(database: Database, change: DetailsChange, *, by: Principal = SYSTEM, at: datetime = AT) -> Changed:
    """Keep it."""
    return database.act(lambda tx: change_details(tx, by=by, change=change, reason=WHY), at=at)


def changed(
    database: Database, customer: Customer, wanted: InvoiceDetails, *, at: datetime = AT, by: Principal = SYSTEM
) -> Changed:
    """Draw and keep it, with every paper that may change."""
    return keep(database, drawn(database, customer, wanted, at=at), by=by, at=at)
