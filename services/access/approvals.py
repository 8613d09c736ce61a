"""Four eyes: one person requests an act, another approves it, and it happens in the transaction of the approval."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from services.access import audit
from services.access.model import SEE_APPROVALS, Decision, Permission, Principal, require
from services.access.tables import approval
from services.db.engine import Transaction
from services.errors import Forbidden, InvalidForm, NotFound, Refused, Stale
from services.texts import checked_reason

if TYPE_CHECKING:
    from services.money import Money

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """What an approval sets off: who may approve it, and the operation that then runs."""

    permission: Permission
    run: Callable[[Transaction, Principal, Payload], object]


class SelfApproval(Forbidden):
    """Somebody tried to decide on a request of their own."""

    def __init__(self) -> None:
        """Say who can."""
        super().__init__("You requested this yourself, so another person has to decide; you may withdraw it.")


class AlreadyDecided(Stale):
    """The request does not wait any more."""

    def __init__(self, decision: str) -> None:
        """Say how it ended."""
        super().__init__(f"This request was already {decision}; look at the list again.")


class NoSuchApproval(NotFound):
    """There is no request with this id."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("There is no such request for approval; look at the list again.")


class UnknownAct(Refused):
    """The request names an act this version does not know."""

    def __init__(self, act: str) -> None:
        """Name it."""
        super().__init__(f'This version cannot carry out "{act}"; decline the request, or ask the administrator.')


class OnlyPeople(Refused):
    """A job tried to take part in an approval."""

    def __init__(self) -> None:
        """Say who can."""
        super().__init__("Only a person can request, approve, decline or withdraw; sign in first.")


def request_approval(
    tx: Transaction,
    *,
    by: Principal,
    act: str,
    subject: str,
    payload: Payload,
    summary: str,
    reason: str,
    amount: Money | None = None,
) -> int:
    """Ask for another person's approval and return the request's id.

    `act` is a name in the register of acts, `subject` the noun it concerns, `payload` what the act will be given
    (JSON: text, whole numbers, lists; money as micros), `summary` the one line the approver reads. The operation that
    calls this has checked that `by` may ask. Raises `InvalidForm` without a summary or a reason.
    """
    require(by, SEE_APPROVALS)
    missing = {"summary": "Say in one line what is to happen."} if not summary.strip() else {}
    try:
        reason = checked_reason(reason, ask="Give the reason, so that the other person can decide.")
    except InvalidForm as invalid:
        missing |= invalid.fields
    if missing:
        raise InvalidForm(missing)
    row = {
        "act": act,
        "subject": subject,
        "payload": json.dumps(dict(payload), sort_keys=True, ensure_ascii=False),
        "summary": summary.strip(),
        "amount_micros": amount.micros if amount is not None else None,
        "currency": amount.currency if amount is not None else None,
        "requested_by": _person_id(by),
        "requested_at": tx.at,
        "reason": reason,
    }
    approval_id = int(tx.conn.execute(insert(approval).returning(approval.c.id), row).scalar_one())
    after = {"act": act, "summary": row["summary"]}
    audit.record(
        tx, by=by, act="access.request", subject="approval", subject_id=approval_id, after=after, reason=reason
    )
    return approval_id


def approve(tx: Transaction, *, by: Principal, approval_id: int, acts: Mapping[str, Act], reason: str = "") -> object:
    """Approve a request of another person, carry out its act in this transaction, and return what the act returned.

    Raises `SelfApproval`, `NotAllowed`, `AlreadyDecided`, `UnknownAct`, and whatever the act itself refuses: then the
    request still waits.
    """
    asked = _decidable(tx, by, approval_id, acts)
    _decide(tx, by=by, approval_id=approval_id, decision=Decision.APPROVED, reason=reason)
    return acts[asked.act].run(tx, by, json.loads(asked.payload))


def decline(tx: Transaction, *, by: Principal, approval_id: int, acts: Mapping[str, Act], reason: str) -> None:
    """Decline a request of another person; the reason is what they will read."""
    _decidable(tx, by, approval_id, acts, unknown_is_fine=True)
    reason = checked_reason(reason, ask="Say why, so that the request can be put right.")
    _decide(tx, by=by, approval_id=approval_id, decision=Decision.DECLINED, reason=reason)


def withdraw(tx: Transaction, *, by: Principal, approval_id: int, reason: str = "") -> None:
    """Take back one's own request."""
    require(by, SEE_APPROVALS)
    if _load(tx, approval_id).requested_by != _person_id(by):
        raise Forbidden("Only the person who requested this can withdraw it; decline it instead.")
    _decide(tx, by=by, approval_id=approval_id, decision=Decision.WITHDRAWN, reason=reason)


def _person_id(by: Principal) -> int:
    if by.person_id is None:
        raise OnlyPeople
    return by.person_id


def _load(tx: Transaction, approval_id: int) -> Any:
    found = tx.conn.execute(select(approval).where(approval.c.id == approval_id)).first()
    if found is None:
        raise NoSuchApproval
    return found


def _decidable(
    tx: Transaction, by: Principal, approval_id: int, acts: Mapping[str, Act], *, unknown_is_fine: bool = False
) -> Any:
    require(by, SEE_APPROVALS)
    asked = _load(tx, approval_id)
    if asked.act in acts:
        require(by, acts[asked.act].permission)
    elif not unknown_is_fine:
        raise UnknownAct(asked.act)
    if asked.decision is not None:
        raise AlreadyDecided(asked.decision)
    if asked.requested_by == _person_id(by):
        raise SelfApproval
    return asked


def _decide(tx: Transaction, *, by: Principal, approval_id: int, decision: Decision, reason: str) -> None:
    reason = checked_reason(reason)
    decided = {
        "decision": decision.value,
        "decided_by": by.person_id,
        "decided_at": tx.at,
        "decision_reason": reason,
    }
    waiting = update(approval).where(approval.c.id == approval_id, approval.c.decision.is_(None))
    if tx.conn.execute(waiting.values(decided)).rowcount != 1:  # two people at once: the second one comes too late
        raise AlreadyDecided(str(_load(tx, approval_id).decision))
    audit.record(
        tx,
        by=by,
        act="access.decide",
        subject="approval",
        subject_id=approval_id,
        after={"decision": decision},
        reason=reason,
    )
