"""Cards on file as people read them: brand, last four, expiry, and what to know before one is charged."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import card_money, downloads, tables, text
from pages._ui.frame import empty, read
from pages._ui.places import country_name
from services.access.model import Principal
from services.cards import queries
from services.cards.model import ACCEPTED, CardFacts, brand_words, flags
from services.cards.owners import links_of
from services.customers.model import Customer
from services.reporting.exports import Column, ColumnKind, ExportTable

KINDS = {"good": "Good", "expired": "Expired", "not accepted": "Brand not accepted", "removed": "Removed"}
_GOOD = "On file"
_WALLETS = {"link": "Link", "apple_pay": "Apple Pay", "google_pay": "Google Pay"}
_ACCEPTED = f"We take {', '.join([*ACCEPTED.values()][:-1])} and {[*ACCEPTED.values()][-1]}."
EXPORTED = {
    "customer": Column("Customer"),
    "account_id": Column("Account id"),
    "brand": Column("Brand"),
    "last_four": Column("Last four"),
    "expiry": Column("Expires"),
    "country": Column("Country"),
    "state": Column("State"),
    "added_on": Column("Added", ColumnKind.DAY),
    "removed_on": Column("Removed", ColumnKind.DAY),
}


def of_customer(customer: Customer) -> None:
    """A customer's cards, those on file first, what the processor calls the customer, and what was charged."""
    _cards(customer)
    card_money.of_customer(customer)


def _cards(customer: Customer) -> None:
    found = read(queries.cards_of, customer_id=customer.id)
    known = read(links_of, customer_id=customer.id)
    if not found:
        why = f"{customer.name} has no card on file."
        empty(why, "Cards come with a file of the card processor: Cards, Import.")
        return
    today = text.today()
    cells: dict[str, list[Any]] = {
        "brand": [f"{brand_words(one.facts.brand)}{_label(one.facts.wallet)}" for one in found],
        "last_four": [one.facts.last_four for one in found],
        "expiry": [one.facts.expiry for one in found],
        "place": [country_name(one.facts.country) if one.facts.country else "" for one in found],
        "state": [_state(flags(one.facts, on=today, on_file=one.is_on_file)) for one in found],
        "added_on": [text.day_of(one.added_at) for one in found],
        "removed_on": [text.day_of(one.removed_at) if one.removed_at else None for one in found],
    }
    on_file = [one for one in found if one.is_on_file]
    if not on_file:
        st.warning("Every card was taken off: nothing can be charged.", icon=":material/credit_card_off:")
    elif all(one.facts.has_expired(today) for one in on_file):
        st.warning("Every card on file has expired.", icon=":material/credit_card_off:")
    if any(not one.facts.is_accepted for one in on_file):
        st.info(f"A card is of a brand we do not take. {_ACCEPTED}", icon=":material/credit_card_off:")
    columns = _columns() | {"removed_on": tables.day("Removed", width=95)}
    tables.show(pd.DataFrame(cells), columns, alt="Cards", key="customer_cards")
    said = f"Known to the card processor as {', '.join(known)}. " if known else ""
    st.caption(f"{said}No card number ever reaches this software: only what is shown here is kept.")


def listed(rows: pd.DataFrame) -> None:
    """The grid of everybody's cards; a picked row opens its customer."""
    columns = {"customer": tables.words("Customer", width=200), **_columns()}
    page = {"page": "customers/customer.py", "parameter": "id", "by": "customer_id"}
    tables.drill(named(rows), columns, key="cards_rows", alt="Cards", **page)


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with brands, countries and states in words."""
    today = text.today()
    off = rows["removed_at"].notna()
    states = [
        _state(flags(CardFacts(brand, four, int(month), int(year)), on=today, on_file=not gone))
        for brand, four, month, year, gone in zip(
            rows["brand"], rows["last_four"], rows["exp_month"], rows["exp_year"], off, strict=True
        )
    ]
    brands = [brand_words(b) + _label(w) for b, w in zip(rows["brand"], rows["wallet"], strict=True)]
    expiries = [f"{int(m):02}/{int(y)}" for m, y in zip(rows["exp_month"], rows["exp_year"], strict=True)]
    places = [country_name(code) if code else "" for code in rows["country"]]
    added = [text.day_of(moment) for moment in rows["added_at"]]
    ends = [text.day_of(moment) if gone else None for moment, gone in zip(rows["removed_at"], off, strict=True)]
    removed = pd.Series(ends, rows.index, dtype=object)
    return rows.assign(brand=brands, expiry=expiries, place=places, state=states, added_on=added, removed_on=removed)


def export(by: Principal, **filters: Any) -> ExportTable:
    """Every card the filters leave, for a file."""
    found = read(queries.page, on=text.today(), size=downloads.EVERY, **filters)
    said = {name: value for name, value in filters.items() if value}
    return downloads.table_of("Cards", named(found.rows), EXPORTED, by=by, **said)


def _columns() -> dict[str, Any]:
    return {
        "brand": tables.words("Brand", width=135),
        "last_four": tables.words("Ending", width=70),
        "expiry": tables.words("Expires", width=80),
        "place": tables.words("Country", width=110),
        "state": tables.words("State", width=140),
        "added_on": tables.day("Added", width=95),
    }


def _label(name: str) -> str:
    return f" ({_WALLETS.get(name, name.replace('_', ' '))})" if name else ""


def _state(found: tuple[str, ...]) -> str:
    return ", ".join(found) or _GOOD
