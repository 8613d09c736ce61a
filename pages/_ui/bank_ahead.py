"""Credit ahead of bank transfers: what is given or asked for and when it expires, and the place to ask for more."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, tables, text
from pages._ui.downloads import file_name
from pages._ui.forms import Form
from pages._ui.frame import Screen, empty, plain, read
from services.customers import queries as customers
from services.frames import typed
from services.invoices import queries as invoices
from services.invoices.model import Invoice
from services.money import Money, NotAnAmount
from services.provisional import queries
from services.provisional.model import Provisional
from services.provisional.operations import request_provisional
from services.reporting.exports import Column, ColumnKind, ExportTable

_COLUMNS: dict[str, Any] = {
    "customer": tables.words("Customer", width=160),
    "invoice": tables.words("Invoice", width=125),
    "currency": tables.words("Currency", width=65),
    "amount_micros": tables.money("Given", width=80),
    "left_micros": tables.money("Left", width=80),
    "expires": tables.day("Expires", width=90),
    "stage": tables.words("It", width=132),
    "by": tables.words("Asked by", width=105),
}


def screen(opened: Screen) -> None:
    """How much is ahead and may be, the list, and the form."""
    used = sum(read(queries.ahead).values())
    allowed = read(queries.caps, on=text.today())
    room = Money(max(allowed.in_all.micros - used, 0), "AUD")
    st.caption(
        f"{text.money(Money(used, 'AUD'))} is ahead of its transfers; {text.money(room)} more may be, at most "
        f"{text.money(allowed.for_one)} a customer. A manager or an administrator changes this under Settings."
    )
    page = tables.page_number("ahead_page")
    found, total = read(queries.waiting, page=page, size=tables.PAGE_SIZE)
    if found:
        with opened.acts, st.container(width="content"):
            downloads.menu("credit ahead", lambda: _export(opened))
        _list(found, total, page)
    else:
        empty("No credit is ahead of its transfer.", "Ask below when a customer shows that the money was sent.")
    label = "Ask for credit on proof of payment"
    with st.expander(label, icon=":material/add:", key="ahead_ask", on_change="rerun") as box:
        if box.open:  # the form names every open invoice
            _ask()


_EXPORTED = {
    "customer": Column("Customer"),
    "invoice": Column("Invoice"),
    "currency": Column("Currency"),
    "amount_micros": Column("Given", ColumnKind.MONEY),
    "left_micros": Column("Left", ColumnKind.MONEY),
    "expires": Column("Expires", ColumnKind.DAY),
    "stage": Column("It"),
    "by": Column("Asked by"),
}


def _export(opened: Screen) -> ExportTable:
    every, _ = read(queries.waiting, page=1, size=downloads.EVERY)
    return downloads.table_of("Credit ahead of transfers", _frame(every), _EXPORTED, by=opened.by)


def _frame(found: list[Provisional]) -> pd.DataFrame:
    names = read(customers.names, ids=sorted({each.customer_id for each in found}))
    numbers = {each.invoice_id: read(invoices.invoice, invoice_id=each.invoice_id).number for each in found}
    rows = [
        (
            names[each.customer_id], numbers[each.invoice_id], each.amount.currency, each.amount.micros,
            each.left.micros, each.expires_on, each.stage(text.today()).label, each.asked_by, each.id,
        )
        for each in found
    ]  # fmt: skip
    return typed(pd.DataFrame(rows, columns=[*_COLUMNS, "id"]), {"amount_micros": "Int64", "left_micros": "Int64"})


def _list(found: list[Provisional], total: int, page: int) -> None:
    row = tables.pick(_frame(found), _COLUMNS, alt="Credit ahead of transfers", key="ahead")
    tables.pager("ahead_page", total=total, page=page, noun="credit")
    if row is None:
        st.caption("Pick one to see its proof.")
        return
    chosen = next(each for each in found if each.id == int(row["id"]))
    name, content = read(queries.proof, provisional_id=chosen.id)
    stem, _, ending = name.rpartition(".")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(
            "The proof", content, file_name(stem or name, ending or "bin", content), on_click="ignore",
            icon=":material/download:", key=f"proof_{chosen.id}",
        )  # fmt: skip
        second = f", approved by {plain(chosen.approved_by)}" if chosen.approved_by else ""
        st.caption(f"{plain(chosen.reason)} Asked by {plain(chosen.asked_by)}{second}.")


def _ask() -> None:
    open_ones = {
        each.id: each for code in _currencies() for each in reversed(read(invoices.open_invoices, currency=code))
    }
    if not open_ones:
        st.caption("No invoice waits for a transfer.")
        return
    allowed = read(queries.caps, on=text.today())
    form = Form("provisional")
    with form.drawn(border=False):
        left, right = st.columns(2)
        with left:
            chosen = form.choice(
                "invoice", "Invoice", list(open_ones), index=None, format_func=lambda each: _called(open_ones[each])
            )
            typed = form.text("amount", "Credit to give now", help="In the invoice's currency, without tax.")
            days = st.number_input("Days it may stand", 1, allowed.most_days, allowed.usual_days, key=form.key("days"))
            form.place("days")
        with right:
            proof = st.file_uploader("Proof of payment", ["pdf", "png", "jpg", "jpeg"], key=form.key("proof"))
            form.place("proof")
            reason = form.text("reason", "Why the customer cannot wait", max_chars=500)
        sent = st.form_submit_button("Ask for approval", type="primary")
    if not sent:
        return
    faults, amount = _read(open_ones.get(chosen or 0), typed)
    if proof is None:
        faults["proof"] = "Add the proof, such as the bank's confirmation."
    if faults or chosen is None or amount is None or proof is None:
        form.complain(faults)
        return
    facts = {"proof_name": proof.name, "proof": proof.getvalue(), "reason": reason, "days": int(days)}
    told = "Asked for. The credit is given once another person approves it under Approvals."
    if form.act(request_provisional, told=told, nonce=form.nonce, invoice_id=chosen, amount=amount, **facts):
        cached.forget()
        st.rerun()


def _currencies() -> list[str]:
    _, codes = cached.read(customers.countries_and_currencies)
    return sorted(codes)


def _read(invoice: Invoice | None, typed: str) -> tuple[dict[str, str], Money | None]:
    if invoice is None:
        return {"invoice": "Choose the invoice the transfer is for."}, None
    try:
        return {}, Money.parse(typed, invoice.currency)
    except NotAnAmount as error:
        return {"amount": str(error)}, None


def _called(invoice: Invoice) -> str:
    return f"{invoice.number} · {invoice.details.company_name} · {text.money(invoice.open)} open"
