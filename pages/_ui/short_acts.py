"""One short payment: invoice amount, received and missing, why it is judged so, and the acts that decide it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import streamlit as st

from pages._ui import cached, cards, invoice_acts, menu, short_fees, text
from pages._ui.forms import Form
from pages._ui.frame import plain, read
from services.access.model import Principal
from services.invoices.credit_note import Cause as NoteCause
from services.invoices.crediting import credit_invoice
from services.invoices.mailing import ask_for_rest
from services.invoices.model import Invoice, InvoiceStatus
from services.payments.short import queries
from services.payments.short.absorbing import request_absorbing
from services.payments.short.judging import usual_words
from services.payments.short.model import Decided, ShortPayment
from services.payments.short.operations import LONGEST_WAIT, settle_short, undo_short, wait_for_rest

_USUAL_WAIT = timedelta(days=14)


def show(by: Principal, found: ShortPayment) -> None:
    """The facts, the judgement, what waits, the acts, and what was decided."""
    invoice = found.invoice
    with st.container(border=True):
        label = f"{invoice.number}, {found.customer}"
        menu.link(by, "billing/invoice.py", label, icon=":material/request_quote:", id=str(invoice.id))
        _facts(found)
        _judged(found)
        invoice_acts.waits(by, invoice)
        _acts(found)
        for decided in read(queries.decided_of_invoice, invoice_id=invoice.id):
            _decided(decided)


def _facts(found: ShortPayment) -> None:
    invoice = found.invoice
    shown = [("Invoice amount", invoice.gross), ("Received", invoice.received), ("Missing", found.missing)]
    bearers = [("Borne by the payer", invoice.fee + invoice.short), ("Borne by us", invoice.absorbed)]
    shown += [(label, money) for label, money in bearers if money]
    if invoice.open:
        shown.append(("Still open", invoice.open))
    for place, (label, money) in zip(cards.row(len(shown)), shown, strict=True):
        with place:
            cards.money(label, money)


def _judged(found: ShortPayment) -> None:
    cause, reasons = found.judgement.cause, list(found.judgement.reasons)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(cause.label, color="blue")
        said = plain("; ".join(reasons))
        st.markdown(f"{said[:1].upper()}{said[1:]}.", width="stretch")
    if found.usual is not None and usual_words(found.usual) not in reasons:
        st.caption(f"{short_fees.whose(found.usual)}: {plain(usual_words(found.usual))}.")
    if found.under_minimum:
        least, rate = found.invoice.minimum, found.invoice
        at = "" if least.currency == "AUD" else f", at the rate of {text.day(rate.rate_on)} kept with it"
        st.warning(
            f"{text.money(rate.received)} arrived, less than the least a transfer brings in: {text.money(least)}{at}.",
            icon=":material/warning:",
        )
    if found.wait_until:
        st.caption(f":material/hourglass: The rest is waited for until {text.day(found.wait_until)}.")


def _acts(found: ShortPayment) -> None:
    invoice = found.invoice
    part_paid = invoice.status is InvoiceStatus.PART_PAID
    acts: list[tuple[str, str, Callable[[ShortPayment], None]]] = []
    if part_paid and invoice.is_taxed:
        acts.append(("Adjustment note", ":material/receipt_long:", _note))
    elif part_paid and found.bearable:
        acts.append(("Settle short", ":material/check:", _settle))
    if part_paid:
        acts.append(("Wait for the rest", ":material/hourglass:", _wait))
    if found.bearable and (part_paid or invoice.fee):
        acts.append(("Bear it ourselves", ":material/volunteer_activism:", _absorb))
    if part_paid:
        acts.append(("Ask the customer", ":material/mail:", _ask))
    with st.container(horizontal=True, gap="small"):
        for label, icon, draw in acts:
            with st.popover(label, icon=icon, key=f"short_{label}_{invoice.id}", on_change="rerun") as box:
                if box.open:
                    draw(found)


def _settle(found: ShortPayment) -> None:
    invoice = found.invoice
    _reasoned(
        invoice,
        says=f"The payer bears {text.money(invoice.open)}: the invoice asks for nothing more, credit is what arrived.",
        button="Settle short",
        example="The bank kept it",
        operation=settle_short,
        told=f"{invoice.number} is settled short.",
    )


def _absorb(found: ShortPayment) -> None:
    invoice = found.invoice
    amount = invoice.open or invoice.fee
    _reasoned(
        invoice,
        says=f"{text.money(amount)} becomes an expense of ours and the customer gets its credit. An exception: "
        "a second person decides.",
        button="Ask for approval",
        example="Promised by support, ticket 4711",
        operation=request_absorbing,
        told=f"Bearing {text.money(amount)} of {invoice.number} waits for a second person.",
    )


def _note(found: ShortPayment) -> None:
    invoice = found.invoice
    _reasoned(
        invoice,
        says=f"{invoice.number} is taxed: an adjustment note takes {text.money(invoice.open)} off it, with its GST, "
        "and settles it short.",
        button="Issue the adjustment note",
        example="A bank kept it on the way",
        operation=credit_invoice,
        told=f"{invoice.number} is settled short by its adjustment note.",
        gross=invoice.open,
        cause=NoteCause.SHORT_PAYMENT,
        send=True,
    )


def _reasoned(
    invoice: Invoice, *, says: str, button: str, example: str, operation: Callable[..., Any], told: str, **facts: Any
) -> None:
    st.markdown(plain(says))
    form = Form(f"short_{operation.__name__}_{invoice.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Reason", max_chars=500, placeholder=example)
        sent = st.form_submit_button(button, type="primary")
    if sent and form.act(operation, told=told, nonce=form.nonce, invoice_id=invoice.id, reason=reason, **facts):
        _again()


def _wait(found: ShortPayment) -> None:
    invoice = found.invoice
    st.markdown(plain(f"{text.money(invoice.open)} stays open; it comes back here after that day."))
    form = Form(f"short_wait_{invoice.id}")
    with form.drawn(border=False):
        first, last = text.today() + timedelta(days=1), text.today() + timedelta(days=LONGEST_WAIT)
        until = form.on("until", "Until", text.today() + _USUAL_WAIT, min_value=first, max_value=last)
        reason = form.text("reason", "Why it is expected", max_chars=500, placeholder="The customer sends the rest")
        sent = st.form_submit_button("Wait", type="primary")
    facts = {"nonce": form.nonce, "invoice_id": invoice.id, "until": until, "reason": reason}
    if sent and until and form.act(wait_for_rest, told=f"The rest of {invoice.number} is waited for.", **facts):
        _again()


def _ask(found: ShortPayment) -> None:
    invoice = found.invoice
    st.markdown(plain(f"The letter says what arrived and asks for {text.money(invoice.open)}, with the reference."))
    form = Form(f"short_ask_{invoice.id}")
    with form.drawn(border=False):
        to = form.text("to", "To", invoice.details.email)
        sent = st.form_submit_button("Send", type="primary")
    if sent and form.act(ask_for_rest, told="In the outbox: it asks for the rest.", invoice_id=invoice.id, to=to):
        _again()


def _decided(decided: Decided) -> None:
    who = f"{decided.decided_by}, approved by {decided.approved_by}" if decided.approved_by else decided.decided_by
    day = text.day(text.day_of(decided.decided_at))
    said = f"{decided.decision.label}: {text.money(decided.amount)}, {day}, {who}. {decided.reason}"
    if not decided.counts:
        st.caption(f"~~{plain(said)}~~ Taken back by {plain(decided.undone_by or '')}.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(plain(said), width="stretch")
        with st.popover("Take back", icon=":material/undo:", key=f"short_undo_{decided.id}", on_change="rerun") as box:
            if box.open:
                _take_back(decided)


def _take_back(decided: Decided) -> None:
    form = Form(f"short_undo_{decided.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why it is taken back", max_chars=500)
        sent = st.form_submit_button("Take back", type="primary")
    told = "Taken back: the invoice stands as before."
    if sent and form.act(undo_short, told=told, decision_id=decided.id, reason=reason):
        _again()


def _again() -> None:
    st.session_state["short_turn"] = st.session_state.get("short_turn", 0) + 1
    cached.forget()
    st.rerun()
