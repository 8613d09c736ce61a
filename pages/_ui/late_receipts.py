"""Money whose reference belongs to an invoice that has ended: said beside the receipt, with the way back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages._ui import invoice_acts, invoice_parts, menu
from pages._ui.frame import read
from services.access.model import Principal
from services.banking.model import BankLine
from services.invoices.life import Act
from services.invoices.model import Invoice
from services.invoices.queries import endings
from services.invoices.reference import find_references

_ADVICE = "Nothing can be given to it any more: issue a new invoice if the customer is to have credit for this money."


def meant(lines: Sequence[BankLine]) -> dict[int, Invoice]:
    """For each receipt whose text names an ended invoice by its reference, that invoice; by the receipt's id."""
    named = {line.id: find_references(f"{line.remittance} {line.end_to_end}") for line in lines}
    every = [reference for found in named.values() for reference in found]
    ended = read(endings.ended_by_reference, references=every) if every else {}
    return {line_id: ended[reference] for line_id, found in named.items() for reference in found if reference in ended}


def say(by: Principal, line: BankLine, invoice: Invoice) -> None:
    """That the invoice has ended, and what can be done about it."""
    words = invoice_parts.WORDS[invoice.status.value].lower()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(f"For an invoice that is {words}", color="orange", icon=":material/event_busy:")
        menu.link(by, "billing/invoice.py", invoice.number, id=str(invoice.id))
        if Act.REINSTATE not in invoice_acts.possible(by, invoice):
            st.caption(_ADVICE)
        elif st.button("Bring it back", key=f"late_{line.id}", icon=":material/restore:"):
            invoice_acts.bring_back(invoice)
