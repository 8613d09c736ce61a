"""Reads of the outbox: one message, those of an invoice, a page of them, what is due, and marked addresses."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, exists, func, or_, select, table
from sqlalchemy import column as named

from services.jobs.model import Hold
from services.jobs.tables import job_hold
from services.mail.model import JOB, About, Mail, MailKind, MailState, Mark, NoSuchMail, Via
from services.mail.tables import mail_choice, mail_content, mail_mark, mail_message

_MAIL = mail_message.c
_CUSTOMER = table("customer", named("id"), named("name"))  # its room stands above this one
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of messages may be narrowed by; `begins` and `ends` are moments of being queued, `ends` excluded."""

    begins: datetime | None = None
    ends: datetime | None = None
    state: MailState | None = None
    kind: MailKind | None = None
    customer_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class MailPage:
    """One page of messages, newest first, and how many fit.

    `rows`: id, queued_at, kind, number, invoice_id, customer_id, customer, to_address, language, subject, state, via,
    attempts, sent_at, next_at, queued_by, reason, said.
    """

    rows: pd.DataFrame
    total: int


def mail(conn: Connection, mail_id: int) -> Mail:
    """The message; raises `NoSuchMail`."""
    row = conn.execute(select(mail_message).where(_MAIL.id == mail_id)).one_or_none()
    if row is None:
        raise NoSuchMail(f"There is no message {mail_id}; look at the mail room again.")
    return from_row(row)


def mails_of_invoice(conn: Connection, invoice_id: int) -> list[Mail]:
    """Every message about an invoice, its credit notes and its receipts, newest first."""
    rows = conn.execute(select(mail_message).where(_MAIL.invoice_id == invoice_id).order_by(_MAIL.id.desc()))
    return [from_row(row) for row in rows]


def mails_about(conn: Connection, about: About, about_id: int) -> list[Mail]:
    """Every message about one thing, newest first."""
    mine = (_MAIL.about == about.value, _MAIL.about_id == about_id)
    return [from_row(row) for row in conn.execute(select(mail_message).where(*mine).order_by(_MAIL.id.desc()))]


