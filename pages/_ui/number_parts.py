"""Dedicated numbers as a list: what each costs a month, when it is charged next, and how it stands in words."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import downloads, drawer, number_drawer, tables, text
from pages._ui.frame import read
from pages._ui.number_words import STATES, STATUSES, capabilities
from pages._ui.places import country_name
from services.access.model import Principal
from services.customers.model import Customer
from services.numbers import queries as numbers
from services.numbers.model import NumberStatus
from services.numbers.queries.overcharged import overcharged
from services.numbers.queries.unpaid import GraceState, unpaid_rentals
from services.numbers.registration import Registration
from services.reporting import number_traffic
from services.reporting.exports import Column, ColumnKind, ExportTable

EXPORTED = {
    "e164": Column("Number"),
    "customer": Column("Customer"),
    "country": Column("Country"),
    "type": Column("Type"),
    "carries": Column("Carries"),
    "state": Column("Status"),
    "registered": Column("Registration"),
    "activated_on": Column("Since", ColumnKind.DAY),
    "cancellation_requested_on": Column("Cancellation requested", ColumnKind.DAY),
    "cancels_on": Column("Until", ColumnKind.DAY),
    "cancelled_on": Column("Released", ColumnKind.DAY),
    "currency": Column("Currency"),
    "monthly_micros": Column("Monthly fee", ColumnKind.MONEY),
    "next_charge_on": Column("Next charge", ColumnKind.DAY),
    "next_charge_micros": Column("Next amount", ColumnKind.MONEY),
    "messages": Column("Messages in 60 days", ColumnKind.COUNT),
}


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with statuses and countries in words, and what each number carried in the last 60 days."""
    found = read(number_traffic.traffic_of, e164s=sorted(set(rows["e164"])), today=text.today())
    carried = {
        (number, int(customer)): int(messages)
        for number, customer, messages in zip(found["e164"], found["customer_id"], found["messages"], strict=True)
    }
    keys = zip(rows["e164"], rows["customer_id"], strict=True)
    return rows.assign(
        state=[STATUSES[status] for status in rows["status"]],
        registered=[STATES[state] for state in rows["registration"]],
        place=[country_name(code) for code in rows["country"]],
        kind=[str(kind).capitalize() for kind in rows["type"]],
        carries=[capabilities(each) for each in rows["capabilities"]],
        messages=pd.array([carried.get((number, int(customer)), 0) for number, customer in keys], dtype="int64"),
    )


def listed(rows: pd.DataFrame, *, key: str, with_names: bool) -> None:
    """The grid; a picked row opens the number's record at the right."""
    columns: dict[str, Any] = {"e164": tables.words("Number", width=122)}
    if with_names:
        columns["customer"] = tables.words("Customer", width=145)
    else:
        columns["place"] = tables.words("Country", width=85)
        columns["cancels_on"] = tables.day("Until", width=85)
    columns |= {
        "state": tables.words("Status", width=95),
        "registered": tables.words("Registration", width=108),
        "currency": tables.words("Currency", width=65),
        "monthly_micros": tables.money("A month", width=65),
        "next_charge_on": tables.day("Next charge", width=88),
        "next_charge_micros": tables.money("Amount", width=65),
        "messages": tables.number(
            "60 days", width=65, help="Messages sent and received in the 60 days to which usage is complete"
        ),
    }
    row = drawer.picked(named(rows), columns, key=key, alt="Dedicated numbers")
    if row is not None:
        number_drawer.show(int(row["id"]), str(row["e164"]), key=key)


def facts_of(customer: Customer) -> None:
    """What to know about one customer's numbers before looking at them: unpaid rental, and rental to give back."""
    today = text.today()
    for each in read(unpaid_rentals, customer_id=customer.id):
        words = {
            GraceState.TO_WARN: "the customer is to be warned",
            GraceState.IN_GRACE: f"in grace until {text.day(each.until)}",
            GraceState.PAST: f"past its grace since {text.day(each.until)}; a person may release",
        }
        st.warning(
            f"Rental is not covered since {text.day(each.since)}: {words[each.state(today)]}.",
            icon=":material/warning:",
        )
    for one in read(overcharged, customer_id=customer.id):
        st.info(
            f"{one.e164}: {text.money(one.refund)} of rental for {text.period(one.days)}, after its end, "
            "is prepared to be given back.",
            icon=":material/undo:",
        )
    st.caption("Rental is paid from the same credit as sending, but counted apart from it: it secures the number.")


def export(
    by: Principal,
    *,
    customer_id: int | None = None,
    status: NumberStatus | None = None,
    registration: Registration | None = None,
    currency: str | None = None,
    search: str = "",
) -> ExportTable:
    """Every number the filters leave, for a file, with control totals by currency."""
    found = read(
        numbers.page,
        on=text.today(),
        customer_id=customer_id,
        status=status,
        registration=registration,
        currency=currency,
        text=search,
        size=downloads.EVERY,
    )
    words: dict[str, Any] = {
        "status": STATUSES[status.value] if status else None,
        "registration": STATES[registration.value] if registration else None,
        "in_currency": currency,
        "search": search,
    }
    return downloads.table_of("Dedicated numbers", named(found.rows), EXPORTED, by=by, **words)
