"""Reading dedicated numbers: lists and records, what is due, unpaid, ending, and charged beyond an end."""

from __future__ import annotations

from services.numbers.queries.ending import EndsCount, EndsPage, count_ends, ends
from services.numbers.queries.listing import (
    NumbersPage,
    charges,
    e164_of,
    from_row,
    monthly_fees,
    number,
    page,
    price_in,
    priced,
    registrations,
    rentals,
)

__all__ = [
    "EndsCount",
    "EndsPage",
    "NumbersPage",
    "charges",
    "count_ends",
    "e164_of",
    "ends",
    "from_row",
    "monthly_fees",
    "number",
    "page",
    "price_in",
    "priced",
    "registrations",
    "rentals",
]
