"""Choosing a customer or a currency: the filters that several lists share."""

from __future__ import annotations

import streamlit as st

from pages._ui import cached, filters
from pages._ui.frame import plain, read
from services.customers import queries as customers
from services.customers.finding import comparable
from services.customers.model import Customer
from services.pricing import queries as pricing
from services.search import queries as search
from services.texts import seen

_OFFERED = 5


def currencies() -> list[str]:
    """The currencies some customer has; AUD first."""
    _, codes = cached.read(customers.countries_and_currencies)
    return sorted(codes, key=lambda code: (code != "AUD", code))


def customer_filter(key: str, *, width: int = 280) -> Customer | None:
    """A filter by one customer, in the address bar as what was typed: a name, username, e-mail or account id.

    While several customers fit, it says which and the run stops: a list of the wrong customer would mislead.
    """
    typed = filters.words("Customer", key=key, placeholder="Name, username or account id", width=width)
    if not typed:
        return None
    found = read(search.find_customers, text=typed, most=_OFFERED + 1)
    exact = [each for each in found if comparable(typed) in {each.account_id, comparable(each.username)}]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0]
    if found:
        offered = ", ".join(f"{plain(each.name)} ({each.account_id})" for each in found[:_OFFERED])
        more = " and more" if len(found) > _OFFERED else ""
        st.info(f"Several customers fit: {offered}{more}. Type an account id or more of the name.")
    else:
        st.info(f"No customer fits “{plain(typed)}”. Clear the field to see everybody.", icon=":material/search_off:")
    return st.stop()


def called(customer: Customer) -> str:
    """A customer in a list of choices: "Bluegum Clinics Pty Ltd · 10482"."""
    return f"{customer.name} · {customer.account_id}"


def pick_customer(key: str, *, label: str = "Customer", first: Customer | None = None) -> Customer | None:
    """Find a customer by typing, among all of them, and choose one; `first` is offered from the start."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    typed = left.text_input(
        "Find", key=f"{key}_find", type="search", live=True, icon=":material/search:", placeholder="Name, username, id…"
    )
    typed = seen(typed or "")
    found = read(search.find_customers, text=typed, most=20) if typed else []
    offered = {each.id: each for each in ([first] if first and not typed else []) + found}
    if typed and not offered:
        right.caption(f"No customer fits “{plain(typed)}”. Check the spelling, or create one under Customers.")
        return None
    chosen = right.selectbox(
        label,
        list(offered),
        index=0 if offered else None,
        format_func=lambda number: called(offered[number]),
        placeholder="Type at the left to find one",
        key=f"{key}_chosen_{'-'.join(map(str, offered))[:80]}",
    )
    return offered.get(chosen) if chosen else None


def sold_in() -> list[str]:
    """The currencies credit is sold in, AUD first."""
    return [each.code for each in cached.read(pricing.currencies)]
