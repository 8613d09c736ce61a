"""Reads of invoice requests: the queue page by page, its counts, and who may own one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from services.access.tables import person
from services.customers.tables import customer
from services.db.folding import Folded
from services.frames import typed
from services.invoices.model import InvoiceStatus
from services.invoices.tables import invoice
from services.periods import Period
from services.requests.model import ENDED_BY, OWNERS, PAID_BY, InvoiceRequest, RequestStatus, status_of
from services.requests.reading import NoRequest, joined, missing_of, request, request_of_form, steps, with_invoice
from services.requests.tables import invoice_request

__all__ = [
    "NOBODY",
    "NoRequest",
    "RequestsPage",
    "Standing",
    "Wanted",
    "owners",
    "page",
    "request",
    "request_of_form",
    "standing",
    "steps",
    "waiting",
    "waiting_of",
]

PAGE_SIZE = 50
NOBODY = 0  # the owner of a request nobody has taken
_ASKED = invoice_request.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests a list shows: those waiting unless `status` names one, or `every` asks for all.

    `period` is of the day the customer asked and leaves waiting ones out of account; `owner_id` 0 is nobody's.
    """

    status: RequestStatus | None = None
    every: bool = False
    period: Period | None = None
    owner_id: int | None = None
    currency: str | None = None
    customer_id: int | None = None
    text: str = ""


@dataclass(frozen=True)
class RequestsPage:
    """One page of requests and how many fit in all.

    `rows`: id, customer_id, customer, account_id, currency, gross_micros (Int64), status, missing (its fields, parted
    by commas), received_on, channel, ticket_id, owner, invoice_id (Int64), number, invoice_status (empty without one).
    """

    rows: pd.DataFrame
    total: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The queue in figures: how many can be issued, how many lack something, the oldest day, and issued but unpaid."""

    received: int
    incomplete: int
    nobodys: int
    oldest_on: date | None
    unpaid: int


def page(
    conn: Connection, *, on: date, wanted: Wanted | None = None, page: int = 1, size: int = PAGE_SIZE
) -> RequestsPage:
    """One page (the first is 1), waiting ones oldest first and all others newest first, cut in the database."""
    chosen = wanted or Wanted()
    fits = _fitting(conn, chosen, on)
    counted = select(func.count()).select_from(_joined()).where(*fits)
    total = int(conn.execute(counted).scalar_one())
    waits = not chosen.every and (chosen.status is None or chosen.status.waits)
    order = (_ASKED.received_on, _ASKED.id) if waits else (_ASKED.received_on.desc(), _ASKED.id.desc())
    names = (customer.c.name.label("customer"), customer.c.account_id)
    shown = joined().add_columns(*names).join(customer, customer.c.id == _ASKED.customer_id)
    rows = conn.execute(shown.where(*fits).order_by(*order).limit(size).offset((page - 1) * size)).all()
    return RequestsPage(_frame(conn, rows, on), total)


def standing(conn: Connection, *, on: date) -> Standing:
    """The queue in figures on a day."""
    rows = conn.execute(joined().where(_waits())).all()
    lacking = missing_of(conn, rows, on=on)
    unpaid = select(func.count()).select_from(with_invoice()).where(_issued())
    return Standing(
        received=len(rows) - len(lacking),
        incomplete=len(lacking),
        nobodys=sum(row.owner_id is None for row in rows),
        oldest_on=min((row.received_on for row in rows), default=None),
        unpaid=int(conn.execute(unpaid).scalar_one()),
    )


def waiting(conn: Connection) -> int:
    """How many requests wait for an invoice, complete or not."""
    return int(conn.execute(select(func.count()).select_from(with_invoice()).where(_waits())).scalar_one())


def owners(conn: Connection) -> dict[int, str]:
    """The names of who may own a request, by id, in the order of their names."""
    may = [role.value for role in OWNERS]
    wanted = select(person.c.id, person.c.name).where(person.c.active.is_(True), person.c.role.in_(may))
    return {row.id: row.name for row in conn.execute(wanted.order_by(Folded(person.c.name), person.c.id))}


def waiting_of(conn: Connection, *, customer_id: int, on: date) -> list[InvoiceRequest]:
    """A customer's requests that wait for an invoice, oldest first."""
    wanted = select(_ASKED.id).select_from(with_invoice()).where(_waits(), _ASKED.customer_id == customer_id)
    ids = conn.execute(wanted.order_by(_ASKED.received_on, _ASKED.id)).scalars().all()
    return [request(conn, number, on=on) for number in ids]


