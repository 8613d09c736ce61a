"""The filters over movements of credit, all in the address bar, and what they are called in an export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages._ui import choosing, filters, text
from services.customers.model import Customer
from services.ledger.classes import MOVES_CREDIT, MovementClass, kinds_of
from services.ledger.finding import Direction, MovementFilter
from services.ledger.model import Kind
from services.money import MICROS, Money
from services.periods import Period

DIRECTIONS = {Direction.IN.value: "Money in", Direction.OUT.value: "Money out"}
CLASSES = {each.value: each.label for each in MovementClass}
_LARGEST = 1_000_000_000.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen: the filter for the books, the customer if one, and every filter in words."""

    wanted: MovementFilter
    customer: Customer | None
    said: dict[str, str]


def choose(period: Period) -> Chosen:
    """Draw the filters of the Transactions screen and take what they say."""
    with filters.row():
        customer = choosing.customer_filter("transactions_customer")
        of = filters.one_of(
            "Class", list(CLASSES), key="transactions_class", shown=lambda one: CLASSES.get(one, one), width=150
        )
        kinds = _kinds(MovementClass(of) if of else None)
        currency = filters.one_of("Currency", choosing.currencies(), key="transactions_currency", width=105)
        with st.popover("More", icon=":material/tune:"):
            closer = _closer()
    if customer and not currency:
        currency = customer.currency
    wanted = MovementFilter(
        period, customer.id if customer else None, frozenset(kinds), currency, **closer
    )  # fmt: skip
    return Chosen(wanted, customer, _said(wanted, customer, of))


def _kinds(of: MovementClass | None) -> list[Kind]:
    """The kinds wanted: those picked, else those of the class; none means every kind."""
    offered = kinds_of(of) if of else MOVES_CREDIT
    picked: list[Kind] = st.multiselect(
        "Kind", offered, key="transactions_kind", bind="query-params", format_func=lambda kind: kind.label, width=170
    )
    return picked or (list(offered) if of else [])


def _closer() -> dict[str, Any]:
    """The filters few people need at once, drawn in a menu of their own."""
    direction = filters.one_of(
        "Direction", list(DIRECTIONS), key="transactions_direction", shown=lambda one: DIRECTIONS.get(one, one)
    )
    with st.container(horizontal=True, gap="small"):
        least = _amount("Amount from", "transactions_least")
        most = _amount("Amount to", "transactions_most")
    return {
        "direction": Direction(direction) if direction else None,
        "at_least": least,
        "at_most": most,
        "words": filters.words("Words in “what for”", key="transactions_words"),
        "posted_by": filters.words("Posted by", key="transactions_by", placeholder="Name"),
        "reversals": filters.switch("Only what takes back", key="transactions_reversals"),
    }


def _amount(label: str, key: str) -> int | None:
    """An amount in micros, of whatever currency each movement has; None when unused."""
    typed = st.number_input(
        label, 0.0, _LARGEST, None, step=1.0, format="%.2f", key=key, bind="query-params", width=135
    )  # fmt: skip
    return None if typed is None else round(typed * 100) * (MICROS // 100)


def _said(wanted: MovementFilter, customer: Customer | None, of: str | None) -> dict[str, str]:
    code = wanted.currency or ""
    return {
        "period": f"{wanted.period.starts_on} to {wanted.period.last_day}",
        "customer": f"{customer.name}, account {customer.account_id}" if customer else "",
        "movement_class": CLASSES[of] if of else "",
        "kinds": ", ".join(kind.label for kind in Kind if kind in wanted.kinds) if not of else "",
        "in_currency": code,
        "direction": DIRECTIONS[wanted.direction.value] if wanted.direction else "",
        "amount_from": _typed(wanted.at_least, code),
        "amount_to": _typed(wanted.at_most, code),
        "words": wanted.words,
        "posted_by": wanted.posted_by,
        "only": "what takes back" if wanted.reversals else "",
    }


def _typed(micros: int | None, currency: str) -> str:
    if micros is None:
        return ""
    return text.money(Money(micros, currency)) if currency else f"{micros / MICROS:,.2f}"


def narrowed(chosen: Chosen) -> str:
    """The filters of the closed menu that are set, in words; empty when none is."""
    said, parts = chosen.said, []
    if said["direction"]:
        parts.append(said["direction"].lower())
    if said["amount_from"]:
        parts.append(f"from {said['amount_from']}")
    if said["amount_to"]:
        parts.append(f"up to {said['amount_to']}")
    if said["words"]:
        parts.append(f"“{said['words']}” in what for")
    if said["posted_by"]:
        parts.append(f"posted by “{said['posted_by']}”")
    if said["only"]:
        parts.append("only what takes back")
    return ", ".join(parts)
