"""Invoice requests: who asked for an invoice, what is still missing, whose turn it is, and what came of it."""

from __future__ import annotations

import streamlit as st

from pages._ui import (
    choosing,
    downloads,
    filters,
    request_form,
    request_parts,
    request_words,
    saved_views,
    tables,
    text,
)
from pages._ui.frame import empty, open_screen, read
from services.requests import queries
from services.requests.model import SEE_REQUESTS, TAKE_REQUESTS, RequestStatus

ME, NOBODY = "me", "0"

opened = open_screen("Invoice requests", SEE_REQUESTS, answer="Who waits for an invoice, and what is still missing?")
saved_views.offer(opened, "invoice-requests")
period = filters.chosen_period()
names = {str(number): name for number, name in read(queries.owners).items()}
with filters.row():
    sought = filters.words("Search", key="requests_q", placeholder="Customer, account id, ticket, invoice")
    status = filters.one_of(
        "State",
        list(request_words.WORDS),
        key="requests_status",
        everything=request_words.WAITING,
        shown=lambda name: request_words.WORDS.get(name, name),
    )
    owner = filters.one_of(
        "Owner",
        [ME, NOBODY, *names],
        key="requests_owner",
        everything="Anybody",
        shown=lambda each: names.get(each, {ME: "Me", NOBODY: "Nobody"}.get(each, each)),
        width=160,
    )
    currency = filters.one_of("Currency", choosing.currencies(), key="requests_currency", width=100)
every = status == request_words.EVERY
chosen = RequestStatus(status) if status and not every else None
waiting = not every and (chosen is None or chosen.waits)
anytime = waiting or bool(sought)
wanted = queries.Wanted(
    status=chosen,
    every=every,
    period=None if anytime else period,
    owner_id=(opened.by.person_id if owner == ME else int(owner)) if owner else None,
    currency=currency,
    text=sought,
)
page = tables.page_number("requests_page")
found = read(queries.page, on=text.today(), wanted=wanted, page=page, size=tables.PAGE_SIZE)
words = {
    "received": "any day" if anytime else f"{period.starts_on} to {period.last_day}",
    "state": request_words.WORDS[status] if status else request_words.WAITING,
    "owner": {ME: opened.by.name, NOBODY: "nobody"}.get(owner, names.get(owner, "")) if owner else "",
    "in_currency": currency or "",
    "search": sought,
}
with opened.acts:
    with st.container(width="content"):
        downloads.menu("invoice requests", lambda: request_parts.export(opened.by, wanted, words))
    if opened.by.may(TAKE_REQUESTS) and st.button(
        "New request", type="primary", icon=":material/add:", shortcut="Alt+Q"
    ):
        request_form.new_request()
request_parts.figures()
if found.total:
    request_parts.listed(found.rows, waiting=waiting)
    tables.pager("requests_page", total=found.total, page=page, noun="request")
    st.caption("Pick a row to see what is missing, to give it to somebody, and to fill in its invoice.")
elif waiting and not (sought or owner or currency or chosen):
    empty("Nobody waits for an invoice.", "Take a customer’s request down with New request.")
else:
    when = "" if anytime else f" of {text.period(period)}"
    empty(f"No request{when} fits.", "Clear the filters, or choose a longer period.")
