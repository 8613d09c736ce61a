"""The list of custom fees, their sums by currency, and one fee's history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import BigInteger, ColumnElement, Connection, and_, case, cast, exists, func, literal, or_, select

from services.access.tables import approval
from services.customers.tables import customer
from services.fees.charging import due_fees
from services.fees.deciding import ACTS, SET_FEE
from services.fees.model import FeeKind, FeeStatus
from services.fees.reading import fees
from services.fees.tables import custom_fee, custom_fee_charge, custom_fee_version
from services.frames import typed

_WHOLE = {"id": "int64", "customer_id": "int64", "micros": "int64", "versions": "int64", "next_charge_micros": "Int64"}
_RUNNING = (FeeStatus.ACTIVE.value, FeeStatus.ENDING.value)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of fees may be narrowed by."""

    customer_id: int | None = None
    kind: FeeKind | None = None
    recurring: bool | None = None
    visible: bool | None = None
    status: FeeStatus | None = None
    currency: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class FeesPage:
    """One page of fees, the newest first, and how many there are in all.

    `rows`: id, customer_id, customer, kind, recurring, visible, description, wording, currency, micros (the amount
    agreed for the month asked about), status, starts_on, ends_before, set_on, set_by, approved_by, reason, ticket_id,
    versions, next_charge_on and next_charge_micros (both missing where nothing more is charged).
    """

    rows: pd.DataFrame
    total: int


def page(conn: Connection, *, on: date, wanted: Wanted | None = None, page: int = 1, size: int = 50) -> FeesPage:
    """One page (from 1) of the fees that fit, as they stand on a day."""
    c, first = custom_fee.c, custom_fee_version.c
    where = _where(wanted or Wanted(), on)
    joined = custom_fee.join(customer, customer.c.id == c.customer_id)
    total = conn.execute(select(func.count()).select_from(joined).where(*where)).scalar_one()
    names = ("id", "customer_id", "kind", "recurring", "visible", "description", "wording", "currency")
    versions = select(func.count()).where(first.fee_id == c.id).correlate(custom_fee).scalar_subquery()
    # the version of the join is the first one: who set the fee, and why
    query = (
        select(
            *(c[name] for name in names), customer.c.name.label("customer"), _amount(on).label("micros"),
            _status(on).label("status"), c.starts_on, c.ends_before, first.set_on, first.set_by, first.approved_by,
            first.reason, first.ticket_id, versions.label("versions"),
        )
        .select_from(joined.join(custom_fee_version, and_(first.fee_id == c.id, first.version == 1)))
        .where(*where)
        .order_by(c.id.desc())
    )  # fmt: skip
    found = conn.execute(query.limit(size).offset((max(page, 1) - 1) * size))
    frame = pd.DataFrame([tuple(row) for row in found], columns=list(found.keys()))
    frame = frame.assign(recurring=frame["recurring"].astype(bool), visible=frame["visible"].astype(bool))
    following = {one.id: one.next_charge(on) for one in fees(conn, c.id.in_(frame["id"].tolist()))}
    ahead = [following.get(int(number)) for number in frame["id"]]
    frame["next_charge_on"] = pd.Series([each[0] if each else None for each in ahead], dtype=object)
    frame["next_charge_micros"] = pd.array([each[1].micros if each else None for each in ahead], dtype="Int64")
    return FeesPage(typed(frame, _WHOLE), total)


def sums(conn: Connection, *, on: date, wanted: Wanted | None = None) -> pd.DataFrame:
    """Fees running on a day and what they come to a month, and one-off fees that stand, by currency.

    Columns: currency, running, monthly_micros, once, once_micros.
    """
    each = (
        select(custom_fee.c.currency, _status(on).label("status"), _amount(on).label("micros"))
        .select_from(custom_fee.join(customer, customer.c.id == custom_fee.c.customer_id))
        .where(*_where(wanted or Wanted(), on))
        .subquery()
    )
    runs, once = each.c.status.in_(_RUNNING), each.c.status == FeeStatus.CHARGED.value
    counted = [
        cast(func.coalesce(func.sum(case((fits, value), else_=0)), 0), BigInteger)
        for fits in (runs, once)
        for value in (literal(1), each.c.micros)
    ]
    rows = conn.execute(select(each.c.currency, *counted).group_by(each.c.currency).order_by(each.c.currency))
    columns = ["currency", "running", "monthly_micros", "once", "once_micros"]
    frame = pd.DataFrame([tuple(row) for row in rows], columns=columns)
    return typed(frame, dict.fromkeys(columns[1:], "int64"))


