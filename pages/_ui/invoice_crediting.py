"""The dialog that credits an invoice: how much at most, and as one types what is owed back of it and what is tax."""

from __future__ import annotations

import streamlit as st

from pages._ui import text
from pages._ui.forms import Form
from pages._ui.frame import me, plain, read
from services.invoices import queries as invoices
from services.invoices.credit_note import APPROVAL_FROM, Cause, CreditNote, NoteKind, kind_of, parts_of, refusal
from services.invoices.crediting import credit_invoice
from services.invoices.model import Invoice
from services.invoices.queries.credit_notes import returnable_now, returned_of
from services.money import Money, NotAnAmount, multiply

KINDS = {NoteKind.CREDIT: "Credit note", NoteKind.ADJUSTMENT: "Adjustment note"}
CAUSES = {
    Cause.SHORT_PAYMENT: "Too little arrived (bank fee)",
    Cause.CANCELLED: "Cancelled",
    Cause.WRONG_DETAILS: "Wrong details, to be issued again",
    Cause.PRICE: "Price or discount",
    Cause.OTHER: "Other",
}


def most(invoice: Invoice) -> Money:
    """The most that can be credited now: what is open, and of what was paid as much as its credit is unused."""
    return invoice.open + read(returnable_now, invoice=invoice)


def ask(invoice_id: int) -> None:
    """Inside a dialog: the amount with what it means, the cause and the reason, then the note or the request."""
    me()  # only the dialog runs again when something in it is touched, so it asks again who is there
    invoice = read(invoices.invoice, invoice_id=invoice_id)
    noun = KINDS[kind_of(invoice)]
    limit = most(invoice)
    st.markdown(
        f"{noun} on {invoice.number}, {plain(invoice.details.company_name)}. At most **{text.money(limit)}**: "
        f"{text.money(invoice.open)} is open, and {text.money(limit - invoice.open)} of what was paid is not used yet."
    )
    form = Form(f"invoice_credit_{invoice.id}")
    typed = form.text("amount", f"Amount including tax, {invoice.currency}", limit.plain())
    gross, fault = _parsed(typed, invoice)
    if gross is not None:
        fault = _meaning(invoice, gross, limit)
    with form.drawn(border=False):
        first = 0 if invoice.open and invoice.allocated else 1
        cause = form.choice("cause", "Cause", list(CAUSES), index=first, format_func=lambda one: CAUSES[one])
        reason = form.lines("reason", "Reason (printed on the paper)", max_chars=500, height=80)
        send = form.tick("send", f"E-mail it to {invoice.details.email}", value=True)
        sent = st.form_submit_button(f"Issue {noun.lower()}", type="primary", shortcut="Ctrl+Enter")
    if not sent:
        return
    if gross is None:
        form.complain({"amount": fault})
        return
    asked = {"invoice_id": invoice.id, "gross": gross, "cause": cause or Cause.OTHER, "reason": reason, "send": send}
    if form.act(credit_invoice, told=_told, nonce=form.nonce, **asked):
        st.rerun()


def _parsed(typed: str, invoice: Invoice) -> tuple[Money | None, str]:
    try:
        return Money.parse(typed, invoice.currency), ""
    except NotAnAmount as fault:
        return None, str(fault)


def _meaning(invoice: Invoice, gross: Money, limit: Money) -> str:
    """What the amount does to the invoice, or why it cannot be credited."""
    wrong = refusal(invoice, gross, most_returned=limit - invoice.open)
    if wrong:
        st.caption(f":material/warning: {plain(wrong)}")
        return wrong
    parts = parts_of(invoice, gross, returned=read(returned_of, invoice=invoice))
    said = []
    if parts.open.gross:
        said.append(f"**{text.money(parts.open.gross)}** is no longer asked for")
    if parts.returned.gross:
        said.append(f"**{text.money(parts.returned.gross)}** is owed back to the customer")
    tax = f" {text.money(parts.tax)} of it is tax." if parts.tax else ""
    st.markdown(" and ".join(said) + "." + tax)
    if multiply(parts.returned.gross.micros, invoice.rate) >= APPROVAL_FROM.micros:
        st.caption(f"From {text.money(APPROVAL_FROM)} owed back a second person decides.")
    return ""


def _told(made: CreditNote | int) -> str:
    if isinstance(made, CreditNote):
        return f"{KINDS[made.kind]} {made.number} over {text.money(made.gross)} is issued."
    return "The credit note waits for a second person."
