"""Numbers: the dedicated numbers customers rent, with their monthly fee, next charge and status."""

from __future__ import annotations

import streamlit as st

from pages._ui import cached, cards, downloads, filters, number_parts, saved_views, tables, text
from pages._ui.frame import empty, open_screen, read
from services.ledger import queries as ledger
from services.ledger.model import Kind
from services.money import MICROS, Money
from services.numbers import queries
from services.numbers.model import SEE_NUMBERS, NumberStatus

STATUSES = [status.value for status in NumberStatus]

opened = open_screen(
    "Numbers", SEE_NUMBERS, answer="Who rents which number, what does it cost, and when is it charged?"
)
saved_views.offer(opened, "numbers")
with filters.row():
    sought = filters.words("Search", key="numbers_q", placeholder="Number or customer")
    chosen = filters.one_of(
        "Status", STATUSES, key="numbers_status", shown=lambda status: number_parts.WORDS.get(status, status)
    )
status = NumberStatus(chosen) if chosen else None
page = tables.page_number("numbers_page")
found = read(queries.page, on=text.today(), status=status, text=sought, page=page, size=tables.PAGE_SIZE)
if not found.total:
    empty("No dedicated number fits.", "Clear the search or choose another status.")
    st.stop()
with opened.acts:
    downloads.menu(f"numbers {text.today()}", lambda: number_parts.export(opened.by, status=status, search=sought))
fees = read(queries.monthly_fees, on=text.today())
period = filters.chosen_period()
charged = cached.until_posted(ledger.totals_by_kind, period=period)
rental = charged[charged["kind"] == Kind.RENTAL.value].groupby("currency")["micros"].sum()
for place, code, count, micros in zip(
    cards.row(max(4, len(fees))), fees["currency"], fees["numbers"], fees["micros"], strict=False
):
    with place, st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(f"Monthly fees, {code}", int(micros) / MICROS, format="accounting")
        taken = text.amount(Money(-int(rental.get(code, 0)), str(code)))
        st.caption(f"{text.count(int(count), 'number')}, {taken} charged in {text.period(period)}")
number_parts.listed(found.rows, key="numbers", with_names=True)
tables.pager("numbers_page", total=found.total, page=page, noun="number")
st.caption("Rental is charged from the same credit as sending, but apart from it: it secures the number.")
