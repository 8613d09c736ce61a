"""An invoice raised from a receipt nobody asked one for: New invoice opens with the customer, amount and currency."""

from __future__ import annotations

import itertools
from dataclasses import replace

import streamlit as st

from pages._ui import choosing, invoice_form, receipt_choice, text
from pages._ui.frame import act, read
from pages._ui.receipt_undo import Done
from services.banking.model import BankLine
from services.errors import BrokenInvariant
from services.invoices import queries as invoices
from services.invoices.drafting import save_draft
from services.invoices.model import Invoice
from services.invoices.queries.drafts import draft_of_form


def offer(line: BankLine) -> Done | None:
    """The place to choose whose invoice it is; what was issued from the receipt is given it here, which is returned.

    One receipt has one form, however often it is opened, until what it issued asks for nothing more.
    """
    with st.popover("Raise an invoice", key=f"raise_{line.id}", on_change="rerun", width="stretch") as box:
        if not box.open:
            return None
        nonce, issued = _form(line)
        if issued is not None:
            st.caption(f"{issued.number} was issued from this receipt.")
            give = st.button("Give it the receipt", key=f"raise_give_{line.id}", type="primary")
            return receipt_choice.give(line, [issued.id]) if give else None
        if read(draft_of_form, nonce=nonce) is not None:
            st.caption("An invoice was begun from this receipt.")
            if st.button("Go on with it", key=f"raise_again_{line.id}", type="primary"):
                _open(nonce)
            return None
        customer = choosing.pick_customer(f"raise_for_{line.id}")
        st.caption(f"Over {text.money(line.unallocated)}, including tax.")
        if customer is None or not st.button("Open New invoice", key=f"raise_open_{line.id}", type="primary"):
            return None
        usual = invoice_form.first_content(customer, None)
        content = replace(usual, currency=line.amount.currency, amount=line.unallocated.plain())
        if act(save_draft, nonce=nonce, content=content):
            _open(nonce)
    return None


def _form(line: BankLine) -> tuple[str, Invoice | None]:
    """The form of the receipt, and the invoice it issued that still waits for money; the next form after any other."""
    for turn in itertools.count(1):
        nonce = f"receipt-{line.id:012d}" if turn == 1 else f"receipt-{line.id:012d}-{turn}"
        issued: Invoice | None = read(invoices.issued_by_form, nonce=nonce)
        if issued is None or (issued.open and not issued.status.has_ended):
            return nonce, issued
    raise BrokenInvariant("a receipt has a form")


def _open(nonce: str) -> None:
    st.switch_page("pages/billing/new_invoice.py", query_params={"form": nonce})
