"""Keeping signed commitments: the first version, and an end before the term."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.customers.tables import customer
from services.db.engine import Transaction
from services.db.keys import next_id
from services.errors import InvalidForm
from services.postpaid.application import Application, ApplicationStatus, Asked, Judgement
from services.postpaid.commitment import least_commitment
from services.postpaid.model import LEAVE, SIGN, Commitment, NotReady
from services.postpaid.queries import applications
from services.postpaid.queries import commitments as queries
from services.postpaid.tables import commitment as table
from services.postpaid.versions import Signature, Wanted, add_version, contract_file, locked, terms_of
from services.pricing.queries import rate_on
from services.texts import checked_reason


def sign_commitment(
    tx: Transaction,
    *,
    by: Principal,
    nonce: str,
    application_id: int,
    starts_on: date,
    wanted: Wanted,
    file_id: int,
    signed_on: date,
) -> Commitment:
    """Keep a signed commitment on the decided terms; it starts by itself on its day, and never without its contract.

    The minimum has to be worth the least commitment at the rate of the signature, which is frozen (rule 8). Raises
    `InvalidForm` for wrong days, a minimum worth less or a missing file, `NotReady` without an approval or while
    another commitment runs; the same form returns the commitment it made.
    """
    require(by, SIGN)
    found = applications.application(tx.conn, application_id)
    tx.conn.execute(select(customer.c.id).where(customer.c.id == found.customer_id).with_for_update())
    if made := tx.conn.execute(select(table.c.id).where(table.c.nonce == nonce)).scalar():
        return queries.commitment(tx.conn, int(made))
    decided = _approved(tx, found)
    if faults := wanted.faults() | _days_faults(tx, found, decided.terms, starts_on=starts_on, signed_on=signed_on):
        raise InvalidForm(faults)
    if running := queries.overlapping(tx.conn, customer_id=found.customer_id, starts_on=starts_on):
        raise NotReady(f"A commitment of this customer runs until {running.contract.days.last_day}; start after it.")
    contract_file(tx, file_id, found.id)
    commitment_id = next_id(tx, table)
    row = {
        "id": commitment_id, "nonce": nonce, "customer_id": found.customer_id, "application_id": found.id,
        "currency": found.currency, "starts_on": starts_on, "signed_on": signed_on, "made_at": tx.at,
        "made_by": by.name,
    }  # fmt: skip
    tx.conn.execute(insert(table), row)
    terms = terms_of(tx, decided.terms, wanted, starts_on=starts_on, effective_on=starts_on, signed_on=signed_on)
    add_version(tx, by, commitment_id, 1, terms, signature=Signature(file_id, "signed", decided.by))
    return queries.commitment(tx.conn, commitment_id)


def leave_commitment(
    tx: Transaction, *, by: Principal, commitment_id: int, left_before: date, charges_rest: bool, reason: str
) -> Commitment:
    """End a commitment before its term; `left_before` is the first day after it, and a manager decides about the rest.

    The last monthly invoice settles it, with what is left of the commitment where `charges_rest`. Raises `InvalidForm`,
    and `NotReady` when it was left already.
    """
    require(by, LEAVE)
    why = checked_reason(reason, ask="Say why the commitment ends early.")
    found = locked(tx, commitment_id)
    if found.contract.left_before is not None:
        raise NotReady(f"This commitment ends on {found.contract.days.last_day} already.")
    if not max(tx.today, found.contract.starts_on) < left_before < found.contract.term.ends_before:
        raise InvalidForm({"left_before": f"Give a day after today and before {found.contract.term.ends_before}."})
    changes = {
        "left_before": left_before, "left_reason": why, "left_at": tx.at, "left_by": by.name,
        "charges_rest": charges_rest,
    }  # fmt: skip
    tx.conn.execute(update(table).where(table.c.id == commitment_id).values(changes))
    after = {"left_before": left_before, "charges_rest": charges_rest}
    record(tx, by=by, act=LEAVE.name, subject="commitment", subject_id=commitment_id, after=after, reason=why)
    return queries.commitment(tx.conn, commitment_id)


def _days_faults(
    tx: Transaction, found: Application, agreed: Asked, *, starts_on: date, signed_on: date
) -> dict[str, str]:
    """A sentence for each of starts_on and signed_on that cannot be; the latter also for a minimum worth too little."""
    faults = {}
    if starts_on < tx.today:
        faults["starts_on"] = "A commitment starts today or later, so that no day is billed twice."
    if signed_on > min(starts_on, tx.today):
        faults["signed_on"] = "The contract is signed before it starts, and not in the future."
    elif signed_on < found.opened_on:
        faults["signed_on"] = f"The customer applied on {found.opened_on}; a contract is signed then or later."
    elif agreed.minimum < (least := least_commitment(rate_on(tx.conn, found.currency, signed_on))).minimum:
        faults["signed_on"] = (
            f"{agreed.minimum.text()} was decided, but at {least.rate} AUD of {least.rate_on} a commitment is at least "
            f"{least.minimum.text()} a month; open a new application for more."
        )
    return faults


def _approved(tx: Transaction, found: Application) -> Judgement:
    if found.status is not ApplicationStatus.APPROVED or found.decided is None:
        raise NotReady(f"The application is {found.status}; only an approved one can be signed.")
    if queries.signed_from(tx.conn, found.id) is not None:
        raise NotReady("This application was signed already; change its commitment instead.")
    return found.decided
