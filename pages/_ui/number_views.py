"""The views of the Numbers screen beside the list: idle numbers, ends, and unpaid rental."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, cards, downloads, drawer, filters, number_drawer, tables, text
from pages._ui.frame import Screen, empty, read
from pages._ui.number_words import GRACE, STATUSES
from services.access.model import Principal
from services.company.queries import company
from services.frames import typed
from services.money import MICROS
from services.numbers import queries
from services.numbers.model import IDLE_DAYS
from services.numbers.queries.unpaid import GraceState, UnpaidRental, unpaid_rentals
from services.reporting import number_traffic
from services.reporting.exports import Column, ColumnKind, ExportTable

_IDLE = {
    "e164": Column("Number"),
    "customer": Column("Customer"),
    "activated_on": Column("Since", ColumnKind.DAY),
    "last_on": Column("Last traffic", ColumnKind.DAY),
    "currency": Column("Currency"),
    "monthly_micros": Column("Monthly fee", ColumnKind.MONEY),
}
_ENDS = {
    "e164": Column("Number"),
    "customer": Column("Customer"),
    "clock": Column("Clock"),
    "cancellation_requested_on": Column("Requested", ColumnKind.DAY),
    "cancels_on": Column("Effective", ColumnKind.DAY),
    "cancelled_on": Column("Released", ColumnKind.DAY),
    "currency": Column("Currency"),
    "refund_micros": Column("Prepared refund", ColumnKind.MONEY),
}
_UNPAID = {
    "customer": Column("Customer"),
    "e164": Column("Number"),
    "state": Column("State"),
    "since": Column("Unpaid since", ColumnKind.DAY),
    "warned_on": Column("Warned", ColumnKind.DAY),
    "until": Column("Grace until", ColumnKind.DAY),
    "currency": Column("Currency"),
    "balance_micros": Column("Balance", ColumnKind.MONEY, totalled=False),
}


def idle(opened: Screen) -> None:
    """Numbers that cost rental and carried nothing for 60 days, with what they cost a month."""
    today, page = text.today(), tables.page_number("numbers_idle_page")
    if not read(number_traffic.traffic_is_known):
        empty("No traffic of numbers is known yet.", "Import usage message by message; until then no number is idle.")
        return
    found = read(number_traffic.idle_numbers, today=today, page=page, size=tables.PAGE_SIZE)
    until = text.day(read(number_traffic.counted_to, today=today))
    if not found.total:
        empty(f"Every number rented for {IDLE_DAYS} days carried something in the {IDLE_DAYS} days to {until}.")
        return
    st.caption(
        f"Rented for {IDLE_DAYS} days or longer, and nothing sent or received in the {IDLE_DAYS} days to {until}."
    )
    with opened.acts:
        downloads.menu(f"idle numbers {today}", lambda: _idle_export(opened.by))
    for place, (code, count, micros) in zip(
        cards.row(max(4, len(found.costs))), found.costs.itertuples(index=False), strict=False
    ):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(f"Idle, a month, {code}", int(micros) / MICROS, format="accounting")
            st.caption(text.count(int(count), "number"))
    columns = {
        "e164": tables.words("Number", width=120),
        "customer": tables.words("Customer", width=200),
        "activated_on": tables.day("Since", width=95),
        "last_on": tables.day("Last traffic", width=95),
        "currency": tables.words("Currency", width=70),
        "monthly_micros": tables.money("A month", width=90),
    }
    _number_grid(found.rows, columns, key="numbers_idle", alt="Idle numbers")
    tables.pager("numbers_idle_page", total=found.total, page=page, noun="number")


def _idle_export(by: Principal) -> ExportTable:
    found = read(number_traffic.idle_numbers, today=text.today(), size=downloads.EVERY)
    return downloads.table_of("Idle numbers", found.rows, _IDLE, by=by, without_traffic_for=f"{IDLE_DAYS} days")


def ends(opened: Screen) -> None:
    """Every number that is ending or has rental to give back, those first that need a person now."""
    today, page = text.today(), tables.page_number("numbers_ends_page")
    found = read(queries.ends, today=today, page=page, size=tables.PAGE_SIZE)
    if not found.total:
        empty("No number is being cancelled, and no rental waits to be given back.")
        return
    with opened.acts:
        every = {"today": today, "size": downloads.EVERY}
        downloads.menu(
            f"cancellations {today}",
            lambda: downloads.table_of("Cancellations", _clocks(read(queries.ends, **every).rows), _ENDS, by=opened.by),
        )
    columns = {
        "e164": tables.words("Number", width=115),
        "customer": tables.words("Customer", width=150),
        "clock": tables.words("Clock", width=145),
        "cancellation_requested_on": tables.day("Requested", width=88),
        "cancels_on": tables.day("Effective", width=88),
        "cancelled_on": tables.day("Released", width=88),
        "currency": tables.words("Currency", width=65),
        "refund_micros": tables.money("To give back", width=90),
    }
    _number_grid(_clocks(found.rows), columns, key="numbers_ends", alt="Cancellations")
    tables.pager("numbers_ends_page", total=found.total, page=page, noun="number")
    st.caption(
        "Rental charged for days after the effective date stands as a prepared refund until somebody gives it back."
    )


def _clocks(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with how the clock stands in words."""
    today = text.today()

    def clock(status: str, ends_on: date, refund: Any) -> str:
        if status == "cancelling":
            left = (ends_on - today).days
            if left > 0:
                return f"{text.count(left, 'day')} left"
            return "Release it today" if not left else f"Release overdue by {text.count(-left, 'day')}"
        return "Rental to give back" if tables.exact(refund) else STATUSES[status]

    words = [clock(*each) for each in zip(rows["status"], rows["cancels_on"], rows["refund_micros"], strict=True)]
    return rows.assign(clock=words)


