"""Reads of applications: one, the open one of a customer, a page of them, their questions and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, exists, func, or_, select

from services.customers.tables import customer
from services.frames import typed
from services.money import Money
from services.postpaid.application import (
    Application,
    ApplicationStatus,
    Asked,
    FileKept,
    Judgement,
    NoSuchApplication,
    Question,
    Verdict,
)
from services.postpaid.tables import commitment, postpaid_file, postpaid_question
from services.postpaid.tables import postpaid_application as table

_OPEN = [status.value for status in ApplicationStatus if status.is_open]
_newer = table.alias("newer").c
# Nothing is to be signed any more: it was, or the customer applied anew, which is how an approval nobody signs ends.
_SIGNED = or_(
    exists().where(commitment.c.application_id == table.c.id),
    exists().where(_newer.customer_id == table.c.customer_id, _newer.id > table.c.id),
)


@dataclass(frozen=True)
class ApplicationsPage:
    """One page of applications, those that wait first and oldest first among them, and how many fit.

    `rows`: id, customer_id, name, username, country, currency, status, asked_minimum_micros, asked_limit_micros,
    asked_months, opened_on, opened_by, recommendation, recommended_by, decision, decided_by, signed (whether
    nothing of it is to be signed any more).
    """

    rows: pd.DataFrame
    total: int


def application(conn: Connection, application_id: int) -> Application:
    """The application; raises `NoSuchApplication`."""
    row = conn.execute(select(table).where(table.c.id == application_id)).one_or_none()
    if row is None:
        raise NoSuchApplication(f"There is no application with id {application_id}; look at the list again.")
    return _application(row)


def application_by_nonce(conn: Connection, nonce: str) -> Application | None:
    """What the form with this nonce opened, if it did."""
    row = conn.execute(select(table).where(table.c.nonce == nonce)).one_or_none()
    return _application(row) if row is not None else None


def open_application_of(conn: Connection, customer_id: int) -> Application | None:
    """The application of a customer that is not decided yet; there is at most one."""
    row = conn.execute(select(table).where(table.c.customer_id == customer_id, table.c.status.in_(_OPEN))).one_or_none()
    return _application(row) if row is not None else None


def waiting_count(conn: Connection, *, status: ApplicationStatus) -> int:
    """How many applications stand at this point."""
    return int(conn.execute(select(func.count()).where(table.c.status == status.value)).scalar_one())


def unsigned_count(conn: Connection) -> int:
    """How many applications were approved, wait for their signed contract, and were not followed by a newer one."""
    approved = table.c.status == ApplicationStatus.APPROVED.value
    return int(conn.execute(select(func.count()).select_from(table).where(approved, ~_SIGNED)).scalar_one())


def applications_page(
    conn: Connection,
    *,
    status: ApplicationStatus | None = None,
    open_only: bool = False,
    customer_id: int | None = None,
    page: int = 1,
    size: int = 50,
) -> ApplicationsPage:
    """One page (the first is 1) of applications, cut in the database."""
    fits: list[ColumnElement[bool]] = [table.c.status.in_(_OPEN)] if open_only else []
    fits += [table.c.status == status.value] if status else []
    fits += [table.c.customer_id == customer_id] if customer_id is not None else []
    names = ("id", "customer_id", "currency", "status", "asked_minimum_micros", "asked_limit_micros", "asked_months")
    more = ("opened_on", "opened_by", "recommendation", "recommended_by", "decision", "decided_by")
    columns = [table.c[name] for name in (*names, *more)]
    wanted = select(
        *columns, customer.c.name, customer.c.username, customer.c.country, _SIGNED.label("signed")
    ).join_from(table, customer, customer.c.id == table.c.customer_id)
    settled = table.c.status.in_(_OPEN).desc()
    found = conn.execute(
        wanted.where(*fits).order_by(settled, table.c.opened_on, table.c.id).limit(size).offset((page - 1) * size)
    )
    rows = pd.DataFrame(found.all(), columns=list(found.keys()))
    whole = ["id", "customer_id", "asked_minimum_micros", "asked_limit_micros", "asked_months"]
    total = int(conn.execute(select(func.count()).select_from(table).where(*fits)).scalar_one())
    return ApplicationsPage(typed(rows, dict.fromkeys(whole, "int64")), total)


def questions_of(conn: Connection, application_id: int) -> list[Question]:
    """The questions about an application, oldest first."""
    c = postpaid_question.c
    rows = conn.execute(select(postpaid_question).where(c.application_id == application_id).order_by(c.id))
    return [
        Question(row.id, row.question, row.asked_by, row.asked_at, row.answer or "", row.answered_by or "")
        for row in rows
    ]


def files_of(conn: Connection, application_id: int) -> list[FileKept]:
    """The files kept with an application, without their content, oldest first."""
    c = postpaid_file.c
    columns = (c.id, c.kind, c.name, c.sha256, c.size, c.added_at, c.added_by)
    rows = conn.execute(select(*columns).where(c.application_id == application_id).order_by(c.id))
    return [
        FileKept(row.id, row.kind, row.name, bytes(row.sha256).hex(), row.size, row.added_at, row.added_by)
        for row in rows
    ]


def file_content(conn: Connection, file_id: int) -> bytes:
    """The content of a kept file; raises `NoSuchApplication`."""
    found = conn.execute(select(postpaid_file.c.content).where(postpaid_file.c.id == file_id)).scalar()
    if found is None:
        raise NoSuchApplication(f"There is no file with id {file_id}; look at the application again.")
    return bytes(found)


def _application(row: Row[Any]) -> Application:
    return Application(
        id=row.id,
        customer_id=row.customer_id,
        currency=row.currency,
        status=ApplicationStatus(row.status),
        asked=_asked(row, "asked"),
        note=row.note,
        ticket_id=row.ticket_id,
        opened_on=row.opened_on,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        opened_by_id=row.opened_by_id,
        recommended=_judgement(row, "recommended", row.recommendation),
        decided=_judgement(row, "decided", row.decision),
        agreed_by=row.agreed_by or "",
        dossier=row.dossier or "",
        withdrawn_reason=row.withdrawn_reason or "",
    )


def _asked(row: Row[Any], of: str) -> Asked:
    kept = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    minimum, limit = kept[f"{of}_minimum_micros"], kept[f"{of}_limit_micros"]
    return Asked(Money(minimum or 0, row.currency), Money(limit or 0, row.currency), kept[f"{of}_months"] or 0)


def _judgement(row: Row[Any], of: str, verdict: str | None) -> Judgement | None:
    kept = row._mapping  # noqa: SLF001 - as above
    if verdict is None or kept[f"{of}_at"] is None:
        return None
    said = (kept[f"{of}_reason"], kept[f"{of}_by"], kept[f"{of}_by_id"], kept[f"{of}_at"])
    return Judgement(Verdict(verdict), _asked(row, of), *said, (row.conditions or "") if of == "decided" else "")
