"""Reads of commitments: one, a customer's, those that run on a day, a page of them, and the months billed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, exists, func, or_, select

from services.customers.tables import customer, customer_stop
from services.frames import typed
from services.ledger.tables import account, account_balance
from services.money import Money
from services.postpaid.commitment import AtLimit, Contract, Terms, TrueUp
from services.postpaid.model import Commitment, MonthBilled, NoSuchCommitment
from services.postpaid.queries.risk import OF_CREDIT, by_risk
from services.postpaid.tables import commitment as table
from services.postpaid.tables import commitment_month, commitment_version


@dataclass(frozen=True)
class CommitmentsPage:
    """One page of commitments, those most at risk first, and how many fit.

    `rows`: id, customer_id, name, username, country, currency, starts_on, ends_before, minimum_micros, limit_micros,
    true_up, left_before, started_at, ended_at; terms are those of the newest version, and `ends_before` is the end of
    the days it really runs.
    """

    rows: pd.DataFrame
    total: int


def commitment(conn: Connection, commitment_id: int) -> Commitment:
    """The commitment; raises `NoSuchCommitment`."""
    found = _commitments(conn, table.c.id == commitment_id)
    if not found:
        raise NoSuchCommitment(f"There is no commitment with id {commitment_id}; look at the list again.")
    return found[0]


def commitment_of(conn: Connection, customer_id: int) -> Commitment | None:
    """The newest commitment of a customer that has not ended; None for a prepaid customer."""
    found = _commitments(conn, table.c.customer_id == customer_id, table.c.ended_at.is_(None))
    return found[-1] if found else None


def signed_from(conn: Connection, application_id: int) -> int | None:
    """The commitment that was signed from an application; None until then."""
    return conn.execute(select(table.c.id).where(table.c.application_id == application_id)).scalar()


def running_commitments(conn: Connection, *, ids: Collection[int] | None = None) -> list[Commitment]:
    """Every commitment signed and not ended yet, by id; only those of `ids`, if given."""
    fits: list[ColumnElement[bool]] = [table.c.ended_at.is_(None)]
    if ids is not None:
        fits.append(table.c.id.in_(ids))
    return _commitments(conn, *fits)


def another_runs(conn: Connection, *, customer_id: int, besides: int) -> bool:
    """Whether a commitment of the customer other than this one has begun and not ended."""
    c = table.c
    runs = (c.customer_id == customer_id, c.id != besides, c.started_at.is_not(None), c.ended_at.is_(None))
    return bool(conn.execute(select(exists().where(*runs))).scalar_one())


def commitments_by_id(conn: Connection, ids: Collection[int]) -> dict[int, Commitment]:
    """These commitments by id, whatever became of them."""
    return {each.id: each for each in _commitments(conn, table.c.id.in_(ids))}


def billed_in(conn: Connection, month: date) -> set[int]:
    """The ids of the commitments whose calendar month is billed."""
    c = commitment_month.c
    return set(conn.execute(select(c.commitment_id).where(c.month == month)).scalars())


@dataclass(frozen=True, slots=True)
class VersionKept:
    """Who made a version of a contract and who agreed to it, when and why, and the file that was signed."""

    version: int
    reason: str
    made_at: datetime
    made_by: str
    agreed_by: str
    file_id: int


def versions_kept(conn: Connection, commitment_id: int) -> list[VersionKept]:
    """How each version of a contract came about, oldest first; what they say is in the commitment."""
    c = commitment_version.c
    columns = (c.version, c.reason, c.made_at, c.made_by, c.agreed_by, c.file_id)
    rows = conn.execute(select(*columns).where(c.commitment_id == commitment_id).order_by(c.version))
    return [VersionKept(*row) for row in rows]


def months_billed(conn: Connection, commitment_id: int) -> list[MonthBilled]:
    """The months the monthly run billed, oldest first."""
    c = commitment_month.c
    rows = conn.execute(
        select(commitment_month, table.c.currency)
        .join_from(commitment_month, table, table.c.id == c.commitment_id)
        .where(c.commitment_id == commitment_id)
        .order_by(c.month)
    )
    return [
        MonthBilled(
            row.month,
            row.starts_on,
            row.ends_before,
            Money(row.consumed_micros, row.currency),
            Money(row.minimum_micros, row.currency),
            Money(row.true_up_micros, row.currency),
            row.true_up_entry_id,
            row.invoice_id,
            row.billed_at,
        )
        for row in rows
    ]


def commitments_page(
    conn: Connection,
    *,
    on: date,
    open_only: bool = False,
    expiring_before: date | None = None,
    stopped_only: bool = False,
    currency: str | None = None,
    page: int = 1,
    size: int = 50,
) -> CommitmentsPage:
    """One page (the first is 1) of commitments, ordered and cut in the database, as they stand on a day.

    `open_only` leaves out those over and settled: one to begin, or whose last month is not billed yet, needs somebody.
    By the marks of the credit limit that are passed, then by how far the month is behind its minimum, day for day.
    """
    newest = select(commitment_version.c.commitment_id, func.max(commitment_version.c.version).label("version"))
    last = newest.group_by(commitment_version.c.commitment_id).subquery()
    v, c = commitment_version.c, table.c
    ends = func.coalesce(c.left_before, v.ends_before)
    fits: list[ColumnElement[bool]] = [c.ended_at.is_(None)] if open_only else []
    if expiring_before:
        fits += [ends <= expiring_before, ends > on]
    if currency:
        fits.append(c.currency == currency)
    if stopped_only:
        open_ = (customer_stop.c.customer_id == c.customer_id, customer_stop.c.ended_at.is_(None))
        fits.append(exists().where(*open_))
    terms = (ends.label("ends_before"), v.minimum_micros, v.limit_micros, v.true_up)
    rest = (c.left_before, c.started_at, c.ended_at, customer.c.name, customer.c.username, customer.c.country)
    wanted = (
        select(c.id, c.customer_id, c.currency, c.starts_on, *terms, *rest)
        .join_from(table, last, last.c.commitment_id == c.id)
        .join(commitment_version, (v.commitment_id == c.id) & (v.version == last.c.version))
        .join(customer, customer.c.id == c.customer_id)
        .outerjoin(account, OF_CREDIT)
        .outerjoin(account_balance, account_balance.c.account_id == account.c.id)
        .where(*fits)
    )
    total = int(conn.execute(select(func.count()).select_from(wanted.subquery())).scalar_one())
    found = conn.execute(wanted.order_by(*by_risk(on, v, ends=ends), c.id.desc()).limit(size).offset((page - 1) * size))
    rows = pd.DataFrame(found.all(), columns=list(found.keys()))
    whole = ["id", "customer_id", "minimum_micros", "limit_micros"]
    return CommitmentsPage(typed(rows, dict.fromkeys(whole, "int64")), total)


def overlapping(conn: Connection, *, customer_id: int, starts_on: date) -> Commitment | None:
    """A commitment of the customer that still runs on a day, so that none can begin on it."""
    left = or_(table.c.left_before.is_(None), table.c.left_before > starts_on)
    found = _commitments(conn, table.c.customer_id == customer_id, left)
    return next((each for each in found if each.contract.days.ends_before > starts_on), None)


def follows(conn: Connection, found: Commitment, *, until: date) -> Commitment | None:
    """A commitment of the same customer that begins after this one and before a day, so it cannot run until then."""
    c = table.c
    later = (c.customer_id == found.customer_id, c.id != found.id, c.starts_on > found.contract.starts_on)
    return next(iter(_commitments(conn, *later, c.starts_on < until)), None)


def _commitments(conn: Connection, *fits: ColumnElement[bool]) -> list[Commitment]:
    rows = conn.execute(select(table).where(*fits).order_by(table.c.id)).all()
    versions = _versions(conn, [row.id for row in rows], {row.id: row.currency for row in rows})
    return [
        Commitment(
            id=row.id,
            customer_id=row.customer_id,
            application_id=row.application_id,
            currency=row.currency,
            contract=Contract(row.starts_on, tuple(versions[row.id]), row.left_before),
            signed_on=row.signed_on,
            made_by=row.made_by,
            started_at=row.started_at,
            ended_at=row.ended_at,
            left_reason=row.left_reason or "",
            charges_rest=bool(row.charges_rest),
        )
        for row in rows
    ]


def _versions(conn: Connection, ids: list[int], currencies: dict[int, str]) -> dict[int, list[Terms]]:
    c = commitment_version.c
    found: defaultdict[int, list[Terms]] = defaultdict(list)
    for row in conn.execute(
        select(commitment_version).where(c.commitment_id.in_(ids)).order_by(c.commitment_id, c.version)
    ):
        found[row.commitment_id].append(_terms(row, currencies[row.commitment_id]))
    return found


def _terms(row: Row[Any], currency: str) -> Terms:
    return Terms(
        effective_on=row.effective_on,
        ends_before=row.ends_before,
        minimum=Money(row.minimum_micros, currency),
        true_up=TrueUp(row.true_up),
        payment_days=row.payment_days,
        credit_limit=Money(row.limit_micros, currency),
        notice_days=row.notice_days,
        at_limit=AtLimit(row.at_limit),
        aud=Money(row.aud_micros, "AUD"),
        rate=Decimal(row.rate),
        rate_on=row.rate_on,
        rate_source=row.rate_source,
    )
