"""A fee as a person wants it: what is wrong with it, field by field, and its form in a request for approval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.customers.model import Customer, tidy
from services.errors import InvalidForm
from services.fees.model import FURTHEST_MONTHS, FeeKind, WantedFee
from services.money import Money, digits, minor_unit
from services.periods import add_months
from services.texts import LONGEST_REASON, text_fault, text_faults


def checked(wanted: WantedFee, *, owner: Customer, today: date) -> WantedFee:
    """The fee with its texts trimmed and its first day named; raises `InvalidForm` with a sentence a field."""
    wanted = replace(
        wanted,
        description=tidy(wanted.description),
        wording=tidy(wanted.wording),
        reason=wanted.reason.strip(),
        ticket_id=tidy(wanted.ticket_id),
        starts_on=wanted.starts_on or today,
    )
    faults = _amount_faults(wanted.amount, owner) | _text_faults(wanted) | _day_faults(wanted, today)
    if faults:
        raise InvalidForm(faults)
    return wanted


def _amount_faults(amount: Money, owner: Customer) -> dict[str, str]:
    if amount.currency != owner.currency:
        return {"amount": f"{owner.name} is billed in {owner.currency}; give the fee in it."}
    if amount.micros <= 0:
        return {"amount": "A fee is more than nothing; to give credit back, reverse what was charged."}
    if amount.micros % minor_unit(amount.currency):
        return {"amount": f"{amount.currency} has {digits(amount.currency)} decimals; round the fee to them."}
    return {}


def _text_faults(wanted: WantedFee) -> dict[str, str]:
    faults = {}
    if not wanted.description:
        faults["description"] = "Say what the fee is for, such as the keyword or the short code."
    if wanted.visible and not wanted.wording:
        faults["wording"] = "The customer sees this fee; give the words it reads."
    if not wanted.reason:
        faults["reason"] = "Say why the fee is charged: it is kept with it."
    elif wrong := text_fault(wanted.reason, longest=LONGEST_REASON, lines=True):
        faults["reason"] = wrong
    texts = {"description": wanted.description, "wording": wanted.wording, "ticket_id": wanted.ticket_id}
    return faults | text_faults(texts)


def _day_faults(wanted: WantedFee, today: date) -> dict[str, str]:
    starts_on, ends_before = wanted.starts_on or today, wanted.ends_before
    if not wanted.recurring:
        other = "A one-off fee is charged today; leave this empty."
        named = {"starts_on": starts_on != today, "ends_before": ends_before is not None}
        return {field: other for field, wrong in named.items() if wrong}
    faults = {}
    if starts_on < today:
        faults["starts_on"] = "A fee begins today or later; charge what was missed as a one-off fee."
    elif starts_on > add_months(today, FURTHEST_MONTHS):
        faults["starts_on"] = f"A fee begins within {FURTHEST_MONTHS} months; choose an earlier day."
    if ends_before is not None and ends_before <= starts_on:
        faults["ends_before"] = "The last day lies before the first; choose a later one or leave it empty."
    return faults


def payload_of(wanted: WantedFee) -> dict[str, Any]:
    """The fee as JSON holds it."""
    return {
        "customer_id": wanted.customer_id,
        "kind": wanted.kind.value,
        "recurring": wanted.recurring,
        "micros": wanted.amount.micros,
        "currency": wanted.amount.currency,
        "description": wanted.description,
        "wording": wanted.wording,
        "visible": wanted.visible,
        "reason": wanted.reason,
        "ticket_id": wanted.ticket_id,
        "starts_on": wanted.starts_on.isoformat() if wanted.starts_on and wanted.recurring else None,
        "ends_before": wanted.ends_before.isoformat() if wanted.ends_before else None,
    }


def from_payload(kept: Mapping[str, Any]) -> WantedFee:
    """The fee a request holds."""
    days = {name: date.fromisoformat(kept[name]) if kept[name] else None for name in ("starts_on", "ends_before")}
    return WantedFee(
        customer_id=int(kept["customer_id"]),
        kind=FeeKind(kept["kind"]),
        recurring=bool(kept["recurring"]),
        amount=Money(int(kept["micros"]), kept["currency"]),
        description=kept["description"],
        wording=kept["wording"],
        visible=bool(kept["visible"]),
        reason=kept["reason"],
        ticket_id=kept["ticket_id"],
        starts_on=days["starts_on"],
        ends_before=days["ends_before"],
    )


def said(wanted: WantedFee) -> dict[str, str]:
    """What the second person reads before deciding, detail by detail."""
    found = {
        "what for": wanted.description,
        "charged": "every month in advance" if wanted.recurring else "once",
        "the customer reads": wanted.wording if wanted.visible else "nothing: it is hidden",
        "ticket": wanted.ticket_id,
    }
    if wanted.recurring and wanted.starts_on:
        found["from"] = str(wanted.starts_on)
    if wanted.ends_before:
        found["last day"] = str(wanted.ends_before - timedelta(days=1))
    return {name: words for name, words in found.items() if words}