def page(conn: Connection, *, wanted: Filters, page: int = 1, size: int = PAGE_SIZE) -> MailPage:
    """One page (the first is 1), cut in the database."""
    fits = _fitting(wanted)
    total = conn.execute(select(func.count()).select_from(mail_message).where(*fits)).scalar_one()
    names = ["id", "queued_at", "kind", "number", "invoice_id", "customer_id", "to_address", "language", "subject"]
    names += ["state", "via", "attempts", "sent_at", "next_at", "queued_by", "reason", "said"]
    columns = [_MAIL[name] for name in names]
    found = conn.execute(
        select(*columns, _CUSTOMER.c.name.label("customer"))
        .join(_CUSTOMER, _CUSTOMER.c.id == _MAIL.customer_id)
        .where(*fits)
        .order_by(_MAIL.queued_at.desc(), _MAIL.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    frame = pd.DataFrame([tuple(row) for row in found], columns=list(found.keys()), dtype=object)
    return MailPage(frame, int(total))


def unsettled(conn: Connection) -> dict[MailState, int]:
    """How many messages, of all days, are in each state but sent and cancelled; a failed one sent again is settled."""
    open_ones = [state.value for state in MailState if state not in {MailState.SENT, MailState.CANCELLED}]
    later = mail_message.alias("later")
    again = exists().where(later.c.again_of_id == _MAIL.id)
    counted = select(_MAIL.state, func.count()).where(
        _MAIL.state.in_(open_ones), _MAIL.state != MailState.SENT.value, ~again
    )
    found = {str(state): int(count) for state, count in conn.execute(counted.group_by(_MAIL.state))}
    return {MailState(state): found.get(state, 0) for state in open_ones}


def due_count(conn: Connection, *, at: datetime) -> int:
    """How many messages could be sent at a moment."""
    due = select(func.count()).where(_MAIL.state == MailState.QUEUED.value, _MAIL.next_at <= at)
    return int(conn.execute(due).scalar_one())


def last_sent(conn: Connection) -> datetime | None:
    """When the newest message that was sent went; None before the first."""
    newest = select(_MAIL.sent_at).where(_MAIL.state == MailState.SENT.value).order_by(_MAIL.id.desc()).limit(1)
    found: datetime | None = conn.execute(newest).scalar()
    return found


def content(conn: Connection, sha256: str) -> bytes:
    """The exact bytes that were sent."""
    return bytes(conn.execute(select(mail_content.c.content).where(mail_content.c.sha256 == sha256)).scalar_one())


def marks(conn: Connection, addresses: Collection[str]) -> dict[str, Mark]:
    """The marks of those of the addresses that mail came back from, by the address in small letters."""
    keys = sorted({address.casefold() for address in addresses})
    rows = conn.execute(select(mail_mark).where(mail_mark.c.address_key.in_(keys)))
    return {row.address_key: Mark(row.address, row.since, row.said, row.mail_id) for row in rows}


def marked_addresses(conn: Connection) -> list[Mark]:
    """Every address mail came back from, the newest first."""
    rows = conn.execute(select(mail_mark).order_by(mail_mark.c.since.desc(), mail_mark.c.address_key))
    return [Mark(row.address, row.since, row.said, row.mail_id) for row in rows]


def bounced_for(conn: Connection, *, customer_id: int) -> list[Mark]:
    """The marked addresses that messages to a customer went to."""
    keys = select(_MAIL.to_key).where(_MAIL.customer_id == customer_id)
    rows = conn.execute(select(mail_mark).where(mail_mark.c.address_key.in_(keys)).order_by(mail_mark.c.address_key))
    return [Mark(row.address, row.since, row.said, row.mail_id) for row in rows]


def mails_receipts(conn: Connection) -> bool:
    """Whether customers hear of every receipt by themselves; off until somebody chooses it."""
    newest = select(mail_choice.c.receipts).order_by(mail_choice.c.id.desc()).limit(1)
    return bool(conn.execute(newest).scalar())


def hold(conn: Connection) -> Hold | None:
    """Why nothing is being sent, if somebody put sending on hold."""
    row = conn.execute(select(job_hold).where(job_hold.c.job == JOB)).one_or_none()
    return Hold(row.job, row.held_at, row.held_by, row.reason) if row else None


def from_row(row: Row[Any]) -> Mail:
    """The message a row holds."""
    return Mail(
        id=row.id,
        kind=MailKind(row.kind),
        about=About(row.about),
        about_id=row.about_id,
        version=row.version,
        invoice_id=row.invoice_id,
        customer_id=row.customer_id,
        number=row.number,
        to=row.to_address,
        language=row.language,
        facts=json.loads(row.facts),
        subject=row.subject,
        state=MailState(row.state),
        via=Via(row.via) if row.via else None,
        attempts=row.attempts,
        next_at=row.next_at,
        lease_until=row.lease_until,
        handed_at=row.handed_at,
        message_id=row.message_id,
        sha256=row.sha256,
        queued_at=row.queued_at,
        queued_by=row.queued_by,
        sent_at=row.sent_at,
        said=row.said,
        again_of_id=row.again_of_id,
        reason=row.reason,
    )


def _fitting(wanted: Filters) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = []
    if wanted.begins:
        fits.append(_MAIL.queued_at >= wanted.begins)
    if wanted.ends:
        fits.append(_MAIL.queued_at < wanted.ends)
    if wanted.state:
        fits.append(_MAIL.state == wanted.state.value)
    if wanted.kind:
        fits.append(_MAIL.kind == wanted.kind.value)
    if wanted.customer_id is not None:
        fits.append(_MAIL.customer_id == wanted.customer_id)
    if words := wanted.text.strip():
        fits.append(or_(*(each.icontains(words, autoescape=True) for each in (_MAIL.number, _MAIL.to_key))))
    return fits
