"""Numbers: the dedicated numbers customers rent, what they cost and carry, how they end, and who cannot pay them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages._ui import (
    cached,
    cards,
    choosing,
    coverage_view,
    downloads,
    filters,
    freshness,
    number_acts,
    number_parts,
    number_views,
    saved_views,
    tables,
    text,
)
from pages._ui.frame import Screen, empty, open_screen, read
from pages._ui.number_words import STATES, STATUSES
from services.ledger import queries as ledger
from services.ledger.model import Kind
from services.money import MICROS, Money
from services.numbers import queries
from services.numbers.model import CHANGE_NUMBERS, SEE_NUMBERS, NumberStatus
from services.numbers.registration import Registration

EVERY, IDLE, ENDS, UNPAID, SHORT = "All numbers", "Idle", "Cancellations", "Unpaid rental", "Negative on the 1st"


def listed(opened: Screen) -> None:
    """Every number that fits the filters, under what all of them cost."""
    with filters.row():
        sought = filters.words("Search", key="numbers_q", placeholder="Number or customer")
        chosen = filters.one_of(
            "Status", list(STATUSES), key="numbers_status", shown=lambda name: STATUSES.get(name, name)
        )
        state = filters.one_of(
            "Registration", list(STATES), key="numbers_registration", shown=lambda name: STATES.get(name, name)
        )
        currency = filters.one_of("Currency", choosing.currencies(), key="numbers_currency", width=110)
    wanted: dict[str, Any] = {
        "status": NumberStatus(chosen) if chosen else None,
        "registration": Registration(state) if state else None,
        "currency": currency,
    }
    page = tables.page_number("numbers_page")
    found = read(queries.page, on=text.today(), text=sought, page=page, size=tables.PAGE_SIZE, **wanted)
    if not found.total:
        empty("No dedicated number fits.", "Clear the search or choose another status.")
        return
    with opened.acts:
        downloads.menu(f"numbers {text.today()}", lambda: number_parts.export(opened.by, search=sought, **wanted))
    fees()
    number_parts.listed(found.rows, key="numbers", with_names=True)
    tables.pager("numbers_page", total=found.total, page=page, noun="number")


def fees() -> None:
    """What the numbers rented now cost a month, and what was charged in the period, a card a currency."""
    found, period = read(queries.monthly_fees, on=text.today()), filters.chosen_period()
    charged = cached.until_posted(ledger.totals_by_kind, period=period)
    of_numbers = charged[charged["kind"].isin([Kind.RENTAL.value, Kind.RENTAL_REFUND.value])]
    rental = of_numbers.groupby("currency")["micros"].sum()
    for place, code, count, micros in zip(
        cards.row(max(4, len(found))), found["currency"], found["numbers"], found["micros"], strict=False
    ):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(f"Monthly fees, {code}", int(micros) / MICROS, format="accounting")
            taken = text.amount(Money(-int(rental.get(code, 0)), str(code)))
            st.caption(f"{text.count(int(count), 'number')}, {taken} charged in {text.period(period)}")


def needs() -> None:
    """What waits for a person because a number's day has come."""
    waits = cached.read(queries.count_ends, today=text.today())
    said = []
    if waits.to_release:
        said.append(f"{text.count(waits.to_release, 'number')} to release")
    if waits.to_refund:
        said.append(f"{text.count(waits.to_refund, 'number')} with rental to give back")
    if said:
        st.caption(f":material/notification_important: Under {ENDS}: {', '.join(said)}.")


opened = open_screen(
    "Numbers",
    SEE_NUMBERS,
    answer="Who rents which number, what does it cost, and when is it charged? "
    "Rental is charged from the same credit as sending, but apart from it: it secures the number.",
)
saved_views.offer(opened, "numbers")
with opened.acts:
    with st.container(width="content"):
        export_menu = st.container()
    if opened.by.may(CHANGE_NUMBERS) and st.button("Add a number", type="primary", icon=":material/add:"):
        number_acts.add()
opened = Screen(opened.by, export_menu)
view = filters.views("What to look at", [EVERY, IDLE, ENDS, UNPAID, SHORT], key="numbers_view")
if view == EVERY:
    needs()
if view == IDLE:
    number_views.idle(opened)
elif view == ENDS:
    number_views.ends(opened)
elif view == UNPAID:
    number_views.unpaid(opened)
elif view == SHORT:
    coverage_view.draw(opened)
else:
    listed(opened)
if view in {EVERY, IDLE, UNPAID}:  # what is judged by traffic or by a balance
    freshness.show()
