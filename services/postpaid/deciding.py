"""A manager's decision on an application: never of one's own, and from a limit on by two managers."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import select, update

from services.access.approvals import AlreadyDecided, Payload, decline, request_approval, withdraw
from services.access.audit import record
from services.access.model import Principal, require
from services.customers.queries import customer as customer_by_id
from services.db.engine import Transaction
from services.errors import Forbidden, InvalidForm
from services.money import Money
from services.postpaid.application import (
    Application,
    ApplicationStatus,
    Asked,
    NotAtThisPoint,
    OwnApplication,
    Verdict,
)
from services.postpaid.applying import put_question, terms_faults
from services.postpaid.letter import decision_kind
from services.postpaid.lettering import drawable_fault, write_letters
from services.postpaid.model import DECIDE, TWO_DECIDE_FROM
from services.postpaid.queries import applications as queries
from services.postpaid.tables import postpaid_application as table
from services.pricing.queries import rate_on
from services.texts import LONGEST_REASON, checked_reason, text_fault

DECIDE_ACT = "postpaid.decide"  # the name of the act in the register of approvals


def decide(
    tx: Transaction,
    *,
    by: Principal,
    application_id: int,
    verdict: Verdict,
    terms: Asked,
    reason: str,
    conditions: str = "",
) -> Application:
    """Approve an application on some terms and conditions, or decline it; from a limit of 5,000 AUD two people decide.

    The decision is told by a letter in both languages, which prints the conditions; of one that is declined they are
    what a new application has to meet. Reasons, notes and red flags never stand in it. Raises `OwnApplication` for who
    opened or recommended it, `NotAtThisPoint` without accounting's recommendation, and `InvalidForm` for wrong terms,
    conditions that cannot be printed or a missing reason.
    """
    require(by, DECIDE)
    found = _recommended(tx, application_id)
    if found.kept_from(by.person_id):
        raise OwnApplication
    why = checked_reason(reason, ask="Give the reason of the decision: it is kept, and the letter does not say it.")
    faults = terms_faults(tx, terms, currency=found.currency) if verdict is Verdict.APPROVE else {}
    wrong = text_fault(conditions.strip(), longest=LONGEST_REASON, lines=True) or drawable_fault(conditions)
    if wrong:
        faults["conditions"] = wrong
    if faults:
        raise InvalidForm(faults)
    row = _decided(verdict, terms, why, conditions.strip()) | {"decided_by": by.name, "decided_by_id": by.person_id}
    if verdict is Verdict.APPROVE and _needs_two(tx, terms.limit):
        return _ask_second(tx, by, found, row, terms)
    _close(tx, by, found, row | {"decided_at": tx.at}, agreed_by=None)
    return queries.application(tx.conn, application_id)


def ask_for_more(tx: Transaction, *, by: Principal, application_id: int, question: str) -> Application:
    """Let a recommended application wait for something the customer has to say or send, told by a letter.

    After the answer accounting looks at it again. Raises `InvalidForm` (reason) and `NotAtThisPoint`.
    """
    require(by, DECIDE)
    found = _recommended(tx, application_id)
    return put_question(tx, by=by, act=DECIDE.name, found=found, question=question, as_letter=True)


def apply_decision(tx: Transaction, *, by: Principal, payload: Payload) -> Application:
    """Put an agreed decision into force; what the second manager's approval sets off.

    Raises `OwnApplication`, and `NotAtThisPoint` when the application does not wait for it any more.
    """
    require(by, DECIDE)
    application_id = int(payload["application_id"])
    found = _locked(tx, application_id)
    if found.status is not ApplicationStatus.DECIDING:
        raise NotAtThisPoint(f"The application is {found.status} by now; decline this request.")
    if found.kept_from(by.person_id):
        raise OwnApplication
    _close(tx, by, found, dict(payload["decision"]) | {"decided_at": tx.at}, agreed_by=by.name)
    return queries.application(tx.conn, application_id)


def take_back_decision(tx: Transaction, *, by: Principal, application_id: int, reason: str) -> Application:
    """Let an application whose second manager declined, or did not decide yet, be decided anew.

    A request that still waits ends with it, or somebody could agree later to what was taken back. Raises `InvalidForm`
    without a reason, `NotAtThisPoint` unless it waits for a second manager.
    """
    require(by, DECIDE)
    why = checked_reason(reason, ask="Say why the decision is taken back.")
    found = _locked(tx, application_id)
    if found.status is not ApplicationStatus.DECIDING:
        raise NotAtThisPoint(f"The application is {found.status}; there is no decision to take back.")
    _end_request(tx, by, found.id, why)
    changes = {"status": ApplicationStatus.RECOMMENDED.value, "approval_id": None}
    tx.conn.execute(update(table).where(table.c.id == application_id).values(changes))
    _record(tx, by, application_id, {"status": "recommended"}, why)
    return queries.application(tx.conn, application_id)


def _needs_two(tx: Transaction, limit: Money) -> bool:
    return rate_on(tx.conn, limit.currency, tx.today).to_aud(limit) >= TWO_DECIDE_FROM


def _ask_second(tx: Transaction, by: Principal, found: Application, row: dict[str, Any], terms: Asked) -> Application:
    name = customer_by_id(tx.conn, found.customer_id).name
    approval_id = request_approval(
        tx,
        by=by,
        act=DECIDE_ACT,
        subject="postpaid application",
        payload={"application_id": found.id, "decision": row, "changes": terms.facts()},
        summary=f"Postpaid for {name}: {terms.minimum.text()} a month for {terms.months} months",
        reason=str(row["decided_reason"]),
        amount=terms.limit,
    )
    changes = {"status": ApplicationStatus.DECIDING.value, "approval_id": approval_id}
    tx.conn.execute(update(table).where(table.c.id == found.id).values(changes))
    return queries.application(tx.conn, found.id)


def _end_request(tx: Transaction, by: Principal, application_id: int, why: str) -> None:
    approval_id = tx.conn.execute(select(table.c.approval_id).where(table.c.id == application_id)).scalar_one()
    with suppress(AlreadyDecided):  # it was declined, which is why the decision is taken back
        try:
            withdraw(tx, by=by, approval_id=approval_id, reason=why)
        except Forbidden:  # another manager had asked
            decline(tx, by=by, approval_id=approval_id, acts={}, reason=why)


def _close(tx: Transaction, by: Principal, found: Application, row: dict[str, Any], *, agreed_by: str | None) -> None:
    approved = row["decision"] == Verdict.APPROVE.value
    status = ApplicationStatus.APPROVED if approved else ApplicationStatus.DECLINED
    changes = row | {"status": status.value, "agreed_by": agreed_by}
    tx.conn.execute(update(table).where(table.c.id == found.id).values(changes))
    conditions, decider = str(row["conditions"]), str(row["decided_by"])
    kind = decision_kind(Verdict(row["decision"]), conditions)
    write_letters(tx, found=queries.application(tx.conn, found.id), kind=kind, said=conditions, signed_by=decider)
    after = {"decision": row["decision"], "decided_by": row["decided_by"], "agreed_by": agreed_by}
    _record(tx, by, found.id, after, str(row["decided_reason"]))


def _decided(verdict: Verdict, terms: Asked, reason: str, conditions: str) -> dict[str, Any]:
    return {
        "decision": verdict.value,
        "decided_minimum_micros": terms.minimum.micros,
        "decided_limit_micros": terms.limit.micros,
        "decided_months": terms.months,
        "conditions": conditions,
        "decided_reason": reason,
    }


def _recommended(tx: Transaction, application_id: int) -> Application:
    found = _locked(tx, application_id)
    if found.status is not ApplicationStatus.RECOMMENDED:
        raise NotAtThisPoint(f"The application is {found.status}; a manager decides after accounting's recommendation.")
    return found


def _locked(tx: Transaction, application_id: int) -> Application:
    tx.conn.execute(select(table.c.id).where(table.c.id == application_id).with_for_update())
    return queries.application(tx.conn, application_id)


def _record(tx: Transaction, by: Principal, application_id: int, after: dict[str, Any], reason: str) -> None:
    subject = "postpaid application"
    record(tx, by=by, act=DECIDE.name, subject=subject, subject_id=application_id, after=after, reason=reason)
