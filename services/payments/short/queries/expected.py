"""What a payer's bank will keep of a transfer: as it is learned for the bench, else what is usual on such a way."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from services.errors import NotFound
from services.invoices.gross_up import ExpectedFee, usual
from services.payments.short.banks import bank_of, usual_for
from services.payments.short.queries.fees import usual_fees
from services.payments.tables import allocation
from services.pricing.queries import rate_on

_A = allocation.c
_LATEST = 20  # payments looked at for one that names its payer's bank


def expected_fee(conn: Connection, *, customer_id: int, country: str, currency: str, on: date) -> ExpectedFee | None:
    """What will be kept of a customer's transfer in a currency; None where nothing is, or no rate is known.

    By the bank the customer paid from last, then by its country (`usual_for`, as the bench judges), then as usual.
    """
    if country == "AU":
        return None
    found = usual_for(
        usual_fees(conn), country=country, bank=bank_paid_from(conn, customer_id=customer_id), currency=currency
    )
    if found:
        return ExpectedFee(found.middle, found.seen, found.country, found.bank)
    try:
        return usual(country, rate_on(conn, currency, on))
    except NotFound:
        return None


def bank_paid_from(conn: Connection, *, customer_id: int) -> str:
    """The bank of the newest account the customer paid from that tells its bank; "" where none does."""
    live = (_A.customer_id == customer_id, _A.undone_at.is_(None))
    newest = select(_A.payer_account).where(*live).order_by(_A.id.desc()).limit(_LATEST)
    return next((bank for account in conn.execute(newest).scalars() if (bank := bank_of(account))), "")