def due_sums(conn: Connection, *, month: date, on: date, wanted: Wanted | None = None) -> pd.DataFrame:
    """What the run of a month will charge for the fees that fit as they stand on a day: currency, fees, micros."""
    joined = custom_fee.join(customer, customer.c.id == custom_fee.c.customer_id)
    fits = select(custom_fee.c.id).select_from(joined).where(*_where(wanted or Wanted(), on))
    ids = None if wanted in {None, Wanted()} else list(conn.execute(fits).scalars())
    found: dict[str, list[int]] = {}
    for one in due_fees(conn, month=month, fee_ids=ids):
        of = found.setdefault(one.amount.currency, [0, 0])
        of[0] += 1
        of[1] += one.amount.micros
    rows = [(code, *found[code]) for code in sorted(found)]
    return typed(pd.DataFrame(rows, columns=["currency", "fees", "micros"]), {"fees": "int64", "micros": "int64"})


def waiting(conn: Connection, *, customer_id: int | None = None) -> int:
    """How many decisions on fees wait for a second person; of one customer only its new fees."""
    c = approval.c
    if customer_id is None:
        return conn.execute(select(func.count()).where(c.act.in_(ACTS), c.decision.is_(None))).scalar_one()
    asked = conn.execute(select(c.payload).where(c.act == SET_FEE, c.decision.is_(None))).scalars()
    return sum(json.loads(payload)["fee"]["customer_id"] == customer_id for payload in asked)


def history(conn: Connection, *, fee_id: int) -> pd.DataFrame:
    """Every decision on a fee's amount, the newest first: what from when, its AUD equivalent, who, with whom, why."""
    c = custom_fee_version.c
    columns = (c.version, c.from_month, c.micros, c.aud_micros, c.rate_nano, c.rate_on, c.set_at, c.set_by)
    rows = conn.execute(
        select(*columns, c.approved_by, c.reason, c.ticket_id).where(c.fee_id == fee_id).order_by(c.version.desc())
    )
    return pd.DataFrame([tuple(row) for row in rows], columns=list(rows.keys()))


def charges(conn: Connection, *, fee_id: int) -> pd.DataFrame:
    """What of a fee reached the books, the newest first; `reversed` says whether a charge was taken back.

    Columns: id, posted_on, starts_on, ends_before, micros, currency, entry_id, reverses_id, charged_by, approved_by,
    reason, reversed.
    """
    c, other = custom_fee_charge.c, custom_fee_charge.alias()
    undone = exists().where(other.c.reverses_id == c.id)
    moved = ("id", "posted_on", "starts_on", "ends_before", "micros", "currency", "entry_id", "reverses_id")
    names = (*moved, "charged_by", "approved_by", "reason")
    rows = conn.execute(
        select(*(c[name] for name in names), undone.label("reversed")).where(c.fee_id == fee_id).order_by(c.id.desc())
    )
    frame = pd.DataFrame([tuple(row) for row in rows], columns=list(rows.keys()))
    frame = frame.assign(reversed=frame["reversed"].astype(bool))
    return typed(frame, {"micros": "int64", "reverses_id": "Int64"})


def _amount(on: date) -> ColumnElement[Any]:
    """The amount agreed for the month around a day, or the first one before it begins."""
    version = custom_fee_version.alias()
    spoken = or_(version.c.from_month <= on.replace(day=1), version.c.version == 1)
    latest = select(version.c.micros).where(version.c.fee_id == custom_fee.c.id, spoken)
    return latest.order_by(version.c.version.desc()).limit(1).correlate(custom_fee).scalar_subquery()


def _status(on: date) -> ColumnElement[str]:
    c = custom_fee.c
    # a list read once, not a search for each fee: few charges are ever taken back, and no index leads to them by fee
    undone = c.id.in_(select(custom_fee_charge.c.fee_id).where(custom_fee_charge.c.reverses_id.is_not(None)))
    return case(
        (and_(c.recurring.is_(False), undone), FeeStatus.REVERSED.value),
        (c.recurring.is_(False), FeeStatus.CHARGED.value),
        (or_(c.ends_before <= on, c.ends_before <= c.starts_on), FeeStatus.ENDED.value),
        (c.starts_on > on, FeeStatus.UPCOMING.value),
        (c.ends_before.is_not(None), FeeStatus.ENDING.value),
        else_=FeeStatus.ACTIVE.value,
    )


def _where(wanted: Wanted, on: date) -> list[ColumnElement[bool]]:
    c = custom_fee.c
    same = {
        c.customer_id: wanted.customer_id,
        c.kind: wanted.kind.value if wanted.kind else None,
        c.currency: wanted.currency,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in same.items() if value is not None]
    flags = {c.recurring: wanted.recurring, c.visible: wanted.visible}
    found += [column.is_(value) for column, value in flags.items() if value is not None]
    if wanted.status is not None:
        found.append(_status(on) == wanted.status.value)
    if words := wanted.text.strip():
        columns = (c.description, c.wording, customer.c.name, customer.c.username)
        found.append(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    return found
