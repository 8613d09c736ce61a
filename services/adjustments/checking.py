"""What a person may type for an adjustment, and what the second person reads. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from services.adjustments.model import AdjustmentKind, Judged, Wanted
from services.customers.model import LONGEST_TICKET, Customer, tidy
from services.errors import InvalidForm
from services.money import Money
from services.texts import LONGEST_REASON, text_fault


def checked(wanted: Wanted, customer: Customer, *, today: date) -> Wanted:
    """What was wanted with tidy texts. Raises `InvalidForm` with the sentence of each wrong field."""
    reason, ticket = tidy(wanted.reason), tidy(wanted.ticket_id)
    faults = {
        "amount": _amount_fault(wanted, customer),
        "reason": text_fault(reason, longest=LONGEST_REASON, lines=True) if reason else "Give the reason.",
        "ticket_id": text_fault(ticket, longest=LONGEST_TICKET) if ticket else "Give the ticket it was decided in.",
        "expires_on": _expiry_fault(wanted, today),
    }
    if wrong := {field: sentence for field, sentence in faults.items() if sentence}:
        raise InvalidForm(wrong)
    return replace(wanted, reason=reason, ticket_id=ticket)


def facts(wanted: Wanted, judged: Judged, *, credit: Money, given: Money) -> dict[str, Any]:
    """What the second person sees beside the amount: what stands now, and what would stand after it."""
    new_given = given
    if wanted.kind is AdjustmentKind.PROMOTION:
        new_given = given + wanted.amount
    present = {"credit balance": credit.text(), "of it promotional": given.text()}
    changes = {"credit balance": (credit + wanted.amount).text(), "of it promotional": new_given.text()}
    changes["this day's sum in AUD"] = f"{judged.day.text()}, a second person from {wanted.kind.limit.text()}"
    present["this day's sum in AUD"] = (judged.day - judged.aud).text()
    if wanted.period:
        changes["messages"] = f"{wanted.messages:,} undelivered, {wanted.period.starts_on} to {wanted.period.last_day}"
    if wanted.expires_on:
        changes["expires on"] = str(wanted.expires_on)
    return {"changes": changes, "present": present}


def too_little(wanted: Wanted, paid: Money) -> str:
    """Why credit cannot be taken away."""
    left = max(paid, Money(0, paid.currency), key=lambda money: money.micros)
    return (
        f"{(-wanted.amount).text()} cannot be taken away: only {left.text()} of the credit was paid for and is unused; "
        "promotional credit is never taken by a correction."
    )


def _amount_fault(wanted: Wanted, customer: Customer) -> str | None:
    micros = wanted.amount.micros
    if wanted.amount.currency != customer.currency:
        return f"{customer.name} is billed in {customer.currency}; give the amount in it."
    if wanted.kind is AdjustmentKind.CORRECTION:
        return None if micros else "Give an amount: above 0 to add credit, below 0 to take it away."
    return None if micros > 0 else "Give an amount above 0."


def _expiry_fault(wanted: Wanted, today: date) -> str | None:
    if wanted.expires_on is None or wanted.expires_on > today:
        return None
    return "Choose a day after today, or none: on it what is left of the promotion is taken back."
