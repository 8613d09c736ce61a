"""The dossier of a postpaid application: twelve months of a customer's own behaviour, and what they suggest."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from services.cards.queries.payments import CardYear, charged
from services.customers.queries import customer as customer_by_id
from services.invoices.model import InvoiceKind, InvoiceStatus
from services.invoices.tables import invoice
from services.ledger.day_totals import kind_days
from services.ledger.model import Kind, Purpose
from services.ledger.queries import daily_credit
from services.money import Money
from services.payments.tables import allocation
from services.periods import Period, add_months
from services.postpaid.commitment import least_commitment
from services.postpaid.consumes import CONSUMES
from services.postpaid.suggestion import Suggestion, suggest
from services.pricing.queries import rate_on

MONTHS = 12
_SLOW_DAYS = 21  # a bank transfer that takes longer than this on average is a flag
_FEW_MONTHS = 6
_CONCENTRATED = 0.9
_MANY_REFUSED = 3


@dataclass(frozen=True, slots=True)
class MonthSeen:
    """One month: what was used, what was bought, and on how many days the balance ended below zero."""

    month: date
    used: Money
    bought: Money
    top_ups: int
    negative_days: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """What the books know about a customer who asks to pay afterwards; `cards` says how its cards were charged."""

    months: tuple[MonthSeen, ...]
    by_product: tuple[tuple[str, Money], ...]
    invoices: int
    expired: int
    days_to_pay: float | None
    cards: str
    suggestion: Suggestion | None
    flags: tuple[str, ...]

    def to_json(self) -> str:
        """As kept with the recommendation, so that the decision can be read years later."""
        told = {
            "months": [[f"{each.month:%Y-%m}", each.used.text(), each.bought.text(), each.top_ups, each.negative_days]
                       for each in self.months],
            "by_product": [[name, amount.text()] for name, amount in self.by_product],
            "invoices": self.invoices,
            "expired": self.expired,
            "days_to_pay": self.days_to_pay,
            "cards": self.cards,
            "suggestion": self.suggestion.formula if self.suggestion else "",
            "flags": list(self.flags),
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """A dossier as it was kept, in words: months of (month, used, bought, top-ups, days below zero)."""

    months: tuple[tuple[str, ...], ...]
    by_product: tuple[tuple[str, str], ...]
    invoices: int
    expired: int
    days_to_pay: float | None
    cards: str
    formula: str
    flags: tuple[str, ...]


def as_kept(written: str) -> Kept | None:
    """What accounting knew when it recommended, from the JSON kept then; None where nothing was kept."""
    told = json.loads(written or "{}")
    if "months" not in told:
        return None
    return Kept(
        months=tuple(tuple(map(str, each)) for each in told["months"]),
        by_product=tuple((str(name), str(amount)) for name, amount in told["by_product"]),
        invoices=int(told["invoices"]),
        expired=int(told["expired"]),
        days_to_pay=told["days_to_pay"],
        cards=str(told.get("cards", "not known then")),
        formula=str(told["suggestion"]),
        flags=tuple(map(str, told["flags"])),
    )


def dossier(conn: Connection, *, customer_id: int, today: date, payment_days: int = 14) -> Dossier:
    """The last twelve full months of one customer; raises `NoCustomer` and `NoRate`."""
    owner = customer_by_id(conn, customer_id)
    this_month = today.replace(day=1)
    months = [add_months(this_month, back - MONTHS) for back in range(MONTHS)]
    period = Period(months[0], this_month)
    seen, products = _moved(conn, customer_id, owner.currency, months, period)
    asked, expired, days = _paying(conn, customer_id, period)
    cards = charged(conn, customer_id=customer_id, period=period)
    least = least_commitment(rate_on(conn, owner.currency, today)).minimum
    used = [each.used.micros for each in seen]
    return Dossier(
        months=tuple(seen),
        by_product=tuple(
            (kind.label, Money(micros, owner.currency)) for kind, micros in products.most_common() if micros
        ),
        invoices=asked,
        expired=expired,
        days_to_pay=days,
        cards=cards.words,
        suggestion=suggest(used, least, payment_days=payment_days),
        flags=tuple(_flags(seen, products, expired, days, cards)),
    )


def _moved(
    conn: Connection, customer_id: int, currency: str, months: list[date], period: Period
) -> tuple[list[MonthSeen], Counter[Kind]]:
    used: Counter[date] = Counter()
    bought: Counter[date] = Counter()
    top_ups: Counter[date] = Counter()
    products: Counter[Kind] = Counter()
    for each in kind_days(conn, period=period, purpose=Purpose.CREDIT, customer_id=customer_id, currency=currency):
        month, micros = each.day.replace(day=1), each.debit - each.credit
        if each.kind in CONSUMES:
            used[month] += micros
            products[Kind(each.kind)] += micros
        elif each.kind in {Kind.BANK_TOP_UP.value, Kind.CARD_TOP_UP.value}:
            bought[month] -= micros
            top_ups[month] += each.postings
    negative = _negative_days(conn, customer_id, currency, period)
    seen = [
        MonthSeen(month, Money(used[month], currency), Money(bought[month], currency), top_ups[month], negative[month])
        for month in months
    ]
    return seen, products


def _negative_days(conn: Connection, customer_id: int, currency: str, period: Period) -> Counter[date]:
    daily = daily_credit(conn, customer_id=customer_id, currency=currency, period=period)
    below = daily[daily["micros"] < 0]
    return Counter(day.replace(day=1) for day in below["day"])


def _paying(conn: Connection, customer_id: int, period: Period) -> tuple[int, int, float | None]:
    c = invoice.c
    asked = (c.kind == InvoiceKind.TOP_UP.value, c.paid_by == "")  # an invoice a card paid at once asked for nothing
    mine = (c.customer_id == customer_id, *asked, c.issued_on >= period.starts_on)
    by_status = conn.execute(select(c.status, func.count()).where(*mine).group_by(c.status))
    counted = {str(status): int(number) for status, number in by_status}
    rows = conn.execute(
        select(c.issued_on, func.max(allocation.c.allocated_on))
        .join_from(invoice, allocation, allocation.c.invoice_id == c.id)
        .where(*mine, allocation.c.undone_at.is_(None))
        .group_by(c.id, c.issued_on)
    ).all()
    waits = [(paid - issued).days for issued, paid in rows]
    average = round(sum(waits) / len(waits), 1) if waits else None
    return sum(counted.values()), counted.get(InvoiceStatus.EXPIRED.value, 0), average


def _flags(
    seen: list[MonthSeen], products: Counter[Kind], expired: int, days: float | None, cards: CardYear
) -> list[str]:
    """What a reader should not overlook, a sentence each."""
    found = []
    active = sum(bool(each.used) for each in seen)
    if active < _FEW_MONTHS:
        found.append(f"Only {active} of the last {MONTHS} months have use; there is little to judge by.")
    below = sum(each.negative_days for each in seen)
    if below:
        found.append(f"The balance ended below zero on {below} days.")
    if expired:
        found.append(f"{expired} invoices were asked for and never paid.")
    if days is not None and days > _SLOW_DAYS:
        found.append(f"Transfers took {days} days on average.")
    if cards.failed >= _MANY_REFUSED:
        found.append(f"Cards were refused {cards.failed} times.")
    if cards.disputed or cards.lost:
        found.append("A card payment was disputed.")
    total, largest = sum(products.values()), max(products.values(), default=0)
    if total and largest / total > _CONCENTRATED:
        found.append("Nearly all use is of one product.")
    return found
