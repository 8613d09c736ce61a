"""What payers' banks kept of earlier invoices: the customer's own first, else those of its country and currency."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Connection, select

from services.customers.model import Customer
from services.errors import NotFound
from services.invoices.gross_up import ExpectedFee, learned, usual
from services.invoices.model import InvoiceStatus
from services.invoices.tables import invoice
from services.money import Money
from services.pricing.queries import rate_on

_LATEST = 9
_WITH_FEE = (InvoiceStatus.SETTLED_SHORT.value, InvoiceStatus.PART_PAID.value, InvoiceStatus.PAID.value)


def expected_fee(conn: Connection, *, buyer: Customer, currency: str, on: date) -> ExpectedFee | None:
    """What the buyer's banks will keep of a transfer in the currency; None where nothing is, or no rate is known."""
    if buyer.country == "AU":
        return None
    c = invoice.c
    own = _fees(conn, currency, c.customer_id == buyer.id)
    if found := learned(own, "this customer"):
        return found
    if found := learned(_fees(conn, currency, c.country == buyer.country), buyer.country):
        return found
    try:
        return usual(buyer.country, rate_on(conn, currency, on))
    except NotFound:
        return None


def _fees(conn: Connection, currency: str, whose: ColumnElement[bool]) -> list[Money]:
    c = invoice.c
    kept = c.fee_micros + c.absorbed_micros  # whoever bears it
    wanted = select(kept.label("micros")).where(whose, c.currency == currency, c.status.in_(_WITH_FEE), kept > 0)
    rows = conn.execute(wanted.order_by(c.issued_on.desc(), c.id.desc()).limit(_LATEST))
    return [Money(row.micros, currency) for row in rows]
