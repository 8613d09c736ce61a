"""Posting usage: facts of past days, deducted from the credit even where it does not suffice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from services.access.model import Principal, require
from services.customers.currencies import billed_in
from services.db.engine import Transaction
from services.ledger.lateness import days_of_effect
from services.ledger.model import BASE_CURRENCY
from services.ledger.operations import post_many
from services.pricing.queries import rate_on
from services.usage.accounting import usage_draft
from services.usage.model import POST_USAGE, NotUsage, Product, UsageChanged, UsageDay
from services.usage.rollup import Row, add_days
from services.usage.tables import usage_day

Entry = tuple[int, Product, date]


def post_usage_days(tx: Transaction, *, by: Principal, days: Sequence[UsageDay], source: str) -> int:
    """Post days of usage of one source, one journal entry a customer, day and product; gives how many rows were new.

    Repeating a source changes nothing, whole or in part as long as every customer, product and day came whole. Raises
    `UsageChanged` where it now says something else, `NotUsage` for a customer or a currency that is not theirs, and
    what `ledger.post_many` raises. Credit may go below zero. Usage of a closed month takes
    effect on the first open day.
    """
    require(by, POST_USAGE)
    _refuse_foreign(tx, days)
    fresh = _not_yet_posted(tx, days, source)
    if not fresh:
        return 0
    entries: defaultdict[Entry, list[UsageDay]] = defaultdict(list)
    for usage in fresh:
        entries[usage.entry].append(usage)
    posted_on = days_of_effect(tx, {usage.day for usage in fresh})
    ids = _post_entries(tx, by, entries, source, posted_on)
    add_days(tx, [_row(usage, source, posted_on[usage.day], ids.get(usage.entry)) for usage in fresh])
    return len(fresh)


def _refuse_foreign(tx: Transaction, days: Sequence[UsageDay]) -> None:
    """Credit is one balance in the customer's own currency: usage in another one would deduct from nothing."""
    billed = billed_in(tx.conn, {usage.customer_id for usage in days})
    for usage in days:
        own = billed.get(usage.customer_id)
        if own is None:
            raise NotUsage(f"There is no customer {usage.customer_id}; correct the usage of {usage.day}.")
        if own != usage.currency:
            raise NotUsage(
                f"Customer {usage.customer_id} is billed in {own}; give the usage of {usage.day} in {own},"
                f" not {usage.currency}."
            )


def _not_yet_posted(tx: Transaction, days: Sequence[UsageDay], source: str) -> list[UsageDay]:
    """Drop what the source has reported before; one key twice in one call must agree too."""
    fresh: dict[tuple[int, Product, date, str], UsageDay] = {}
    known = _known(tx, days, source)
    for usage in days:
        key = usage.key
        before = known.get(key) if known else None
        if before is None and key in fresh:
            before = fresh[key].figures
        if before is None:
            if known and usage.entry in known:  # the entry is posted: a further country cannot join it
                raise UsageChanged(usage, source)
            fresh[key] = usage
        elif before != usage.figures:
            raise UsageChanged(usage, source)
    return list(fresh.values())


def _known(tx: Transaction, days: Sequence[UsageDay], source: str) -> dict[Any, tuple[str, int, int, int]]:
    """Figures by key of what this source has posted around those days, and a mark for each of its entries.

    Around, as one question of few bounds: an import posts slice after slice, each of other customers or other days.
    """
    if not days:
        return {}
    first, last = min(usage.day for usage in days), max(usage.day for usage in days)
    lowest, highest = min(usage.customer_id for usage in days), max(usage.customer_id for usage in days)
    c = usage_day.c
    columns = (c.customer_id, c.product, c.day, c.country, c.currency, c.messages, c.parts, c.micros)
    around = (c.source == source, c.day.between(first, last), c.customer_id.between(lowest, highest))
    rows = tx.conn.execute(select(*columns).where(*around))
    known: dict[Any, tuple[str, int, int, int]] = {}
    for customer_id, product, day, country, *figures in rows:
        entry = (customer_id, Product(product), day)
        known[(*entry, country)] = (figures[0], figures[1], figures[2], figures[3])
        known[entry] = known[(*entry, country)]
    return known


def _post_entries(
    tx: Transaction, by: Principal, entries: dict[Entry, list[UsageDay]], source: str, posted_on: dict[date, date]
) -> dict[Entry, int]:
    """Post all entries in bulk, oldest first; what was free of charge has no entry."""
    paid = sorted((key for key, group in entries.items() if any(u.micros for u in group)), key=lambda key: key[2])
    rates: dict[tuple[str, date], Decimal | None] = {}
    drafts = []
    for key in paid:
        currency, on = entries[key][0].currency, posted_on[key[2]]
        if (currency, on) not in rates:
            rates[currency, on] = _rate(tx, currency, on)
        drafts.append(usage_draft(entries[key], source=source, rate=rates[currency, on], on=on))
    return dict(zip(paid, post_many(tx, drafts, by=by), strict=True)) if drafts else {}


def _rate(tx: Transaction, currency: str, day: date) -> Decimal | None:
    return None if currency == BASE_CURRENCY else rate_on(tx.conn, currency, day).aud_per_unit


def _row(usage: UsageDay, source: str, posted_on: date, entry_id: int | None) -> Row:
    what = (usage.customer_id, usage.product.value, usage.country, usage.currency)
    figures = (usage.messages, usage.parts, usage.micros, usage.records)
    return (source, usage.day, *what, *figures, entry_id, posted_on)
