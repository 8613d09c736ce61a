"""A signed change or renewal of a commitment: accounting asks, a manager agrees, and a new version is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from services.access.approvals import Payload, request_approval
from services.access.model import Principal, require
from services.access.queries import waiting_about
from services.customers.queries import customer as customer_by_id
from services.db.engine import Transaction
from services.errors import InvalidForm, Refused, Stale
from services.money import Money
from services.periods import add_months, month_of, months_between
from services.postpaid.application import Asked
from services.postpaid.applying import terms_faults
from services.postpaid.commitment import LEAST_MONTHS, MOST_MONTHS, AtLimit, Contract, Terms, TrueUp
from services.postpaid.model import DECIDE, SIGN, Commitment, NotReady
from services.postpaid.queries import applications
from services.postpaid.queries import commitments as queries
from services.postpaid.tables import commitment_month
from services.postpaid.versions import Signature, Wanted, add_version, contract_file, locked, terms_of
from services.texts import checked_reason

CHANGE_ACT = "postpaid.change"  # the name of the act in the register of approvals
_SUBJECT = "commitment:{}"


class AlreadyAsked(Refused):
    """A change of the same commitment waits for a manager already."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a commitment is to say from a day on; months count from its first day, so a renewal is a larger number."""

    effective_on: date
    agreed: Asked
    wanted: Wanted

    def facts(self) -> dict[str, Any]:
        """As a request for approval keeps it."""
        asked, wanted = self.agreed, self.wanted
        return {
            "effective_on": self.effective_on.isoformat(),
            "minimum_micros": asked.minimum.micros,
            "limit_micros": asked.limit.micros,
            "months": asked.months,
            "currency": asked.minimum.currency,
            "true_up": wanted.true_up.value,
            "payment_days": wanted.payment_days,
            "notice_days": wanted.notice_days,
            "at_limit": wanted.at_limit.value,
        }

    @classmethod
    def of(cls, facts: Payload) -> Change:
        """Back from `facts`."""
        code = str(facts["currency"])
        minimum, limit = Money(int(facts["minimum_micros"]), code), Money(int(facts["limit_micros"]), code)
        wanted = Wanted(
            TrueUp(facts["true_up"]), int(facts["payment_days"]), int(facts["notice_days"]), AtLimit(facts["at_limit"])
        )
        return cls(date.fromisoformat(facts["effective_on"]), Asked(minimum, limit, int(facts["months"])), wanted)


def change_now(found: Commitment, effective_on: date) -> Change:
    """The newest terms as a change that changes nothing, to begin a form with."""
    terms = found.contract.now
    months = months_between(found.contract.starts_on, terms.ends_before)
    wanted = Wanted(terms.true_up, terms.payment_days, terms.notice_days, terms.at_limit)
    return Change(effective_on, Asked(terms.minimum, terms.credit_limit, months), wanted)


def first_days(conn: Connection, found: Commitment, *, today: date) -> list[date]:
    """The days a change may begin on: firsts of months from the next that is not billed, up to the end of the term."""
    billed = [month_of(one.month).ends_before for one in queries.months_billed(conn, found.id)]
    first = max([month_of(today).ends_before, found.contract.starts_on.replace(day=1), *billed])
    ends = month_of(found.contract.now.ends_before).starts_on
    days = [first]
    while days[-1] < ends:
        days.append(month_of(days[-1]).ends_before)
    return days


def request_change(
    tx: Transaction,
    *,
    by: Principal,
    commitment_id: int,
    expected_version: int,
    change: Change,
    file_id: int,
    reason: str,
) -> int:
    """Ask a manager to agree to a signed change or renewal; gives the id of the request.

    It holds from the 1st of a month that is not billed yet; a higher credit limit than was decided needs a new
    application. Raises `Stale`, `InvalidForm`, `NotReady` and `AlreadyAsked`.
    """
    require(by, SIGN)
    why = checked_reason(reason, ask="Say what changes and why.")
    found = locked(tx, commitment_id)
    _check(tx, found, expected_version, change, file_id)
    if waiting_about(tx.conn, subject=_SUBJECT.format(found.id), act=CHANGE_ACT):
        raise AlreadyAsked("A change of this commitment waits for a manager; let it be decided or withdraw it first.")
    differing = differences(found.contract.now, _terms(tx, found, change, tx.today))
    name = customer_by_id(tx.conn, found.customer_id).name
    return request_approval(
        tx,
        by=by,
        act=CHANGE_ACT,
        subject=_SUBJECT.format(found.id),
        payload={
            "commitment_id": found.id, "version": found.version, "file_id": file_id, "change": change.facts(),
            "signed_on": tx.today.isoformat(), "asked_by": by.name, "reason": why,
            "changes": {what: after for what, (_, after) in differing.items()},
            "present": {what: before for what, (before, _) in differing.items()},
        },
        summary=f"Change of the commitment of {name} from {change.effective_on}",
        reason=why,
        amount=change.agreed.minimum,
    )  # fmt: skip


