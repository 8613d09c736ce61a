"""The figures at the head of a customer's screen: credit now and on a past day, how long it lasts, what comes next."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from pages._ui import text
from pages._ui.frame import complain, read
from services.customers.model import Customer
from services.ledger import queries as ledger
from services.ledger.model import Account, Purpose
from services.money import MICROS, Money
from services.periods import Period
from services.reporting.explanation import hidden_fees
from services.reporting.outlook import Outlook, outlook

_TREND = 60
_HIDDEN = 90


def draw(customer: Customer) -> None:
    """Five cards, above everything else."""
    today = text.today()
    found = read(outlook, customer=customer, today=today)
    places = [place.container(border=True, height="stretch", gap="xxsmall") for place in st.columns([5, 4, 4, 4, 4])]
    with places[0]:
        _credit(customer, found.credit, today)
    with places[1]:
        _on_a_day(customer, today)
    with places[2]:
        if customer.pays_afterwards:
            _daily(found)
        else:
            _lasts(found, today)
    with places[3]:
        _rental(found, pays_afterwards=customer.pays_afterwards)
    with places[4]:
        _hidden(customer, today)


def _credit(customer: Customer, credit: Money, today: date) -> None:
    days = Period(today - timedelta(days=_TREND - 1), today + timedelta(days=1))
    line = read(ledger.daily_credit, customer_id=customer.id, currency=customer.currency, period=days)
    trend = [int(micros) / MICROS for micros in line["micros"]]
    st.metric(
        f"Credit balance, {customer.currency}", credit.micros / MICROS, trend[-1] - trend[-8], delta_color="off",
        delta_description="in 7 days", format="accounting", chart_data=trend, chart_type="line",
    )  # fmt: skip
    given = read(ledger.promotional_credit, customer_id=customer.id, currency=customer.currency)
    if given:
        st.caption(f"of which {text.amount(given)} promotional")


def _on_a_day(customer: Customer, today: date) -> None:
    place = st.empty()
    day: date | None = st.date_input(
        "Balance on", None, key="customer_on", bind="query-params", format="DD/MM/YYYY", max_value=today,
        label_visibility="collapsed", help="Choose a past day",
    )  # fmt: skip
    chosen = day or today.replace(day=1) - timedelta(days=1)
    account = Account(Purpose.CREDIT, customer.currency, customer.id)
    balance, _ = read(ledger.balance_on, of=account, day=chosen)
    place.metric(f"On {text.day(chosen)}", -balance.micros / MICROS, format="accounting")


def _lasts(found: Outlook, today: date) -> None:
    left, until = found.days_left, found.lasts_until(today)
    st.metric("Days of credit left", left, format="localized")
    if left is None:
        st.caption(f"nothing used in {text.count(found.days.days, 'day')} to {text.day(found.days.last_day)}")
        return
    ends = f"until {text.day(until)}" if left and until else "used up" if not left else "for years"
    over = f"in {text.count(found.days.days, 'day')} to {text.day(found.days.last_day)}"
    st.caption(f"{ends}; {text.amount(found.daily)} a day {over}")


def _daily(found: Outlook) -> None:
    """Of who pays by the month: what is below zero is what was used, so there is no credit to last."""
    st.metric(f"Used a day, {found.daily.currency}", found.daily.micros / MICROS, format="accounting")
    over = f"in {text.count(found.days.days, 'day')} to {text.day(found.days.last_day)}"
    st.caption(f"{over}; paid by the month")


def _rental(found: Outlook, *, pays_afterwards: bool) -> None:
    day, amount = found.rental or (None, None)
    st.metric(
        f"Next rental, {amount.currency}" if amount else "Next rental",
        amount.micros / MICROS if amount else None,
        format="accounting",
    )
    said = [f"on {text.day(day)}"] if day else ["no number is charged again"]
    if found.fees:
        on = "" if day else f" on {text.day(found.fees[0])}"
        said.append(f"fees of {text.amount(found.fees[1])}{on}")
    if pays_afterwards:
        st.caption("; ".join(said))
        return
    if missing := found.missing:
        complain("; ".join([*said, f"{text.money(missing)} short today"]))
        return
    if found.rental or found.fees:
        said.append("the credit suffices today")
    st.caption("; ".join(said))


def _hidden(customer: Customer, today: date) -> None:
    days = Period(today - timedelta(days=_HIDDEN - 1), today + timedelta(days=1))
    found = read(hidden_fees, customer_id=customer.id, currency=customer.currency, period=days)
    st.metric(f"Hidden fees, {customer.currency}", -found.money.micros / MICROS, format="accounting")
    st.caption(f"in {_HIDDEN} days, not visible to the customer" if found.entry_ids else f"none in {_HIDDEN} days")
