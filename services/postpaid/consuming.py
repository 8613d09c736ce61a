"""What a customer consumed in days of a commitment, and what of it no invoice has asked for yet."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Connection, cast, func, select

from services.invoices.tables import invoice
from services.ledger.day_totals import kind_days
from services.ledger.model import Kind, Purpose
from services.ledger.queries import credit_balance
from services.money import Money
from services.periods import Period

# All use, number rental and fees, before tax (product.md); what of them was given back was not consumed.
CONSUMES = tuple(kind.value for kind in Kind if kind.is_use or kind in {Kind.USAGE_REFUND, Kind.RENTAL_REFUND})
_FOREVER = date(9999, 12, 31)


def consumed(conn: Connection, *, customer_id: int, currency: str, days: Period) -> Money:
    """All use, rental and fees with effect in those days, less what was given back, from the daily roll-ups."""
    found = kind_days(
        conn,
        period=days,
        purpose=Purpose.CREDIT,
        customer_id=customer_id,
        currency=currency,
        kinds=CONSUMES,
        apart=False,
    )
    return Money(sum(each.debit - each.credit for each in found), currency)


def unbilled(conn: Connection, *, customer_id: int, currency: str, before: date) -> Money:
    """What is owed for days before one and stands on no invoice: never less than zero.

    The balance below zero is all that is owed. Of it open invoices in arrears ask for their net, and what
    was used from that day on belongs to the next invoice. Credit left from before the contract pays first by itself.
    """
    owed = -credit_balance(conn, customer_id, currency).micros
    later = consumed(conn, customer_id=customer_id, currency=currency, days=Period(before, _FOREVER))
    asked = _asked_for(conn, customer_id=customer_id, currency=currency)
    return Money(max(owed - later.micros - asked, 0), currency)


def exposure(conn: Connection, *, customer_id: int, currency: str) -> Money:
    """What the credit limit is held against: all that is owed before tax, on invoices or not yet."""
    return Money(max(-credit_balance(conn, customer_id, currency).micros, 0), currency)


def _asked_for(conn: Connection, *, customer_id: int, currency: str) -> int:
    """Micros of net that open invoices in arrears still ask for."""
    c = invoice.c
    waits = c.status.in_(("issued", "part-paid"))
    mine = (c.customer_id == customer_id, c.currency == currency, c.kind == "arrears", waits)
    still = cast(func.coalesce(func.sum(c.net_micros - c.cleared_net_micros), 0), BigInteger)
    return int(conn.execute(select(still).where(*mine)).scalar_one())
