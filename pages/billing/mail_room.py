"""Mail room: every e-mail to a customer, what it said, whether it arrived, and what still waits."""

from __future__ import annotations

import streamlit as st

from pages._ui import choosing, downloads, filters, mail_choices, mail_parts, saved_views, tables, text
from pages._ui.frame import empty, open_screen, read
from pages._ui.mail_words import KINDS, STATES
from services.mail import queries
from services.mail.model import SEE_MAIL, MailKind, MailState
from services.mail.queries import Filters

SETTLED = {MailState.SENT.value, MailState.CANCELLED.value}

opened = open_screen("Mail room", SEE_MAIL, answer="What did we write to whom, did it leave, and what still waits?")
mail_parts.send_if_asked()
saved_views.offer(opened, "mail-room")
mail_parts.told_where_it_goes()
period = filters.chosen_period()
with filters.row():
    sought = filters.words("Search", key="mail_q", placeholder="Number or address", width=200)
    state = filters.one_of("State", list(STATES), key="mail_state", shown=STATES.__getitem__, width=140)
    kind = filters.one_of("What", list(KINDS), key="mail_kind", shown=KINDS.__getitem__, width=170)
    customer = choosing.customer_filter("mail_customer")
# what is not settled is shown whenever it was queued
anytime = bool(sought) or (state is not None and state not in SETTLED)
wanted = Filters(
    begins=None if anytime else text.midnight(period.starts_on),
    ends=None if anytime else text.midnight(period.ends_before),
    state=MailState(state) if state else None,
    kind=MailKind(kind) if kind else None,
    customer_id=customer.id if customer else None,
    text=sought,
)
words = {
    "queued": "any day" if anytime else f"{period.starts_on} to {period.last_day}",
    "state": STATES[state] if state else "",
    "about": KINDS[kind] if kind else "",
    "customer": customer.name if customer else "",
    "search": sought,
}
with opened.acts:
    with st.container(width="content"):
        downloads.menu("mail", lambda: mail_parts.export(opened.by, wanted, words))
    mail_choices.draw(opened.by)
    mail_parts.send_button(opened.by)
mail_parts.figures()
page = tables.page_number("mail_page")
found = read(queries.page, wanted=wanted, page=page, size=tables.PAGE_SIZE)
if not found.total:
    when = "" if anytime else f" in {text.period(period)}"
    empty(f"No message fits{when}.", "Choose a longer period, clear the filters, or issue an invoice and e-mail it.")
    st.stop()
mail_parts.listed(found.rows, key="mail", with_names=customer is None)
tables.pager("mail_page", total=found.total, page=page, noun="message")
