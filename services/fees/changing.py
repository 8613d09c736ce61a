"""Another amount from a month on: a new version, never a rewritten past."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select

from services.access import audit
from services.access.model import Principal, require
from services.customers.model import tidy
from services.db.engine import Transaction
from services.errors import InvalidForm, Stale
from services.fees.deciding import (
    CHANGE_FEE,
    Author,
    ask,
    author_of,
    fees_decided_alone,
    judge,
    judged_facts,
    locked,
    request_of,
)
from services.fees.model import APPROVE_FEES, SET_FEES, CannotChange, Decided, Fee, Judged, WaitsAlready
from services.fees.reading import fee
from services.fees.tables import custom_fee_charge, custom_fee_version
from services.money import Money, digits, minor_unit
from services.periods import add_months
from services.texts import LONGEST_REASON, text_fault, text_faults


def change_fee(
    tx: Transaction,
    *,
    by: Principal,
    fee_id: int,
    amount: Money,
    from_month: date,
    reason: str,
    expected_version: int,
    ticket_id: str = "",
) -> Decided:
    """Change a recurring fee's monthly amount from a month on that is not charged yet, or ask a second person.

    A rise is judged on the whole new amount; lowering a fee needs nobody else. Raises `InvalidForm`, `CannotChange`,
    `Stale` when it changed since it was looked at, `WaitsAlready`, `NoSuchFee` and `NoRate`.
    """
    require(by, SET_FEES)
    owner = locked(tx, fee(tx.conn, fee_id).customer_id)
    found, month, reason, ticket = fee(tx.conn, fee_id), from_month.replace(day=1), reason.strip(), tidy(ticket_id)
    _check_form(found, amount, reason, ticket)
    _check(tx, found, amount, month, expected_version)
    if request_of(tx, CHANGE_FEE, name="fee_id", value=fee_id, waiting=True) is not None:
        raise WaitsAlready("A change of this fee waits for a second person already; see Approvals.")
    rises = found.amount_in(month) < amount
    earlier = fees_decided_alone(tx, owner.id, but_fee_id=fee_id) if rises else 0
    judged = judge(tx, amount, earlier=earlier)
    if rises and judged.needs_two:
        asked = ask(
            tx,
            by=by,
            act=CHANGE_FEE,
            judged=judged,
            amount=amount,
            summary=f"{found.kind.label} fee of {owner.name}: {amount.text()} a month from {month:%B %Y}",
            reason=reason,
            payload={
                "fee_id": fee_id,
                "version": found.version,
                "micros": amount.micros,
                "from_month": month.isoformat(),
                "ticket_id": ticket,
                "reason": reason,
                "present": {"amount": found.amount_in(month).text()},
                "changes": {"amount": amount.text()},
            },
        )
        return Decided(None, asked)
    author = Author(by.person_id, by.name)
    _write(tx, by, found, judged, author=author, amount=amount, month=month, reason=reason, ticket_id=ticket)
    return Decided(fee_id)


def approve_change(tx: Transaction, *, by: Principal, payload: Mapping[str, Any]) -> Fee:
    """Write an approved change; `by` is the second person. Raises `SamePerson`, `Stale`, `CannotChange`."""
    require(by, APPROVE_FEES)
    author, fee_id = author_of(payload, by), int(payload["fee_id"])
    locked(tx, fee(tx.conn, fee_id).customer_id)
    found, month = fee(tx.conn, fee_id), date.fromisoformat(payload["from_month"])
    amount = Money(int(payload["micros"]), found.amounts[0][1].currency)
    _check(tx, found, amount, month, int(payload["version"]))
    judged = judge(tx, amount, earlier=0)
    facts = {"reason": payload["reason"], "ticket_id": payload["ticket_id"]}
    _write(tx, by, found, judged, author=author, amount=amount, month=month, **facts)
    return fee(tx.conn, fee_id)


def first_month_to_change(found: Fee, *, today: date, charged_before: date | None) -> date:
    """The first month whose amount can still be decided: none that has begun, none that is charged."""
    months = [add_months(today.replace(day=1), 1), found.starts_on.replace(day=1)]
    if charged_before is not None:
        months.append(charged_before if charged_before.day == 1 else add_months(charged_before.replace(day=1), 1))
    return max(months)


def _check_form(found: Fee, amount: Money, reason: str, ticket_id: str) -> None:
    currency = found.amounts[0][1].currency
    faults = text_faults({"ticket_id": ticket_id})
    if amount.currency != currency or amount.micros <= 0 or amount.micros % minor_unit(currency):
        faults["amount"] = f"Give an amount above 0 in {currency} with at most {digits(currency)} decimals."
    if wrong := text_fault(reason, longest=LONGEST_REASON, lines=True) if reason else "Say why the amount changes.":
        faults["reason"] = wrong
    if faults:
        raise InvalidForm(faults)


def _check(tx: Transaction, found: Fee, amount: Money, month: date, expected_version: int) -> None:
    if not found.recurring:
        raise CannotChange("A one-off fee is charged already; reverse it and set the right one.")
    if found.version != expected_version:
        raise Stale("The amount of this fee was changed since you looked; see its history and decide again.")
    c = custom_fee_charge.c
    charged = tx.conn.execute(select(func.max(c.ends_before)).where(c.fee_id == found.id)).scalar()
    first = first_month_to_change(found, today=tx.today, charged_before=charged)
    if month < first:
        raise CannotChange(f"What was agreed for a month that has begun stays; change it from {first:%B %Y} on.")
    if found.ends_before is not None and found.ends_before <= month:
        raise CannotChange(f"The fee ends before {month:%B %Y}; set a new one instead.")
    if found.amount_in(month) == amount:
        raise CannotChange(f"{amount.text()} a month is what is agreed for {month:%B %Y}; change the amount.")


def _write(
    tx: Transaction,
    by: Principal,
    found: Fee,
    judged: Judged,
    *,
    author: Author,
    amount: Money,
    month: date,
    reason: str,
    ticket_id: str,
) -> None:
    before = found.amount_in(month)
    facts = {
        "fee_id": found.id,
        "version": found.version + 1,
        "from_month": month,
        "micros": amount.micros,
        "judged_micros": amount.micros if before < amount else 0,
        "reason": reason,
        "ticket_id": ticket_id,
    }
    tx.conn.execute(insert(custom_fee_version).values(facts | judged_facts(tx, judged, author)))
    after = {"amount": amount.text(), "from_month": month, "set_by": author.name, "approved_by": author.approved_by}
    old = {"amount": before.text()}
    audit.record(
        tx, by=by, act=SET_FEES.name, subject="fee", subject_id=found.id, before=old, after=after, reason=reason
    )