def apply_change(tx: Transaction, *, by: Principal, payload: Payload) -> Commitment:
    """Make the new version a manager agreed to; what the approval sets off. Raises what asking for it raises."""
    require(by, DECIDE)
    found = locked(tx, int(payload["commitment_id"]))
    change, file_id = Change.of(payload["change"]), int(payload["file_id"])
    _check(tx, found, int(payload["version"]), change, file_id)
    terms = _terms(tx, found, change, date.fromisoformat(payload["signed_on"]))
    signature = Signature(file_id, str(payload["reason"]), by.name, asked_by=str(payload["asked_by"]))
    add_version(tx, by, found.id, found.version + 1, terms, signature=signature)
    return queries.commitment(tx.conn, found.id)


def change_waits(conn: Connection, commitment_id: int) -> list[tuple[int, str]]:
    """The request for a change of a commitment that waits for a manager, as id and line; at most one."""
    return waiting_about(conn, subject=_SUBJECT.format(commitment_id), act=CHANGE_ACT)


def differences(before: Terms, after: Terms) -> dict[str, tuple[str, str]]:
    """What two versions say, by what it is about, only where they differ; days as the audit trail writes them."""
    said = {what: (told, _said(after)[what]) for what, told in _said(before).items()}
    return {what: pair for what, pair in said.items() if pair[0] != pair[1]}


def with_change(contract: Contract, change: Change) -> Contract:
    """The contract as it would be, for what would come of it; nothing is kept, and its worth in AUD stays unknown."""
    ends = add_months(contract.starts_on, change.agreed.months)
    terms = replace(
        contract.now, effective_on=change.effective_on, ends_before=ends, minimum=change.agreed.minimum,
        credit_limit=change.agreed.limit, true_up=change.wanted.true_up, payment_days=change.wanted.payment_days,
        notice_days=change.wanted.notice_days, at_limit=change.wanted.at_limit,
    )  # fmt: skip
    return replace(contract, versions=(*contract.versions, terms))


def _check(tx: Transaction, found: Commitment, expected_version: int, change: Change, file_id: int) -> None:
    if found.version != expected_version:
        raise Stale("Somebody changed this commitment meanwhile; look at it again and repeat your change.")
    if found.contract.left_before is not None:
        raise NotReady(f"This commitment ends early on {found.contract.days.last_day}; nothing of it changes any more.")
    if faults := _faults(tx, found, change):
        raise InvalidForm(faults)
    contract_file(tx, file_id, found.application_id)


def _faults(tx: Transaction, found: Commitment, change: Change) -> dict[str, str]:
    """A sentence for each of minimum, limit, months, effective_on, true_up and others that cannot be agreed."""
    faults = change.wanted.faults() | _terms_faults(tx, found, change.agreed)
    day, agreed = change.effective_on, change.agreed
    c = commitment_month.c
    billed = tx.conn.execute(select(c.month).where(c.commitment_id == found.id)).scalars().all()
    if day.day != 1 or day < found.contract.starts_on.replace(day=1):
        faults["effective_on"] = "A change holds from the 1st of a month of the contract."
    elif any(month >= day for month in billed):
        faults["effective_on"] = "That month was billed already; choose a later one."
    decided = applications.application(tx.conn, found.application_id).decided
    if decided and agreed.limit > decided.terms.limit and "limit" not in faults:
        faults["limit"] = f"A limit above {decided.terms.limit.text()} needs a new application and its decision."
    if agreed.months <= months_between(found.contract.starts_on, day):
        faults["months"] = "The term would end before the change begins."
    elif follows := queries.follows(tx.conn, found, until=add_months(found.contract.starts_on, agreed.months)):
        faults["months"] = f"Another commitment of this customer begins on {follows.contract.starts_on}; end before it."
    if billed and change.wanted.true_up is not found.contract.now.true_up:
        faults["true_up"] = "Months were billed this way already; to bill a shortfall otherwise, sign a new commitment."
    if not faults and change == change_now(found, day):
        faults["reason"] = "Nothing would change; change something first."
    return faults


def _terms_faults(tx: Transaction, found: Commitment, agreed: Asked) -> dict[str, str]:
    """As for an application; but a minimum that stays is worth what it was at signature, whatever the rate is today."""
    faults = terms_faults(tx, agreed, currency=found.currency)
    if agreed.minimum == found.contract.now.minimum and "minimum" in faults:
        del faults["minimum"]
        if not LEAST_MONTHS <= agreed.months <= MOST_MONTHS:
            faults["months"] = f"A commitment runs for {LEAST_MONTHS} to {MOST_MONTHS} months; choose within."
    return faults


def _terms(tx: Transaction, found: Commitment, change: Change, signed_on: date) -> Terms:
    starts_on, effective_on = found.contract.starts_on, change.effective_on
    terms = terms_of(
        tx, change.agreed, change.wanted, starts_on=starts_on, effective_on=effective_on, signed_on=signed_on
    )
    now = found.contract.now
    if terms.minimum != now.minimum:
        return terms
    return replace(terms, aud=now.aud, rate=now.rate, rate_on=now.rate_on, rate_source=now.rate_source)


def _said(terms: Terms) -> dict[str, str]:
    return {
        "from": terms.effective_on.isoformat(),
        "a month": terms.minimum.text(),
        "credit limit": terms.credit_limit.text(),
        "last day": (terms.ends_before - timedelta(days=1)).isoformat(),
        "shortfall billed": terms.true_up.label,
        "at the credit limit": terms.at_limit.label,
        "days to pay": str(terms.payment_days),
        "notice, days": str(terms.notice_days),
    }
