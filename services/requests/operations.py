"""Taking an invoice request, correcting it, giving it to somebody, ending it and taking it up again."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.access.tables import person
from services.customers.queries import customer
from services.db.engine import Transaction
from services.errors import InvalidForm, Refused, Stale
from services.invoices.draft import details_to_json
from services.invoices.judging import buyer_fault
from services.pricing.queries import currencies
from services.requests.model import OWNERS, TAKE_REQUESTS, Asked, InvoiceRequest, RequestStatus
from services.requests.reading import request
from services.requests.tables import invoice_request, invoice_request_step
from services.texts import checked_reason

_SUBJECT = "invoice request"


class NotNow(Refused):
    """The request does not stand where the act begins."""


class NotAnOwner(Refused):
    """The person is gone, or has a role that takes no requests."""


def open_request(tx: Transaction, *, by: Principal, nonce: str, asked: Asked) -> InvoiceRequest:
    """Take a request down; who takes it owns it. The same `nonce` again gives the request it made.

    What an invoice needs may still be missing. Raises `InvalidForm` for what cannot be kept and for a customer who pays
    afterwards, and `NoCustomer`.
    """
    require(by, TAKE_REQUESTS)
    buyer = customer(tx.conn, asked.customer_id)
    known = tx.conn.execute(select(invoice_request.c.id).where(invoice_request.c.nonce == nonce)).scalar()
    if known is not None:
        return request(tx.conn, known, on=tx.today)
    if wrong := buyer_fault(buyer):
        raise InvalidForm({"customer": wrong})
    kept = _checked(tx, asked)
    row = _values(kept) | {
        "nonce": nonce,
        "form": _form(nonce, 1),
        "customer_id": kept.customer_id,
        "owner_id": by.person_id,
        "owner": by.name if by.person_id is not None else "",
        "version": 1,
        "opened_at": tx.at,
        "opened_by": by.name,
        "cancelled_by": "",
        "cancel_reason": "",
    }
    number = int(tx.conn.execute(insert(invoice_request).values(row).returning(invoice_request.c.id)).scalar_one())
    _note(tx, by, number, "Received", f"By {kept.channel}" + (f", ticket {kept.ticket_id}" if kept.ticket_id else ""))
    record(tx, by=by, act=TAKE_REQUESTS.name, subject=_SUBJECT, subject_id=number, after=_said(kept))
    return request(tx.conn, number, on=tx.today)


def change_request(
    tx: Transaction, *, by: Principal, request_id: int, asked: Asked, expected_version: int
) -> InvoiceRequest:
    """Correct or complete what was asked for; the customer stays.

    Raises `InvalidForm`, `NoRequest`, `NotNow` once an invoice is issued or the request cancelled, and `Stale`.
    """
    require(by, TAKE_REQUESTS)
    found = _locked(tx, request_id)
    if not found.status.waits:
        raise NotNow(f"Request {request_id} is {found.status}; what was asked for stays as it is.")
    if found.version != expected_version:
        raise Stale("Somebody changed this request meanwhile; look at it again and repeat your change.")
    kept = _checked(tx, asked)
    before, after = _said(found.asked), _said(kept)
    changed = {name for name in after if before[name] != after[name]}
    if not changed:
        return found
    _write(tx, found, _values(kept))
    _note(tx, by, request_id, "Changed", ", ".join(sorted(name.replace("_", " ") for name in changed)))
    was, now = ({name: values[name] for name in changed} for values in (before, after))
    record(tx, by=by, act=TAKE_REQUESTS.name, subject=_SUBJECT, subject_id=request_id, before=was, after=now)
    return request(tx.conn, request_id, on=tx.today)


def assign_request(tx: Transaction, *, by: Principal, request_id: int, owner_id: int | None) -> InvoiceRequest:
    """Give a request to a person, or to nobody; to whom it belongs already changes nothing.

    Raises `NotAnOwner` for somebody who may not take requests, `NotNow` once it waits no more, and `NoRequest`.
    """
    require(by, TAKE_REQUESTS)
    found = _locked(tx, request_id)
    if not found.status.waits:
        raise NotNow(f"Request {request_id} is {found.status}; it needs nobody any more.")
    if found.owner_id == owner_id:
        return found
    name = _owner(tx, owner_id) if owner_id is not None else ""
    _write(tx, found, {"owner_id": owner_id, "owner": name})
    _note(tx, by, request_id, "Given to" if name else "Given back", name or "Nobody owns it")
    was, now = {"owner": found.owner}, {"owner": name}
    record(tx, by=by, act=TAKE_REQUESTS.name, subject=_SUBJECT, subject_id=request_id, before=was, after=now)
    return request(tx.conn, request_id, on=tx.today)


def cancel_request(tx: Transaction, *, by: Principal, request_id: int, reason: str) -> InvoiceRequest:
    """End a request nobody will issue an invoice for. Raises `InvalidForm` without a reason, `NotNow`, `NoRequest`."""
    require(by, TAKE_REQUESTS)
    reason = checked_reason(reason, ask="Say why the request is cancelled: it is kept with it.")
    found = _locked(tx, request_id)
    if found.outcome is not None:
        raise NotNow(f"Request {request_id} became {found.outcome.number}; void that invoice instead.")
    if not found.status.waits:
        raise NotNow(f"Request {request_id} is cancelled already.")
    _write(tx, found, {"cancelled_at": tx.at, "cancelled_by": by.name, "cancel_reason": reason})
    _note(tx, by, request_id, "Cancelled", reason)
    after = {"status": RequestStatus.CANCELLED}
    record(tx, by=by, act=TAKE_REQUESTS.name, subject=_SUBJECT, subject_id=request_id, after=after, reason=reason)
    return request(tx.conn, request_id, on=tx.today)


def reopen_request(tx: Transaction, *, by: Principal, request_id: int, reason: str) -> InvoiceRequest:
    """Let a cancelled request wait again, with a new form where its invoice is void, expired or credited.

    Raises `InvalidForm` without a reason, `NotNow` for one that is not cancelled, and `NoRequest`.
    """
    require(by, TAKE_REQUESTS)
    reason = checked_reason(reason, ask="Say why the request is taken up again.")
    found = _locked(tx, request_id)
    if found.status is not RequestStatus.CANCELLED:
        raise NotNow(f"Request {request_id} is {found.status}; only a cancelled one is taken up again.")
    values: dict[str, Any] = {"cancelled_at": None, "cancelled_by": "", "cancel_reason": ""}
    said = reason
    if found.outcome is not None:
        values["form"] = _form(found.form, found.version + 1)
        said = f"{reason} (its invoice {found.outcome.number} is {found.outcome.status})"
    _write(tx, found, values)
    _note(tx, by, request_id, "Taken up again", said)
    after = {"status": "waiting"}
    record(tx, by=by, act=TAKE_REQUESTS.name, subject=_SUBJECT, subject_id=request_id, after=after, reason=reason)
    return request(tx.conn, request_id, on=tx.today)


def _locked(tx: Transaction, request_id: int) -> InvoiceRequest:
    # PostgreSQL: two people at one request at once; SQLite has one writer anyway and ignores it
    tx.conn.execute(select(invoice_request.c.id).where(invoice_request.c.id == request_id).with_for_update())
    return request(tx.conn, request_id, on=tx.today)


def _checked(tx: Transaction, asked: Asked) -> Asked:
    kept = asked.tidied()
    wrong = kept.faults(tx.today)
    if kept.currency not in {each.code for each in currencies(tx.conn)}:
        wrong["currency"] = f"Credit is not sold in “{kept.currency[:10]}”; choose one of the listed currencies."
    if wrong:
        raise InvalidForm(wrong)
    return kept


def _owner(tx: Transaction, person_id: int) -> str:
    wanted = select(person.c.name, person.c.role).where(person.c.id == person_id, person.c.active.is_(True))
    row = tx.conn.execute(wanted).first()
    if row is None or row.role not in {role.value for role in OWNERS}:
        raise NotAnOwner("A request belongs to somebody in support or accounting; choose one of them.")
    return str(row.name)


def _form(seed: str, turn: int) -> str:
    """The nonce of the form that issues a request's invoice: its own for each time it is taken up."""
    return hashlib.sha256(f"invoice request {seed} {turn}".encode()).hexdigest()[:32]


