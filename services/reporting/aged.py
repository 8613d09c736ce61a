"""Aged receivables on any day: what postpaid customers owe by how long it is overdue, tied to the receivable account.

A day is computed backwards: what is open now, and what was received, credited or written off after that day. So a day
near today reads the open invoices only, however many were ever paid. Invoices for credit are never a debt
(product.md): they stand apart, because the account holds them too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)

from services.customers.tables import customer
from services.frames import typed
from services.invoices.model import InvoiceKind
from services.invoices.tables import invoice
from services.ledger.balances import total
from services.ledger.day_totals import purpose_balances
from services.ledger.model import Purpose
from services.money import Money
from services.reporting.aging import Bucket, bucket_of, days_overdue
from services.reporting.open_at import open_at

PAGE_SIZE = 50
BUCKETS = tuple(each.column for each in Bucket)
_INVOICE, _CUSTOMER = invoice.c, customer.c
_ROWS = ("customer_id", "customer", "username", "currency", *BUCKETS, "overdue_micros", "total_micros", "oldest_due_on")
_ITEMS = ("invoice_id", "number", "customer_id", "currency", "issued_on", "due_on", "gross_micros", "open_micros")


@dataclass(frozen=True, slots=True)
class Aged:
    """One page of who owes, the most overdue first, and how many there are.

    `rows`: customer_id, customer, username, currency, one column of micros a bucket (`Bucket.column`), overdue_micros,
    total_micros and oldest_due_on. `sums` has the columns of micros by currency over everything that fits.
    """

    rows: pd.DataFrame
    total: int
    sums: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Control:
    """One currency of the receivable account on a day: debts, invoices for credit, and the balance in the books."""

    currency: str
    debts: Money
    for_credit: Money
    ledger: Money

    @property
    def difference(self) -> Money:
        """What the invoices say less what the books say: 0.00, or something is wrong."""
        return self.debts + self.for_credit - self.ledger


def aged(
    conn: Connection,
    *,
    as_of: date,
    currency: str | None = None,
    words: str = "",
    overdue_only: bool = False,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Aged:
    """What each customer owed at the end of a day by bucket, one row a currency, summed and cut in the database."""
    grouped = _by_customer(as_of, currency, words)
    if overdue_only:
        grouped = grouped.having(func.min(_INVOICE.due_on) < as_of)
    found = grouped.subquery()
    names = [each.column for each in Bucket] + ["overdue_micros", "total_micros"]
    sums = [total(found.c[name]).label(name) for name in names]
    by_currency = conn.execute(
        select(found.c.currency, func.count().label("customers"), *sums).group_by(found.c.currency).order_by("currency")
    ).all()
    order = (found.c.currency, found.c.overdue_micros.desc(), found.c.total_micros.desc(), found.c.customer_id)
    rows = conn.execute(select(found).order_by(*order).limit(size).offset((page - 1) * size)).all()
    return Aged(
        _frame([tuple(row._mapping[name] for name in _ROWS) for row in rows], _ROWS),  # noqa: SLF001 - SQLAlchemy's name
        sum(int(row.customers) for row in by_currency),
        _frame([tuple(row) for row in by_currency], ("currency", "customers", *names)),
    )


def debts(
    conn: Connection, *, as_of: date, customer_id: int | None = None, currency: str | None = None
) -> pd.DataFrame:
    """The invoices in arrears that were open at the end of a day, the oldest due first.

    Columns: invoice_id, number, customer_id, currency, issued_on, due_on, gross_micros, open_micros, days, bucket.
    """
    open_ = open_at(as_of)
    query = (
        select(*_columns(), open_.c.micros)
        .join(open_, open_.c.invoice_id == _INVOICE.id)
        .where(*_narrowed(customer_id, currency))
        .order_by(_INVOICE.due_on, _INVOICE.id)
    )
    rows = [(*row, days_overdue(row.due_on, as_of), bucket_of(row.due_on, as_of).value) for row in conn.execute(query)]
    return _frame(rows, (*_ITEMS, "days", "bucket"))


def control(conn: Connection, *, as_of: date) -> list[Control]:
    """The receivable account of each currency at the end of a day against the invoices that were open then."""
    open_ = open_at(as_of)
    is_debt = _INVOICE.kind == InvoiceKind.ARREARS.value
    sums = select(
        _INVOICE.currency,
        _sum_of(is_debt, open_.c.micros).label("debts"),
        _sum_of(~is_debt, open_.c.micros).label("for_credit"),
    ).join(open_, open_.c.invoice_id == _INVOICE.id)
    found = {row.currency: row for row in conn.execute(sums.group_by(_INVOICE.currency))}
    books = _books(conn, as_of)
    return [
        Control(
            code,
            Money(int(found[code].debts) if code in found else 0, code),
            Money(int(found[code].for_credit) if code in found else 0, code),
            Money(books.get(code, 0), code),
        )
        for code in sorted(found.keys() | {code for code, micros in books.items() if micros})
    ]


def _books(conn: Connection, as_of: date) -> dict[str, int]:
    """The receivable account's balance of each currency, debit positive, from the daily roll-ups and their tail."""
    return purpose_balances(conn, purpose=Purpose.RECEIVABLE, before=as_of + timedelta(days=1))


