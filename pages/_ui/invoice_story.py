"""One invoice as facts, what was received on it, the journal entries behind it, and its paper."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import cards, drawer, invoice_parts, menu, paper, tables, text
from pages._ui.frame import read
from services.access.model import Principal
from services.invoices import queries as invoices
from services.invoices.model import Invoice
from services.payments import queries as payments
from services.payments.model import Allocation


def figures(invoice: Invoice) -> None:
    """Total, received, bank fee, open and when it lapses."""
    amounts = (("Total", invoice.gross), ("Received", invoice.allocated), ("Bank fee", invoice.fee))
    for place, (label, money) in zip(places := cards.row(5), amounts, strict=False):
        with place:
            cards.money(label, money)
    with places[3]:
        cards.money("Still open", invoice.open)
    with places[4], st.container(border=True, height="stretch", gap="xsmall"):
        st.metric("Pay by", text.day(invoice.due_on))
        old = invoice_parts.age(invoice.status, invoice.issued_on, invoice.due_on, text.today())
        st.caption(old or f"issued {text.day(invoice.issued_on)}")


def facts(by: Principal, invoice: Invoice) -> None:
    """What it says, and at which rate its minimum was judged."""
    details = invoice.details
    rows = [
        ("Payment reference", invoice.reference),
        ("Issued", text.day(invoice.issued_on)),
        ("Net and tax", f"{text.amount(invoice.net)} + {text.money(invoice.tax)}" if invoice.tax else "No tax in it"),
        ("Printed for", details.company_name),
        ("Address", details.address.replace("\n", ", ")),
        ("Business id", details.business_id),
        ("Sent to", details.email),
        ("Contact", f"{details.contact_name}, {details.contact_phone}"),
        ("Language", "French" if invoice.language == "fr" else "English"),
        ("Paid into", invoice.bank_account),
        ("Minimum then", _minimum(invoice)),
    ]
    kept = [row for row in rows if row[1]]
    tables.printed(pd.DataFrame(kept, columns=["What", "Says"]), alt="Facts of the invoice", hide_header=True)
    label = f"{invoice.username}, account {invoice.account_id}"
    menu.link(by, "customers/customer.py", label, icon=":material/person:", id=str(invoice.customer_id))


def _minimum(invoice: Invoice) -> str:
    if invoice.currency == "AUD":
        return text.money(invoice.minimum)
    rate = f"{invoice.rate.normalize():f} AUD of {text.day(invoice.rate_on)}, {invoice.rate_source}"
    return f"{text.money(invoice.minimum)} at {rate}; this invoice: {text.money(invoice.aud_equivalent)}"


def received(invoice: Invoice) -> None:
    """The receipts given to it, with those taken back, and the entries of each."""
    found = read(payments.allocations_of_invoice, invoice_id=invoice.id, undone=True)
    st.subheader("Issued and received", anchor=False)
    if not found:
        st.caption("Nothing yet. Match its receipt under Bank receipts when the money arrives.")
    rows: list[tuple[object, ...]] = [(invoice.issued_on, "Issued", invoice.gross.micros, None, "", invoice.entry_id)]
    for each in found:
        rows += _entries(each)
    frame = pd.DataFrame(rows, columns=["day", "what", "amount_micros", "credit_micros", "why", "entry_id"])
    columns = {
        "day": tables.day("Day", width=88),
        "what": tables.words("Journal entry", width=125),
        "amount_micros": tables.money(f"Amount, {invoice.currency}", width=95),
        "credit_micros": tables.money("Credit", width=80),
        "why": tables.words("Why", width=150),
    }
    frame = frame.astype({"amount_micros": "Int64", "credit_micros": "Int64"})
    row = drawer.picked(frame, columns, key="invoice_entries", alt="Journal entries of the invoice", height="content")
    if row is not None:
        drawer.show_entry(int(row["entry_id"]), key="invoice_entries")


def _entries(each: Allocation) -> list[tuple[object, ...]]:
    why = f"{each.evidence.rule} · {each.allocated_by}"
    word = "Received" if each.counts else "Received, taken back"
    rows: list[tuple[object, ...]] = [(each.allocated_on, word, each.paid.micros, each.net.micros, why, each.entry_id)]
    if each.short_entry_id is not None:
        rows.append((each.allocated_on, "Bank fee, settled short", each.fee.micros, None, why, each.short_entry_id))
    if each.undone_at is not None and each.reversal_entry_id is not None:
        said = f"{each.undone_reason} · {each.undone_by}"
        day = text.day_of(each.undone_at)
        rows.append((day, "Taken back", -each.paid.micros, -each.net.micros, said, each.reversal_entry_id))
    return rows


def show_paper(invoice: Invoice) -> None:
    """The paper as issued, to download and to look at."""
    document = read(invoices.document, invoice_id=invoice.id)
    content = invoice_parts.offer_pdf(document, key="invoice_pdf")
    paper.show(content, alt=f"Invoice {invoice.number}")
