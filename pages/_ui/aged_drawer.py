"""What one customer owed in a currency on a day, at the right of the list: its invoices, and asking for a write-off."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, drawer, menu, tables, text
from pages._ui.forms import Form
from pages._ui.frame import me, read
from services.access.model import Principal
from services.customers.queries import customer as customer_by_id
from services.invoices.ending import request_write_off
from services.invoices.model import WRITE_OFF
from services.money import Money
from services.reporting import aged

INVOICE = "billing/invoice.py"
_INVOICES, _WRITE_OFF = "Invoices", "Ask to write off"


def show(customer_id: int, currency: str, as_of: date, *, key: str) -> None:
    """Open the drawer; `key` is the grid's, whose row is let go of when it closes."""
    draw = st.dialog("Owed for use", position="right", width="large", on_dismiss=lambda: drawer.dismissed(key))
    draw(drawn)(customer_id, currency, as_of, key)


def drawn(customer_id: int, currency: str, as_of: date, key: str) -> None:
    """What the drawer holds."""
    by = me()
    owner = read(customer_by_id, customer_id=customer_id)
    rows = read(aged.debts, as_of=as_of, customer_id=customer_id, currency=currency)
    menu.link(by, drawer.CUSTOMER, owner.name, icon=":material/person:", id=str(owner.id))
    owed = Money(int(rows["open_micros"].sum()), currency)
    late = Money(int(rows.loc[rows["days"] > 0, "open_micros"].sum()), currency)
    st.markdown(f"**{text.money(owed)}** owed on {text.day(as_of)}, {text.money(late)} of it overdue.")
    now = as_of == text.today() and not rows.empty
    views = [_INVOICES, *([_WRITE_OFF] if now and by.may(WRITE_OFF) else [])]
    view = st.radio("View", views, horizontal=True, label_visibility="collapsed", key=f"aged_view_{customer_id}")
    if view == _WRITE_OFF:
        _write_off(rows, key)
    else:
        invoices(by, rows)


def invoices(by: Principal, rows: pd.DataFrame) -> None:
    """The invoices, the oldest due first; a picked row opens its screen."""
    columns: dict[str, Any] = {
        "number": tables.words("Invoice", width=150),
        "issued_on": tables.day("Issued", width=105),
        "due_on": tables.day("Due", width=105),
        "days": tables.number("Days overdue", width=105),
        "gross_micros": tables.money("Total", width=110),
        "open_micros": tables.money("Open", width=110),
    }
    if menu.may_open(by, INVOICE):
        key = f"aged_invoices_{'_'.join(str(each) for each in rows['invoice_id'][:1])}"
        tables.drill(rows, columns, page=INVOICE, parameter="id", by="invoice_id", key=key, alt="Invoices owed")
        st.caption("Pick a row to open its invoice.")
    else:
        tables.show(rows, columns, alt="Invoices owed")


def _write_off(rows: pd.DataFrame, key: str) -> None:
    choices = {int(row["invoice_id"]): row for row in rows.to_dict("records")}
    form = Form("aged_write_off")
    with form.drawn(border=False):
        invoice_id = form.choice("invoice", "Invoice", list(choices), format_func=lambda each: _named(choices[each]))
        reason = form.text("reason", "Why nobody expects it any more", max_chars=500, placeholder="In liquidation")
        st.caption(
            "A second person decides; until then it can be paid. Its net becomes a bad debt, its GST goes with it, "
            "and no later invoice asks for it again."
        )
        sent = st.form_submit_button("Ask to write off", type="primary", shortcut="Ctrl+Enter")
    if sent and invoice_id is not None:
        told = f"Writing off {choices[invoice_id]['number']} waits for a second person."
        if form.act(request_write_off, told=told, invoice_id=invoice_id, reason=reason):
            cached.forget()
            drawer.dismissed(key)
            st.rerun()


def _named(row: dict[Any, Any]) -> str:
    open_ = text.money(Money(int(row["open_micros"]), str(row["currency"])))
    return f"{row['number']}, {open_} open, {text.count(int(row['days']), 'day')} overdue"
