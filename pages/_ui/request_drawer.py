"""One invoice request at the right of its list: what was asked, what is missing, its history, and what can be done."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages._ui import cached, drawer, menu, request_form, request_words, state, tables, text
from pages._ui.forms import Form
from pages._ui.frame import act, me, plain, read
from services.access.model import Principal
from services.invoices.model import ISSUE_INVOICE
from services.requests import operations
from services.requests import queries as requests
from services.requests.model import TAKE_REQUESTS, InvoiceRequest, RequestStatus

FORM = "billing/new_invoice.py"
INVOICE = "billing/invoice.py"
_HISTORY, _CHANGE, _GIVE, _CANCEL, _AGAIN = "History", "Change", "Give to", "Cancel", "Take up again"


def show(request_id: int, *, key: str) -> None:
    """Open the drawer on a request; `key` is the grid's, whose row is let go of when it closes."""
    title = f"Invoice request {request_id}"
    draw = st.dialog(title, position="right", width="medium", on_dismiss=lambda: drawer.dismissed(key))
    draw(_drawn)(request_id, key)


def _drawn(request_id: int, key: str) -> None:
    by = me()
    found = read(requests.request, request_id=request_id, on=text.today())
    _head(found)
    _facts(by, found)
    _missing(found)
    may = by.may(TAKE_REQUESTS)
    if found.status.waits and (by.may(ISSUE_INVOICE) or may):
        with st.container(horizontal=True, vertical_alignment="center"):
            if by.may(ISSUE_INVOICE):
                menu.link(by, FORM, "Fill in the invoice", icon=":material/note_add:", request=str(found.id))
            if may and found.owner_id != by.person_id and st.button("Assign to me", icon=":material/person_add:"):
                _close(key, done=_give(found, by.person_id, "you"))
    acts = [_HISTORY, *(_possible(found) if may else [])]
    view = st.radio("What to do", acts, horizontal=True, label_visibility="collapsed", key=f"request_view_{found.id}")
    _VIEWS[str(view)](found, key)


def _possible(found: InvoiceRequest) -> list[str]:
    if found.status.waits:
        return [_CHANGE, _GIVE, _CANCEL]
    return [_AGAIN] if found.status is RequestStatus.CANCELLED else []


def _head(found: InvoiceRequest) -> None:
    badge = request_words.badge(found)
    st.badge(badge.words, color=badge.colour)
    gross = found.asked.gross
    amount = f"**{text.money(gross)}**, including tax" if gross is not None else f"An amount in {found.asked.currency}"
    asked = request_words.ago(found.age(text.today()))
    whose = f"belongs to {plain(found.owner)}" if found.owner else "belongs to nobody"
    st.markdown(f"{amount}; asked {asked}, {whose}.")


def _facts(by: Principal, found: InvoiceRequest) -> None:
    menu.link(by, drawer.CUSTOMER, found.customer.name, icon=":material/person:", id=str(found.customer.id))
    if made := found.outcome:
        said = f"Invoice {made.number}, {made.status}, {text.money(made.gross)}"
        menu.link(by, INVOICE, said, icon=":material/request_quote:", id=str(made.invoice_id))
    elif found.cancelled_at:
        when = text.moment(found.cancelled_at)
        st.caption(f"Cancelled by {plain(found.cancelled_by)} on {when}: {plain(found.cancel_reason)}")
    asked = found.asked
    whence = f"By {asked.channel} on {text.day(asked.received_on)}"
    facts = [whence, f"ticket {asked.ticket_id}" if asked.ticket_id else ""]
    facts += [f"purchase order {asked.po_number}" if asked.po_number else "", f"taken by {found.opened_by}"]
    st.caption(" · ".join(plain(each) for each in facts if each))
    if asked.note:
        st.markdown(f"> {plain(asked.note)}".replace("\n", "  \n> "))


def _missing(found: InvoiceRequest) -> None:
    if found.missing:
        with st.container(border=True, gap="xxsmall"):
            st.markdown("**Still to be asked**")
            for sentence in found.missing.values():
                st.markdown(f":material/help: {plain(sentence)}")
    elif found.status.waits:
        st.markdown(":green[:material/check_circle: Everything an invoice needs is here.]")


def _history(found: InvoiceRequest, _key: str) -> None:
    taken = read(requests.steps, request_id=found.id)
    rows = [(text.moment(step.at), step.did, step.by, step.said) for step in reversed(taken)]
    tables.printed(pd.DataFrame(rows, columns=["When", "What", "Who", "Said"]), alt="History of the request")


def _change(found: InvoiceRequest, key: str) -> None:
    _close(key, done=request_form.change(found))


def _give_to(found: InvoiceRequest, key: str) -> None:
    names = read(requests.owners)
    form = Form(f"request_owner_{found.id}_{found.version}")
    nobody = requests.NOBODY
    with form.drawn(border=False):
        people = [number for number in names if number != found.owner_id] + ([nobody] if found.owner_id else [])
        chosen = form.choice("owner", "Owner", people, format_func=lambda number: names.get(number, "Nobody"))
        sent = st.form_submit_button("Give it", type="primary")
    if sent and chosen is not None:
        _close(key, done=_give(found, chosen or None, names.get(chosen, "nobody")))


def _give(found: InvoiceRequest, owner_id: int | None, name: str) -> bool:
    done = act(operations.assign_request, request_id=found.id, owner_id=owner_id)
    if done:
        state.tell(f"Request {found.id} belongs to {name} now.")
    return bool(done)


def _cancel(found: InvoiceRequest, key: str) -> None:
    _with_reason(found, key, operation=operations.cancel_request, label="Cancel the request", told="is cancelled")


def _again(found: InvoiceRequest, key: str) -> None:
    _with_reason(found, key, operation=operations.reopen_request, label="Take it up again", told="waits again")


def _with_reason(
    found: InvoiceRequest, key: str, *, operation: Callable[..., InvoiceRequest], label: str, told: str
) -> None:
    form = Form(f"{operation.__name__}_{found.id}_{found.version}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why", max_chars=500, placeholder="The customer pays by card instead")
        sent = st.form_submit_button(label, type="primary", shortcut="Ctrl+Enter")
    if sent:
        done = form.act(operation, told=f"Request {found.id} {told}.", request_id=found.id, reason=reason)
        _close(key, done=bool(done))


def _close(key: str, *, done: bool) -> None:
    if done:
        cached.forget()
        drawer.dismissed(key)
        st.rerun()


_VIEWS: dict[str, Callable[[InvoiceRequest, str], None]] = {
    _HISTORY: _history,
    _CHANGE: _change,
    _GIVE: _give_to,
    _CANCEL: _cancel,
    _AGAIN: _again,
}
