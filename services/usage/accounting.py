"""What usage does to the books: credit falls by the price, the product's revenue rises; the facts of a past day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from services.ledger.model import BASE_CURRENCY, CARRIED, PLUG, Account, Draft, Kind, Leg, Purpose
from services.usage.model import Product, UsageDay

KINDS = {product: Kind(f"usage_{product.value}") for product in Product}
REVENUES = {product: Purpose(f"revenue_{product.value}") for product in Product}


def entry_key(source: str, usage: UsageDay) -> str:
    """The idempotency key of one journal entry: the source, and the customer, product and day it reports."""
    return f"{source}:{usage.customer_id}:{usage.product.value}:{usage.day.isoformat()}"


def usage_draft(days: Sequence[UsageDay], *, source: str, rate: Decimal | None, on: date | None = None) -> Draft:
    """One customer's usage of one product on one day, all countries: Dr credit / Cr revenue.

    Outside AUD credit leaves at what it is carried at (IFRIC 22) and revenue takes that value; `rate` (AUD for one
    unit) values only what is used beyond the credit in hand. `on` is the day of effect where it is not the day itself.
    """
    first, total = days[0], sum(usage.micros for usage in days)
    at_home = first.currency == BASE_CURRENCY
    credit, revenue = _credit(first.customer_id, first.currency), _revenue(first.product, first.currency)
    return Draft(
        kind=KINDS[first.product],
        source="usage",
        key=entry_key(source, first),
        effective_on=on or first.day,
        legs=(Leg(credit, total, None if at_home else CARRIED), Leg(revenue, -total, None if at_home else PLUG)),
        customer_id=first.customer_id,
        rate=None if at_home else rate,
    )


# An import names the same few thousand accounts in each of its days.
@lru_cache(maxsize=10_000)
def _credit(customer_id: int, currency: str) -> Account:
    return Account(Purpose.CREDIT, currency, customer_id=customer_id)


@lru_cache(maxsize=1_000)
def _revenue(product: Product, currency: str) -> Account:
    return Account(REVENUES[product], currency)
