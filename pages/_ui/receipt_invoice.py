"""An invoice raised from a receipt nobody asked one for: New invoice opens with the customer, amount and currency."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages._ui import choosing, invoice_form, text
from pages._ui.frame import act, read
from services.banking.model import BankLine
from services.invoices import queries as invoices
from services.invoices.drafting import save_draft
from services.invoices.queries.drafts import draft_of_form


def offer(line: BankLine) -> None:
    """The place to choose whose invoice it is; one receipt has one form, however often it is opened."""
    with st.popover("Raise an invoice", key=f"raise_{line.id}", on_change="rerun", width="stretch") as box:
        if not box.open:
            return
        nonce = f"receipt-{line.id:012d}"
        if read(invoices.issued_by_form, nonce=nonce) is not None or read(draft_of_form, nonce=nonce) is not None:
            st.caption("An invoice was begun from this receipt.")
            if st.button("Go on with it", key=f"raise_again_{line.id}", type="primary"):
                _open(nonce)
            return
        customer = choosing.pick_customer(f"raise_for_{line.id}")
        st.caption(f"Over {text.money(line.unallocated)}, including tax.")
        if customer is None or not st.button("Open New invoice", key=f"raise_open_{line.id}", type="primary"):
            return
        usual = invoice_form.first_content(customer, None)
        content = replace(usual, currency=line.amount.currency, amount=line.unallocated.plain())
        if act(save_draft, nonce=nonce, content=content):
            _open(nonce)


def _open(nonce: str) -> None:
    st.switch_page("pages/billing/new_invoice.py", query_params={"form": nonce})
