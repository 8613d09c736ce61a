"""Lists of invoices: a page of them with sums, those still open, and how many are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, case, cast, exists, func, or_, select

from services.frames import typed
from services.invoices.model import Invoice, InvoiceStatus
from services.invoices.rows import COMPANY_NAME, INVOICES, VERSION, from_row, invoices_now
from services.invoices.tables import invoice as invoice_table
from services.invoices.tables import paper_version
from services.periods import Period

PAGE_SIZE = 50


@dataclass(frozen=True)
class InvoicesPage:
    """One page of invoices, how many fit in all, and their sums by currency.

    `rows`: id, number, reference, customer_id, account_id, username, company_name, currency, gross_micros, net_micros,
    tax_micros, open_micros, received_micros, fee_micros, credited_micros, status, issued_on, due_on, version (of its
    paper, whose company_name it is). `sums`: currency, count, gross_micros, net_micros, tax_micros, open_micros, over
    everything that fits, not only the page.
    """

    rows: pd.DataFrame
    total: int
    sums: pd.DataFrame


def has_invoices(conn: Connection, *, customer_id: int) -> bool:
    """Whether the customer was ever issued one."""
    one = select(invoice_table.c.id).where(invoice_table.c.customer_id == customer_id).limit(1)
    return conn.execute(one).first() is not None


def page(
    conn: Connection,
    *,
    period: Period | None = None,
    customer_id: int | None = None,
    status: InvoiceStatus | None = None,
    currency: str | None = None,
    text: str = "",
    open_only: bool = False,
    overdue_on: date | None = None,
    changed_only: bool = False,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> InvoicesPage:
    """One page (the first is 1), newest first, cut in the database; `period` is of the day of issue.

    `open_only` leaves those money is still expected for, `overdue_on` those of them whose last day was before it, and
    `changed_only` those whose paper has a later version. `text` is found in number, reference, username, account id
    and company name (of any version of its paper), in any case.
    """
    fits = _fitting(period, customer_id, status, currency, text)
    fits += [_is_open()] if open_only or overdue_on else []
    fits += [invoice_table.c.due_on < overdue_on] if overdue_on else []
    fits += [exists().where(paper_version.c.invoice_id == invoice_table.c.id)] if changed_only else []
    columns = invoice_table.c
    newest = (columns.issued_on.desc(), columns.id.desc())
    wanted = (
        select(*_shown()).select_from(INVOICES).where(*fits).order_by(*newest).limit(size).offset((page - 1) * size)
    )
    found = conn.execute(wanted)
    rows = _whole_money(pd.DataFrame(found.all(), columns=list(found.keys())))
    sums = _sums(conn, fits)
    return InvoicesPage(rows, int(sums["count"].sum()), sums)


def open_invoices(conn: Connection, currency: str | None = None, *, customer_id: int | None = None) -> list[Invoice]:
    """Every invoice money is still expected for, oldest first."""
    columns = invoice_table.c
    fits = [_is_open()]
    if currency:
        fits.append(columns.currency == currency)
    if customer_id is not None:
        fits.append(columns.customer_id == customer_id)
    rows = conn.execute(invoices_now().where(*fits).order_by(columns.issued_on, columns.id))
    return [from_row(row) for row in rows]


def open_counts(conn: Connection, *, today: date) -> tuple[int, int]:
    """How many invoices money is still expected for, and how many of them were due before today."""
    due = case((invoice_table.c.due_on < today, 1), else_=0)
    counted = select(func.count(), func.coalesce(func.sum(due), 0)).where(_is_open())
    waiting, overdue = conn.execute(counted).one()
    return int(waiting), int(overdue)


def _is_open() -> ColumnElement[bool]:
    return invoice_table.c.status.in_([status.value for status in InvoiceStatus if status.is_open])


def _open() -> ColumnElement[int]:
    columns = invoice_table.c
    rest = columns.gross_micros - columns.allocated_micros - columns.fee_micros - columns.credited_micros
    return case((_is_open(), rest), else_=0)


def _shown() -> list[ColumnElement[Any]]:
    names = ["id", "number", "reference", "customer_id", "account_id", "username", "currency"]
    amounts = ["gross_micros", "net_micros", "tax_micros", "fee_micros", "credited_micros"]
    columns = [invoice_table.c[name] for name in [*names, *amounts, "status", "issued_on", "due_on"]]
    received = cast(invoice_table.c.allocated_micros - invoice_table.c.absorbed_micros, BigInteger)
    return [
        *columns,
        received.label("received_micros"),
        COMPANY_NAME,
        VERSION,
        cast(_open(), BigInteger).label("open_micros"),
    ]


def _sums(conn: Connection, fits: list[ColumnElement[bool]]) -> pd.DataFrame:
    columns = invoice_table.c
    added = {
        "gross_micros": columns.gross_micros,
        "net_micros": columns.net_micros,
        "tax_micros": columns.tax_micros,
        "open_micros": _open(),
    }
    sums = [cast(func.sum(column), BigInteger).label(name) for name, column in added.items()]
    wanted = select(columns.currency, func.count().label("count"), *sums).where(*fits)
    found = conn.execute(wanted.group_by(columns.currency).order_by(columns.currency))
    return _whole_money(pd.DataFrame(found.all(), columns=list(found.keys())))


def _whole_money(frame: pd.DataFrame) -> pd.DataFrame:
    whole = [
        name for name in frame.columns if name.endswith("_micros") or name in {"id", "customer_id", "count", "version"}
    ]
    return typed(frame, dict.fromkeys(whole, "int64"))


def _fitting(
    period: Period | None, customer_id: int | None, status: InvoiceStatus | None, currency: str | None, text: str
) -> list[ColumnElement[bool]]:
    columns = invoice_table.c
    fits: list[ColumnElement[bool]] = []
    if period:
        fits += [columns.issued_on >= period.starts_on, columns.issued_on < period.ends_before]
    if customer_id is not None:
        fits.append(columns.customer_id == customer_id)
    if status:
        fits.append(columns.status == status.value)
    if currency:
        fits.append(columns.currency == currency)
    if words := text.strip():
        searched = (columns.number, columns.reference, columns.username, columns.account_id, columns.company_name)
        later = exists().where(
            paper_version.c.invoice_id == columns.id, paper_version.c.company_name.icontains(words, autoescape=True)
        )
        fits.append(or_(*(column.icontains(words, autoescape=True) for column in searched), later))
    return fits