def _by_customer(as_of: date, currency: str | None, words: str) -> Select[Any]:
    open_ = open_at(as_of)
    micros = open_.c.micros
    buckets = [_sum_of(_falls(each, as_of), micros).label(each.column) for each in Bucket]
    fits = _narrowed(None, currency)
    if words:
        named = (_CUSTOMER.name, _CUSTOMER.username, _CUSTOMER.account_id)
        fits.append(or_(*(each.icontains(words, autoescape=True) for each in named)))
    return (
        select(
            _INVOICE.customer_id,
            _CUSTOMER.name.label("customer"),
            _CUSTOMER.username,
            _INVOICE.currency,
            *buckets,
            _sum_of(_overdue(as_of), micros).label("overdue_micros"),
            total(micros).label("total_micros"),
            func.min(_INVOICE.due_on).label("oldest_due_on"),
        )
        .join(open_, open_.c.invoice_id == _INVOICE.id)
        .join(customer, _CUSTOMER.id == _INVOICE.customer_id)
        .where(*fits)
        .group_by(_INVOICE.customer_id, _CUSTOMER.name, _CUSTOMER.username, _INVOICE.currency)
    )


def _falls(bucket: Bucket, as_of: date) -> ColumnElement[bool]:
    """Whether an invoice's last day puts it in a bucket."""
    places = list(Bucket)
    newer = places[places.index(bucket) - 1].oldest_due(as_of) if bucket is not Bucket.NOT_DUE else None
    oldest = bucket.oldest_due(as_of)
    parts = [_INVOICE.due_on < newer] if newer else []
    return and_(*parts, *([_INVOICE.due_on >= oldest] if oldest else []))


def _overdue(as_of: date) -> ColumnElement[bool]:
    return _INVOICE.due_on < as_of


def _sum_of(when: ColumnElement[bool], micros: Any) -> Any:
    return cast(func.coalesce(func.sum(case((when, micros), else_=0)), 0), BigInteger)


def _narrowed(customer_id: int | None, currency: str | None) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = [_INVOICE.kind == InvoiceKind.ARREARS.value]
    fits += [_INVOICE.customer_id == customer_id] if customer_id is not None else []
    fits += [_INVOICE.currency == currency] if currency else []
    return fits


def _columns() -> list[Any]:
    c = _INVOICE
    return [c.id, c.number, c.customer_id, c.currency, c.issued_on, c.due_on, c.gross_micros]


def _frame(rows: list[tuple[Any, ...]], names: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(names))
    return typed(frame, {name: "int64" for name in names if name.endswith(("_micros", "_id"))})