def _joined() -> Any:
    return with_invoice().join(customer, customer.c.id == _ASKED.customer_id)


def _frame(conn: Connection, rows: Any, on: date) -> pd.DataFrame:
    lacking = missing_of(conn, rows, on=on)
    kept = [
        {
            **{name: getattr(row, name) for name in _SHOWN},
            "status": status_of(
                InvoiceStatus(row.invoice_status) if row.invoice_status else None,
                cancelled=row.cancelled_at is not None,
                complete=row.id not in lacking,
            ).value,
            "missing": ", ".join(lacking.get(row.id, {})),
            "number": row.number or "",
            "invoice_status": row.invoice_status or "",
        }
        for row in rows
    ]
    frame = pd.DataFrame(kept, columns=[*_SHOWN, "status", "missing"])
    return typed(frame, {"gross_micros": "Int64", "invoice_id": "Int64"})


_SHOWN = (
    *("id", "customer_id", "customer", "account_id", "currency", "gross_micros", "received_on", "channel"),
    *("ticket_id", "owner", "invoice_id", "number", "invoice_status"),
)


def _waits() -> ColumnElement[bool]:
    return and_(_ASKED.cancelled_at.is_(None), invoice.c.id.is_(None))


def _issued() -> ColumnElement[bool]:
    return invoice.c.status.in_([one.value for one in InvoiceStatus if one.is_open])


def _cancelled() -> ColumnElement[bool]:
    return or_(
        and_(_ASKED.cancelled_at.is_not(None), invoice.c.id.is_(None)),
        invoice.c.status.in_([one.value for one in ENDED_BY]),
    )


def _fitting(conn: Connection, wanted: Wanted, on: date) -> list[ColumnElement[bool]]:
    fits = _standing_as(conn, wanted, on)
    if wanted.period:
        inside = and_(_ASKED.received_on >= wanted.period.starts_on, _ASKED.received_on < wanted.period.ends_before)
        fits.append(or_(_waits(), inside))
    if wanted.owner_id is not None:
        fits.append(_ASKED.owner_id.is_(None) if wanted.owner_id == NOBODY else _ASKED.owner_id == wanted.owner_id)
    if wanted.currency:
        fits.append(_ASKED.currency == wanted.currency)
    if wanted.customer_id is not None:
        fits.append(_ASKED.customer_id == wanted.customer_id)
    if words := wanted.text.strip():
        searched = (customer.c.name, customer.c.username, customer.c.account_id, _ASKED.ticket_id, invoice.c.number)
        fits.append(or_(*(column.icontains(words, autoescape=True) for column in searched)))
    return fits


def _standing_as(conn: Connection, wanted: Wanted, on: date) -> list[ColumnElement[bool]]:
    if wanted.every:
        return []
    if wanted.status is None:
        return [_waits()]
    if wanted.status.waits:
        # what is missing depends on rates and details of today, so it is judged here; few requests wait at a time
        lacking = missing_of(conn, conn.execute(joined().where(_waits())).all(), on=on)
        among = _ASKED.id.in_(list(lacking))
        return [_waits(), among if wanted.status is RequestStatus.INCOMPLETE else ~among]
    paid = invoice.c.status.in_([one.value for one in PAID_BY])
    return [{RequestStatus.ISSUED: _issued(), RequestStatus.PAID: paid}.get(wanted.status, _cancelled())]