def _write(tx: Transaction, found: InvoiceRequest, values: dict[str, Any]) -> None:
    changed = values | {"version": found.version + 1}
    tx.conn.execute(update(invoice_request).where(invoice_request.c.id == found.id).values(changed))


def _values(kept: Asked) -> dict[str, Any]:
    return {
        "currency": kept.currency,
        "gross_micros": kept.gross.micros if kept.gross is not None else None,
        "details": details_to_json(kept.details),
        "channel": kept.channel.value,
        "received_on": kept.received_on,
        "ticket_id": kept.ticket_id,
        "po_number": kept.po_number,
        "note": kept.note,
    }


def _said(asked: Asked) -> dict[str, Any]:
    """What was asked for in words, for the history and the audit trail."""
    facts: dict[str, Any] = asdict(asked.details)
    facts |= {"amount": asked.gross.text() if asked.gross is not None else "", "currency": asked.currency}
    facts |= {"channel": asked.channel.value, "received_on": asked.received_on, "ticket": asked.ticket_id}
    return facts | {"po_number": asked.po_number, "note": asked.note}


def _note(tx: Transaction, by: Principal, request_id: int, did: str, said: str) -> None:
    step = {"request_id": request_id, "done_at": tx.at, "done_by": by.name, "did": did, "said": said}
    tx.conn.execute(insert(invoice_request_step).values(step))
