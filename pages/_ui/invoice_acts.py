"""The menu "More" of an invoice: only what is possible now for who looks, each act a dialog with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages._ui import invoice_crediting, menu, text
from pages._ui.forms import Form
from pages._ui.frame import me, plain, read
from services.access.model import Permission, Principal
from services.invoices import asking
from services.invoices import queries as invoices
from services.invoices.credit_note import Cause, CreditNote
from services.invoices.draft import form_anew
from services.invoices.ending import reinstate_invoice, request_write_off, void_invoice
from services.invoices.life import Act, allowed
from services.invoices.model import CREDIT_INVOICE, ISSUE_INVOICE, VOID_INVOICE, WRITE_OFF, Invoice, InvoiceKind

APPROVALS = "admin/approvals.py"
_TURN = "invoice_acts_turn"
_MAY: dict[Act, Permission] = {Act.VOID: VOID_INVOICE, Act.REINSTATE: VOID_INVOICE, Act.WRITE_OFF: WRITE_OFF}
_WORDS = {Act.VOID: "Void it", Act.REINSTATE: "Bring it back", Act.WRITE_OFF: "Ask to write off the rest"}
_ICONS = {Act.VOID: ":material/block:", Act.REINSTATE: ":material/restore:", Act.WRITE_OFF: ":material/money_off:"}
_CREDIT = "Credit it"


def possible(by: Principal, invoice: Invoice) -> list[Act]:
    """The acts this person can begin now; letting an invoice expire is left to scheduled work."""
    return [act for act in allowed(invoice, text.today()) if act in _MAY and by.may(_MAY[act])]


def draw(by: Principal, invoice: Invoice) -> None:
    """The menu; nothing where nothing is possible."""
    acts = possible(by, invoice)
    credits_ = by.may(CREDIT_INVOICE) and bool(invoice_crediting.most(invoice))
    if not acts and not credits_:
        return
    turn = st.session_state.setdefault(_TURN, 0)
    with st.popover("More", icon=":material/more_horiz:", key=f"invoice_acts_{turn}"):
        if credits_:
            look: dict[str, Any] = {"icon": ":material/remove_circle:", "type": "tertiary", "key": "invoice_credit"}
            if st.button(_CREDIT, on_click=_closed, **look):
                st.dialog(_CREDIT, width="medium")(invoice_crediting.ask)(invoice.id)
        for act in acts:
            look = {"icon": _ICONS[act], "type": "tertiary", "key": f"invoice_{act.name.lower()}"}
            if st.button(_WORDS[act], on_click=_closed, **look):
                st.dialog(_WORDS[act], width="medium")(_DRAWN[act])(invoice)


def begin(by: Principal, invoice: Invoice) -> None:
    """Open the dialog a link asks for (`?act=credit`), once, where it is possible."""
    if st.query_params.pop("act", "") == "credit" and by.may(CREDIT_INVOICE) and invoice_crediting.most(invoice):
        st.dialog(_CREDIT, width="medium")(invoice_crediting.ask)(invoice.id)


def bring_back(invoice: Invoice) -> None:
    """Open the dialog that brings an expired invoice back, from wherever its money showed up."""
    st.dialog(_WORDS[Act.REINSTATE], width="medium")(_reinstate)(invoice)


def waits(by: Principal, invoice: Invoice) -> None:
    """What of it waits for a second person, with the way to decide."""
    for request in read(asking.waiting, invoice_id=invoice.id):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge("Waits for a second person", color="orange", icon=":material/how_to_reg:")
            st.markdown(plain(request.summary))
            menu.link(by, APPROVALS, "Decide", icon=":material/arrow_forward:")


def anew(by: Principal, invoice: Invoice, notes: Sequence[CreditNote]) -> None:
    """Where it was credited for its wrong details: the way to issue it anew, once, or the invoice that took its place.

    An invoice in arrears is issued anew by the monthly run.
    """
    if invoice.kind is InvoiceKind.ARREARS or all(note.cause is not Cause.WRONG_DETAILS for note in notes):
        return
    form = form_anew(invoice.id)
    if made := read(invoices.issued_by_form, nonce=form):
        said = f"Issued anew as {made.number}"
        menu.link(by, "billing/invoice.py", said, icon=":material/arrow_forward:", id=str(made.id))
    elif by.may(ISSUE_INVOICE):
        where = {"form": form, "customer": str(invoice.customer_id)}
        menu.link(by, "billing/new_invoice.py", "Issue it anew", icon=":material/note_add:", **where)


def _closed() -> None:
    """Callback: draw the menu anew and closed, for the dialog that opens."""
    st.session_state[_TURN] += 1


def _void(invoice: Invoice) -> None:
    _ask(
        invoice,
        says=f"It keeps its number and asks for nothing any more; {text.money(invoice.gross)} leaves the books.",
        label="Void",
        example="Issued twice",
        operation=void_invoice,
        told=f"{invoice.number} is void.",
    )


def _reinstate(invoice: Invoice) -> None:
    _ask(
        invoice,
        says=f"It asks for {text.money(invoice.gross)} again, from today and for another 30 days.",
        label="Bring back",
        example="Its money came after all",
        operation=reinstate_invoice,
        told=f"{invoice.number} can be paid again.",
    )


def _write_off(invoice: Invoice) -> None:
    _ask(
        invoice,
        says=f"{text.money(invoice.open)} is still open. A second person decides; until then it can be paid.",
        label="Ask to write off",
        example="The customer closed down",
        operation=request_write_off,
        told=f"Writing off the rest of {invoice.number} waits for a second person.",
    )


def _ask(invoice: Invoice, *, says: str, label: str, example: str, operation: Callable[..., Any], told: str) -> None:
    me()  # only the dialog runs again when something in it is touched, so it asks again who is there
    st.markdown(f"{invoice.number}, {plain(invoice.details.company_name)}. {plain(says)}")
    form = Form(f"invoice_{operation.__name__}_{invoice.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Reason", max_chars=500, placeholder=example)
        sent = st.form_submit_button(label, type="primary", shortcut="Ctrl+Enter")
    if sent and form.act(operation, told=told, invoice_id=invoice.id, reason=reason):
        st.rerun()


_DRAWN: dict[Act, Callable[[Invoice], None]] = {
    Act.VOID: _void,
    Act.REINSTATE: _reinstate,
    Act.WRITE_OFF: _write_off,
}
