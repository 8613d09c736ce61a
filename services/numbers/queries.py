"""Reading dedicated numbers, each with its fee, its next charge and its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from services.customers.tables import customer
from services.money import Money
from services.numbers.model import DedicatedNumber, NoSuchNumber, NumberStatus, NumberType
from services.numbers.tables import dedicated_number, number_rental
from services.periods import Period

_COLUMNS = (
    "id",
    "e164",
    "customer_id",
    "username",
    "customer",
    "country",
    "type",
    "currency",
    "monthly_micros",
    "status",
    "activated_on",
    "cancels_on",
    "next_charge_on",
    "next_charge_micros",
)


@dataclass(frozen=True, slots=True)
class NumbersPage:
    """One page of numbers and how many there are in all.

    `rows`: id, e164, customer_id, username, customer, country, type, currency, monthly_micros, status, activated_on,
    cancels_on, next_charge_on and next_charge_micros (both missing where nothing more is charged).
    """

    rows: pd.DataFrame
    total: int


def number(conn: Connection, number_id: int) -> DedicatedNumber:
    """The number; raises `NoSuchNumber`."""
    row = conn.execute(select(dedicated_number).where(dedicated_number.c.id == number_id)).one_or_none()
    if row is None:
        raise NoSuchNumber(f"There is no dedicated number {number_id}; look it up in the list.")
    return from_row(row)


def page(
    conn: Connection,
    *,
    on: date,
    customer_id: int | None = None,
    status: NumberStatus | None = None,
    country: str | None = None,
    text: str = "",
    page: int = 1,
    size: int = 50,
) -> NumbersPage:
    """One page (from 1) of numbers in the order of their digits, with the next charge after the day `on`.

    `text` is looked for in the number, spaces and signs apart, and in the customer's name and username.
    """
    joined = dedicated_number.join(customer, customer.c.id == dedicated_number.c.customer_id)
    where = _where(customer_id, status, country, text)
    total = conn.execute(select(func.count()).select_from(joined).where(*where)).scalar_one()
    rows = conn.execute(
        select(dedicated_number, customer.c.username, customer.c.name.label("customer"))
        .select_from(joined)
        .where(*where)
        .order_by(dedicated_number.c.e164, dedicated_number.c.id)
        .limit(size)
        .offset((max(page, 1) - 1) * size)
    )
    frame = pd.DataFrame([_shown(row, on) for row in rows], columns=list(_COLUMNS))
    whole = {"id": "int64", "customer_id": "int64", "monthly_micros": "int64", "next_charge_micros": "Int64"}
    return NumbersPage(frame.astype(whole), total)


def monthly_fees(conn: Connection) -> pd.DataFrame:
    """Numbers rented now and the sum of their monthly prices, by currency: currency, numbers, micros."""
    c = dedicated_number.c
    rows = conn.execute(
        select(c.currency, func.count(), func.sum(c.monthly_price_micros))
        .where(c.status != NumberStatus.CANCELLED.value)
        .group_by(c.currency)
        .order_by(c.currency)
    )
    found = [(currency, int(count), int(micros)) for currency, count, micros in rows]
    return pd.DataFrame(found, columns=["currency", "numbers", "micros"]).astype(
        {"numbers": "int64", "micros": "int64"}
    )


def rentals(conn: Connection, number_id: int) -> list[tuple[Period, Money]]:
    """The days charged for one number and what for each, oldest first."""
    c = number_rental.c
    rows = conn.execute(select(c.starts_on, c.ends_before, c.micros, c.currency).where(c.number_id == number_id))
    return sorted((Period(start, end), Money(micros, currency)) for start, end, micros, currency in rows)


def from_row(row: Row[Any]) -> DedicatedNumber:
    """The number a row holds."""
    return DedicatedNumber(
        id=row.id,
        e164=row.e164,
        customer_id=row.customer_id,
        country=row.country,
        type=NumberType(row.type),
        monthly_price=Money(row.monthly_price_micros, row.currency),
        status=NumberStatus(row.status),
        activated_on=row.activated_on,
        cancellation_requested_on=row.cancellation_requested_on,
        cancels_on=row.cancels_on,
        cancelled_on=row.cancelled_on,
    )


def _where(
    customer_id: int | None, status: NumberStatus | None, country: str | None, text: str
) -> list[ColumnElement[bool]]:
    c = dedicated_number.c
    found: list[ColumnElement[bool]] = []
    if customer_id is not None:
        found.append(c.customer_id == customer_id)
    if status is not None:
        found.append(c.status == status.value)
    if country is not None:
        found.append(c.country == country)
    if wanted := text.strip():
        ways = [
            customer.c.name.icontains(wanted, autoescape=True),
            customer.c.username.icontains(wanted, autoescape=True),
        ]
        if digits := "".join(sign for sign in wanted if sign.isdecimal()):
            ways.append(c.e164.contains(digits, autoescape=True))
        found.append(or_(*ways))
    return found


def _shown(row: Row[Any], on: date) -> tuple[Any, ...]:
    one = from_row(row)
    following = one.next_charge(on)
    return (
        one.id,
        one.e164,
        one.customer_id,
        row.username,
        row.customer,
        one.country,
        one.type.value,
        one.monthly_price.currency,
        one.monthly_price.micros,
        one.status.value,
        one.activated_on,
        one.cancels_on,
        following[0] if following else None,
        following[1].micros if following else None,
    )
