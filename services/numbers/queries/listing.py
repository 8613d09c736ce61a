"""Reading dedicated numbers, each with its fee, its next charge and its state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, func, literal, null, or_, select

from services.customers.tables import customer
from services.frames import typed
from services.money import Money
from services.numbers.model import Capability, DedicatedNumber, NoSuchNumber, NumberStatus, NumberType, PriceFrom
from services.numbers.registration import Registration
from services.numbers.tables import (
    dedicated_number,
    number_price,
    number_refund,
    number_registration,
    number_rental,
    number_setup,
)
from services.periods import Period

_FEW = 500  # numbers whose price changes are asked for one by one; beyond it all of them are read

_COLUMNS = (
    *("id", "e164", "customer_id", "username", "customer", "country", "type", "currency", "monthly_micros", "status"),
    *("registration", "capabilities", "activated_on", "cancellation_requested_on", "cancels_on", "cancelled_on"),
    *("next_charge_on", "next_charge_micros"),
)


@dataclass(frozen=True, slots=True)
class NumbersPage:
    """One page of numbers and how many there are in all.

    `rows`: id, e164, customer_id, username, customer, country, type, currency, monthly_micros (of this month), status,
    registration, capabilities, activated_on, cancellation_requested_on, cancels_on, cancelled_on, next_charge_on and
    next_charge_micros (both missing where nothing more is charged).
    """

    rows: pd.DataFrame
    total: int


def number(conn: Connection, number_id: int) -> DedicatedNumber:
    """The number; raises `NoSuchNumber`."""
    row = conn.execute(select(dedicated_number).where(dedicated_number.c.id == number_id)).one_or_none()
    if row is None:
        raise NoSuchNumber(f"There is no dedicated number {number_id}; look it up in the list.")
    return priced(conn, [row])[0]


def page(
    conn: Connection,
    *,
    on: date,
    customer_id: int | None = None,
    status: NumberStatus | None = None,
    country: str | None = None,
    registration: Registration | None = None,
    currency: str | None = None,
    text: str = "",
    page: int = 1,
    size: int = 50,
) -> NumbersPage:
    """One page (from 1) of numbers in the order of their digits, with the next charge after the day `on`.

    `text` is looked for in the number, spaces and signs apart, and in the customer's name and username.
    """
    joined = dedicated_number.join(customer, customer.c.id == dedicated_number.c.customer_id)
    where = [
        *_where(customer_id, status, country, text),
        *_also(registration=registration.value if registration else None, currency=currency),
    ]
    total = conn.execute(select(func.count()).select_from(joined).where(*where)).scalar_one()
    rows = conn.execute(
        select(dedicated_number, customer.c.username, customer.c.name.label("customer"))
        .select_from(joined)
        .where(*where)
        .order_by(dedicated_number.c.e164, dedicated_number.c.id)
        .limit(size)
        .offset((max(page, 1) - 1) * size)
    ).all()
    shown = [_shown(row, one, on) for row, one in zip(rows, priced(conn, rows), strict=True)]
    frame = pd.DataFrame(shown, columns=list(_COLUMNS))
    whole = {"id": "int64", "customer_id": "int64", "monthly_micros": "int64", "next_charge_micros": "Int64"}
    return NumbersPage(typed(frame, whole), total)


def monthly_fees(conn: Connection, *, on: date) -> pd.DataFrame:
    """Numbers rented now and the sum of their prices in the month of a day, by currency: currency, numbers, micros."""
    c = dedicated_number.c
    rows = conn.execute(
        select(c.currency, func.count(), func.sum(price_in(on)))
        .where(c.status != NumberStatus.CANCELLED.value)
        .group_by(c.currency)
        .order_by(c.currency)
    )
    found = [(currency, int(count), int(micros)) for currency, count, micros in rows]
    return typed(
        pd.DataFrame(found, columns=["currency", "numbers", "micros"]), {"numbers": "int64", "micros": "int64"}
    )


def price_in(month: date) -> ColumnElement[int]:
    """A number's monthly price in the month around a day, as a column beside `dedicated_number`, in micros."""
    c = number_price.c
    changed = (
        select(c.micros)
        .where(c.number_id == dedicated_number.c.id, c.month <= month.replace(day=1))
        .order_by(c.month.desc(), c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(changed, dedicated_number.c.monthly_price_micros)


def rentals(conn: Connection, number_id: int) -> list[tuple[Period, Money]]:
    """The days charged for one number and what for each, oldest first."""
    c = number_rental.c
    rows = conn.execute(select(c.starts_on, c.ends_before, c.micros, c.currency).where(c.number_id == number_id))
    return sorted((Period(start, end), Money(micros, currency)) for start, end, micros, currency in rows)


def registrations(conn: Connection, number_id: int) -> pd.DataFrame:
    """What became of a number's registration, newest first: state, changed_at (UTC), changed_by, reason."""
    c = number_registration.c
    rows = conn.execute(
        select(c.state, c.changed_at, c.changed_by, c.reason).where(c.number_id == number_id).order_by(c.id.desc())
    )
    return pd.DataFrame(rows.all(), columns=["state", "changed_at", "changed_by", "reason"])


def charges(conn: Connection, number_id: int) -> pd.DataFrame:
    """What a number cost and what was given back, newest first, each with its journal entry.

    Columns: what (set-up, rental, refund), starts_on, ends_before (exclusive; missing for a set-up), currency, micros
    (given back < 0), entry_id.
    """
    rental, setup, back = number_rental.c, number_setup.c, number_refund.c
    parts = (
        select(literal("set-up"), setup.charged_on, null(), setup.currency, setup.micros, setup.entry_id).where(
            setup.number_id == number_id
        ),
        select(
            literal("rental"), rental.starts_on, rental.ends_before, rental.currency, rental.micros, rental.entry_id
        ).where(rental.number_id == number_id),
        select(literal("refund"), back.starts_on, back.ends_before, back.currency, -back.micros, back.entry_id).where(
            back.number_id == number_id
        ),
    )
    rows = sorted((tuple(row) for part in parts for row in conn.execute(part)), key=lambda row: row[5], reverse=True)
    frame = pd.DataFrame(rows, columns=["what", "starts_on", "ends_before", "currency", "micros", "entry_id"])
    return typed(frame, {"micros": "int64", "entry_id": "int64"})


def priced(conn: Connection, rows: Sequence[Row[Any]]) -> list[DedicatedNumber]:
    """The numbers that rows of `dedicated_number` hold, with the prices set since: one further query for all."""
    c = number_price.c
    changed = select(c.number_id, c.month, c.micros).order_by(c.number_id, c.id)
    if len(rows) <= _FEW:
        changed = changed.where(c.number_id.in_([row.id for row in rows]))
    later: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for number_id, month, micros in conn.execute(changed) if rows else ():
        later[number_id].append((month, micros))
    return [from_row(row, later.get(row.id, [])) for row in rows]


def from_row(row: Row[Any], later: Sequence[tuple[date, int]] = ()) -> DedicatedNumber:
    """The number a row holds, with the prices set later, each its month and micros; `priced` finds those."""
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
        setup_price=Money(row.setup_micros, row.currency),
        registration=Registration(row.registration),
        capabilities=frozenset(each for each in Capability if getattr(row, each.column)),
        prices=tuple(PriceFrom(month, Money(micros, row.currency)) for month, micros in later),
    )


def _also(**wanted: str | None) -> list[ColumnElement[bool]]:
    return [dedicated_number.c[name] == value for name, value in wanted.items() if value is not None]


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


def _shown(row: Row[Any], one: DedicatedNumber, on: date) -> tuple[Any, ...]:
    following = one.next_charge(on)
    return (
        *(one.id, one.e164, one.customer_id, row.username, row.customer, one.country, one.type.value),
        *(one.monthly_price.currency, one.price_in(on).micros, one.status.value, one.registration.value),
        ", ".join(each.value for each in Capability if each in one.capabilities),
        *(one.activated_on, one.cancellation_requested_on, one.cancels_on, one.cancelled_on),
        following[0] if following else None,
        following[1].micros if following else None,
    )


def e164_of(conn: Connection, ids: Collection[int]) -> dict[int, str]:
    """The telephone numbers of these dedicated numbers by their ids."""
    c = dedicated_number.c
    return {row.id: row.e164 for row in conn.execute(select(c.id, c.e164).where(c.id.in_(ids)))}
