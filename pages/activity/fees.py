"""Custom fees: what is agreed with single customers, what comes next, and what they are charged without seeing it."""

from __future__ import annotations

import streamlit as st

from pages._ui import (
    cached,
    cards,
    choosing,
    downloads,
    fee_forms,
    fee_parts,
    fee_register,
    filters,
    freshness,
    tables,
    text,
)
from pages._ui.frame import empty, open_screen, read
from services.customers.model import Customer
from services.fees import queries
from services.fees.model import SEE_FEES, SET_FEES, FeeKind, FeeStatus
from services.fees.queries import Wanted
from services.money import MICROS, Money
from services.periods import add_months

FEES, REGISTER = "Fees", "Hidden from customers"
SEEN = {"hidden": "Hidden", "visible": "Visible"}
RHYTHM = {"monthly": "Monthly", "once": "Once"}

opened = open_screen("Custom fees", SEE_FEES, answer="What is agreed with whom, and what does the customer not see?")


def narrowed(customer: Customer | None, currency: str | None) -> tuple[Wanted, dict[str, str | None]]:
    """The further filters of the list, and their words for an export."""
    kind = filters.one_of("Kind", list(fee_parts.KINDS), key="fees_kind", shown=fee_parts.KINDS.__getitem__, width=115)
    rhythm = filters.one_of("Charged", list(RHYTHM), key="fees_charged", shown=RHYTHM.__getitem__, width=105)
    seen = filters.one_of("Visibility", list(SEEN), key="fees_seen", shown=SEEN.__getitem__, width=105)
    status = filters.one_of(
        "Status", list(fee_parts.STATES), key="fees_status", shown=fee_parts.STATES.__getitem__, width=110
    )
    wanted = Wanted(
        customer_id=customer.id if customer else None,
        kind=FeeKind(kind) if kind else None,
        recurring=rhythm == "monthly" if rhythm else None,
        visible=seen == "visible" if seen else None,
        status=FeeStatus(status) if status else None,
        currency=currency,
    )
    words = {"customer": customer.name if customer else None, "kind": kind, "charged": rhythm, "visibility": seen}
    return wanted, words | {"status": status, "in_currency": currency}


def figures(wanted: Wanted) -> None:
    """What runs a month and what the next run will charge, a card a currency; and what waits for a second person."""
    following = add_months(text.today().replace(day=1), 1)
    sums = read(queries.sums, on=text.today(), wanted=wanted)
    ask = cached.read if wanted == Wanted() else read  # of all fees for a minute, of those that fit always
    asked = ask(queries.due_sums, month=following, on=text.today(), wanted=wanted)
    due = asked.set_index("currency")["micros"].to_dict()
    fee_parts.waits(opened.by, read(queries.waiting))
    places = iter(cards.row(max(4, len(sums))))
    columns = (sums[name] for name in ("currency", "running", "monthly_micros", "once", "once_micros"))
    for code, running, monthly, once, once_micros in zip(*columns, strict=True):
        with next(places), st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(f"A month, {code}", int(monthly) / MICROS, format="accounting")
            ahead = text.amount(Money(int(due.get(code, 0)), str(code)))
            st.caption(f"{text.count(int(running), 'fee')}; {ahead} on {text.day(following)}")
            in_all = text.amount(Money(int(once_micros), str(code)))
            st.caption(f"{text.count(int(once), 'one-off')}, {in_all}")


def listed(wanted: Wanted) -> None:
    """The fees that fit."""
    page = tables.page_number("fees_page")
    found = read(queries.page, on=text.today(), wanted=wanted, page=page, size=tables.PAGE_SIZE)
    figures(wanted)
    if not found.total:
        empty("No custom fee fits.", "Clear the filters, or have accounting set one with New fee.")
        return
    fee_parts.listed(found.rows, key="fees", with_names=True)
    tables.pager("fees_page", total=found.total, page=page, noun="fee")
    st.caption("Pick a row to see who decided what and what was charged, to change, end or take back.")


view = filters.views("What to look at", (FEES, REGISTER), key="fees_view")
with filters.row():
    customer = choosing.customer_filter("fees_customer")
    currency = filters.one_of("Currency", choosing.currencies(), key="fees_currency", width=85)
    wanted, words = narrowed(customer, currency) if view == FEES else (Wanted(), {})
period = filters.chosen_period()
with opened.acts, st.container(width="content"):
    if view == FEES:
        downloads.menu(f"custom fees {text.today()}", lambda: fee_parts.export(opened.by, wanted, words))
    else:
        downloads.menu(
            f"hidden fees {period.starts_on} {period.last_day}",
            lambda: fee_register.export(opened.by, period, customer, currency),
        )
with opened.acts:
    if opened.by.may(SET_FEES) and st.button("New fee", type="primary", icon=":material/add:", shortcut="Alt+F"):
        fee_forms.new_fee(customer)
if view == FEES:
    listed(wanted)
else:
    fee_register.draw(period, customer, currency)
    freshness.show()
