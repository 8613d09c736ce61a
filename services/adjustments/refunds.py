"""What a customer can be refunded for messages that never arrived, and how much of it had been promotional credit."""

from __future__ import annotations

from sqlalchemy import Connection

from services.adjustments.model import AdjustmentKind, NothingToRefund, Wanted
from services.customers.queries import customer
from services.ledger.queries import promotional_shares
from services.money import Money
from services.periods import Period
from services.usage.model import Product
from services.usage.refunding import charged_by_entry, undelivered


def refundable(conn: Connection, *, customer_id: int, period: Period, product: Product | None = None) -> Wanted:
    """The refund of a period's undelivered messages, still without reason and ticket. Raises `NothingToRefund`.

    Of each entry that charged for them, promotional credit comes back in the share it had, rounded down.
    """
    found = undelivered(conn, customer_id=customer_id, period=period, product=product)
    if not found:
        raise NothingToRefund(
            "No undelivered message of these days was charged for and not refunded yet; choose other days."
        )
    charged = charged_by_entry(conn, customer_id=customer_id, period=period, product=product)
    shares = promotional_shares(conn, [each.entry_id for each in charged])
    promotional = 0
    for each in charged:
        whole, drawn = shares.get(each.entry_id, (0, 0))
        promotional += each.micros * drawn // whole if whole > 0 else 0
    amount = Money(sum(each.micros for each in found), customer(conn, customer_id).currency)
    return Wanted(
        AdjustmentKind.UNDELIVERED,
        customer_id,
        amount,
        reason="",
        ticket_id="",
        messages=sum(each.records for each in found),
        period=period,
        product=product,
        promotional=promotional,
    )
