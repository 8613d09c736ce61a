"""Keeping signed commitments: the first version, changes and renewals as new versions, and an end before the term."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.customers.tables import customer
from services.db.engine import Transaction
from services.db.keys import next_id
from services.errors import InvalidForm, Stale
from services.periods import months_between
from services.postpaid.application import Application, ApplicationStatus, Asked, Judgement
from services.postpaid.applying import terms_faults
from services.postpaid.model import LEAVE, SIGN, Commitment, NotReady
from services.postpaid.queries import applications
from services.postpaid.queries import commitments as queries
from services.postpaid.tables import commitment as table
from services.postpaid.tables import commitment_month
from services.postpaid.versions import Signature, Wanted, add_version, contract_file, locked, terms_of
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

    Raises `InvalidForm` for wrong days or a missing file, `NotReady` without an approval or while another commitment
    runs; the same form returns the commitment it made.
    """
    require(by, SIGN)
    found = applications.application(tx.conn, application_id)
    tx.conn.execute(select(customer.c.id).where(customer.c.id == found.customer_id).with_for_update())
    if made := tx.conn.execute(select(table.c.id).where(table.c.nonce == nonce)).scalar():
        return queries.commitment(tx.conn, int(made))
    decided = _approved(tx, found)
    faults = wanted.faults()
    if starts_on < tx.today:
        faults["starts_on"] = "A commitment starts today or later, so that no day is billed twice."
    if signed_on > min(starts_on, tx.today):
        faults["signed_on"] = "The contract is signed before it starts, and not in the future."
    if faults:
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


def change_commitment(
    tx: Transaction,
    *,
    by: Principal,
    commitment_id: int,
    expected_version: int,
    effective_on: date,
    agreed: Asked,
    wanted: Wanted,
    file_id: int,
    reason: str,
) -> Commitment:
    """A signed change or renewal as a new version, from the 1st of a month that is not billed yet.

    The months agreed count from the first day of the contract, so that a renewal is a larger number. A higher credit
    limit needs a new application. Raises `Stale`, `InvalidForm`, `NotReady`.
    """
    require(by, SIGN)
    why = checked_reason(reason, ask="Say what changes and why.")
    found = locked(tx, commitment_id)
    if found.version != expected_version:
        raise Stale("Somebody changed this commitment meanwhile; look at it again and repeat your change.")
    if faults := wanted.faults() | _change_faults(tx, found, effective_on, agreed):
        raise InvalidForm(faults)
    contract_file(tx, file_id, found.application_id)
    starts_on = found.contract.starts_on
    terms = terms_of(tx, agreed, wanted, starts_on=starts_on, effective_on=effective_on, signed_on=tx.today)
    add_version(tx, by, found.id, found.version + 1, terms, signature=Signature(file_id, why, by.name))
    return queries.commitment(tx.conn, found.id)


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


def _approved(tx: Transaction, found: Application) -> Judgement:
    if found.status is not ApplicationStatus.APPROVED or found.decided is None:
        raise NotReady(f"The application is {found.status}; only an approved one can be signed.")
    if tx.conn.execute(select(table.c.id).where(table.c.application_id == found.id)).scalar() is not None:
        raise NotReady("This application was signed already; change its commitment instead.")
    return found.decided


def _change_faults(tx: Transaction, found: Commitment, effective_on: date, agreed: Asked) -> dict[str, str]:
    faults = terms_faults(tx, agreed, currency=found.currency)
    c = commitment_month.c
    billed = select(c.month).where(c.commitment_id == found.id, c.month >= effective_on.replace(day=1)).limit(1)
    if effective_on.day != 1 or effective_on < found.contract.starts_on:
        faults["effective_on"] = "A change holds from the 1st of a month of the contract."
    elif tx.conn.execute(billed).scalar() is not None:
        faults["effective_on"] = "That month was billed already; choose a later one."
    decided = applications.application(tx.conn, found.application_id).decided
    if decided and agreed.limit > decided.terms.limit and "limit" not in faults:
        faults["limit"] = f"A limit above {decided.terms.limit.text()} needs a new application and its decision."
    if agreed.months <= months_between(found.contract.starts_on, effective_on):
        faults["months"] = "The term would end before the change begins."
    return faults