def unpaid(opened: Screen) -> None:
    """Whose rental credit did not cover: to warn, in grace and until when, past it."""
    today, found = text.today(), cached.until_posted(unpaid_rentals)
    grace = read(company).rental_grace_days
    st.caption(
        "Rental posts on the 1st even where credit does not suffice. The customer is warned, has "
        f"{text.count(grace, 'day')} of grace, and only a person releases the number."
    )
    if not found:
        empty("All rental of prepaid customers is covered.")
        return
    states = [state for state in GraceState if any(each.state(today) is state for each in found)]
    chosen = filters.one_of("State", [GRACE[state] for state in states], key="numbers_grace")
    frame = _unpaid_rows([each for each in found if chosen in {None, GRACE[each.state(today)]}], today)
    with opened.acts:
        downloads.menu(
            f"unpaid rental {today}",
            lambda: downloads.table_of("Unpaid rental", frame, _UNPAID, by=opened.by, state=chosen),
        )
    counts = [sum(each.state(today) is state for each in found) for state in GraceState]
    for place, state, count in zip(cards.row(3), GraceState, counts, strict=True):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(GRACE[state], count, format="localized")
            st.caption("customer" if count == 1 else "customers")
    columns = {
        "customer": tables.words("Customer", width=160),
        "e164": tables.words("Number", width=110),
        "state": tables.words("State", width=125),
        "since": tables.day("Unpaid since", width=90),
        "warned_on": tables.day("Warned", width=90),
        "until": tables.day("Grace until", width=90),
        "currency": tables.words("Currency", width=70),
        "balance_micros": tables.money("Balance", width=95),
    }
    page = tables.page_number("numbers_unpaid_page")
    start = (page - 1) * tables.PAGE_SIZE
    _number_grid(frame.iloc[start : start + tables.PAGE_SIZE], columns, key="numbers_unpaid", alt="Unpaid rental")
    tables.pager("numbers_unpaid_page", total=len(frame), page=page, noun="number")


def _unpaid_rows(found: list[UnpaidRental], today: date) -> pd.DataFrame:
    """A row a number, those past their grace first."""
    order = {GraceState.PAST: 0, GraceState.TO_WARN: 1, GraceState.IN_GRACE: 2}
    sorted_ = sorted(found, key=lambda each: (order[each.state(today)], each.since))
    rows = [
        (
            *(number_id, e164, each.customer, GRACE[each.state(today)], each.since, each.warned_on, each.until),
            *(each.credit.currency, each.credit.micros),
        )
        for each in sorted_
        for number_id, e164 in each.numbers
    ]
    names = ["id", "e164", "customer", "state", "since", "warned_on", "until", "currency", "balance_micros"]
    return typed(pd.DataFrame(rows, columns=names), {"id": "int64", "balance_micros": "int64"})


def _number_grid(rows: pd.DataFrame, columns: dict[str, Any], *, key: str, alt: str) -> None:
    row = drawer.picked(rows, columns, key=key, alt=alt)
    if row is not None:
        number_drawer.show(int(row["id"]), str(row["e164"]), key=key)
