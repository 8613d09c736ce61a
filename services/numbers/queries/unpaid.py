"""Rental the credit did not cover: whom to warn, who is in grace and until when, who is past it (rule 17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from services.company.queries import company
from services.customers.model import BillingMode
from services.customers.tables import customer
from services.ledger.chart import Purpose
from services.ledger.tables import account, account_balance, posting
from services.money import Money
from services.numbers.model import NumberStatus
from services.numbers.tables import dedicated_number, number_refund, number_rental, number_warning


class GraceState(StrEnum):
    """Where a customer stands whose rental is not covered: not told yet, told and in grace, past its grace."""

    TO_WARN = "to warn"
    IN_GRACE = "in grace"
    PAST = "past grace"


@dataclass(frozen=True, slots=True)
class UnpaidRental:
    """One customer whose credit did not cover a rental and is below zero since.

    `credit` is the balance now (negative); `since` the first day of the oldest rental it did not cover; `until` the
    first day a number may be released, None before the customer was warned; `numbers` what it still rents, each its
    id and E.164.
    """

    customer_id: int
    customer: str
    credit: Money
    since: date
    warned_on: date | None
    until: date | None
    numbers: tuple[tuple[int, str], ...]

    def state(self, today: date) -> GraceState:
        """Where the customer stands on a day."""
        if self.until is None:
            return GraceState.TO_WARN
        return GraceState.IN_GRACE if today < self.until else GraceState.PAST


def unpaid_rentals(conn: Connection, *, customer_id: int | None = None) -> list[UnpaidRental]:
    """Every prepaid customer below zero with a number whose rental was charged since credit last sufficed, worst first.

    Credit suffices when it is at zero or above after a movement, so that a rental counts as covered once it was.
    """
    below = _below_zero()
    rows = conn.execute(below.where(customer.c.id == customer_id) if customer_id is not None else below).all()
    ids = [row.id for row in rows]
    warned, rented = _warnings(conn, ids), _numbers(conn, ids)
    grace = timedelta(days=company(conn).rental_grace_days) if rows else timedelta()
    return [
        UnpaidRental(
            customer_id=row.id,
            customer=row.name,
            credit=Money(-row.balance, row.currency),
            since=row.since,
            warned_on=(told := warned.get((row.id, row.since))),
            until=told + grace if told else None,
            numbers=tuple(rented.get(row.id, ())),
        )
        for row in rows
    ]


def _below_zero() -> Select[Any]:
    """The customers, each with the first day of its oldest rental that credit did not cover and never did since."""
    rental, number = number_rental.c, dedicated_number.c
    earlier = posting.alias("earlier")
    # read backwards from the newest posting, it stops at the first one that left credit at zero or above
    covered = (
        select(earlier.c.account_version)
        .where(
            earlier.c.account_id == account.c.id,
            earlier.c.account_version.is_not(None),
            earlier.c.balance_after <= 0,
        )
        .order_by(earlier.c.account_version.desc())
        .limit(1)
        .scalar_subquery()
    )
    given_back = select(number_refund.c.id).where(number_refund.c.rental_id == rental.id).exists()
    since = func.min(rental.starts_on).label("since")
    return (
        select(customer.c.id, customer.c.name, account_balance.c.balance, account.c.currency, since)
        .select_from(account_balance)
        .join(account, and_(account.c.id == account_balance.c.account_id, account.c.purpose == Purpose.CREDIT.value))
        .join(customer, customer.c.id == account.c.customer_id)
        .join(dedicated_number, number.customer_id == customer.c.id)
        .join(number_rental, rental.number_id == number.id)
        .join(posting, and_(posting.c.entry_id == rental.entry_id, posting.c.account_id == account.c.id))
        .where(
            account_balance.c.balance > 0,
            customer.c.billing_mode == BillingMode.PREPAID.value,
            number.status != NumberStatus.CANCELLED.value,
            or_(number.cancels_on.is_(None), rental.starts_on < number.cancels_on),
            posting.c.account_version > func.coalesce(covered, 0),
            ~given_back,
        )
        .group_by(customer.c.id, customer.c.name, account_balance.c.balance, account.c.currency)
        .order_by(since, account_balance.c.balance.desc(), customer.c.id)
    )


def _warnings(conn: Connection, customer_ids: list[int]) -> dict[tuple[int, date], date]:
    c = number_warning.c
    wanted = select(c.customer_id, c.unpaid_since, c.warned_on).where(c.customer_id.in_(customer_ids))
    return {(row.customer_id, row.unpaid_since): row.warned_on for row in conn.execute(wanted)}


def _numbers(conn: Connection, customer_ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    c = dedicated_number.c
    still = (c.customer_id.in_(customer_ids), c.status != NumberStatus.CANCELLED.value)
    found: dict[int, list[tuple[int, str]]] = {}
    for row in conn.execute(select(c.customer_id, c.id, c.e164).where(*still).order_by(c.id)):
        found.setdefault(row.customer_id, []).append((row.id, row.e164))
    return found
