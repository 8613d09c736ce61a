"""One invoice as facts, its timeline with the journal entry behind each step, and its papers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from pages._ui import cards, drawer, einvoices, invoice_parts, menu, paper, tables, text
from pages._ui.frame import read
from services.access.model import Principal
from services.cards.queries.payments import settled_by_card
from services.frames import typed
from services.invoices.credit_note import CreditNote
from services.invoices.model import Invoice, InvoiceStatus
from services.invoices.presentation import Paper, PaperKind
from services.invoices.queries import endings
from services.invoices.queries.versions import copy_of, paper_document, versions_of
from services.money import Money
from services.payments import queries as payments
from services.payments.model import Allocation
from services.payments.short.model import Decided
from services.payments.short.queries import decided_of_invoice


def figures(invoice: Invoice, notes: Sequence[CreditNote]) -> None:
    """Total, received, what a bank kept, what notes took off, open and when it lapses; what is owed back is a badge."""
    zero = Money(0, invoice.currency)
    returned = sum((note.returned for note in notes), zero)
    amounts = [("Total", invoice.gross), ("Received", invoice.received)]
    if invoice.fee or not (notes or invoice.absorbed):
        amounts.append(("Bank fee", invoice.fee))
    if invoice.absorbed:
        amounts.append(("Borne by us", invoice.absorbed))
    if notes:
        amounts.append(("Credited", invoice.credited + returned))
    amounts.append(("Still open", invoice.open))
    places = cards.row(len(amounts) + 1)
    for place, (label, money) in zip(places, amounts, strict=False):
        with place:
            cards.money(label, money)
    with places[-1], st.container(border=True, height="stretch", gap="xsmall"):
        if invoice.paid_by:
            st.metric("Paid by card", text.day(invoice.paid_by.on))
            st.caption(invoice.paid_by.words)
            return
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
        ("E-mail", details.email),
        ("Contact", f"{details.contact_name}, {details.contact_phone}"),
        ("Order number", invoice.po_number),
        ("Language", "French" if invoice.language == "fr" else "English"),
        ("Paid into", invoice.bank_account),
        ("Paid by card", invoice.paid_by.words if invoice.paid_by else ""),
        ("Minimum then", "" if invoice.paid_by else _minimum(invoice)),
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


def timeline(invoice: Invoice, notes: Sequence[CreditNote]) -> None:
    """What happened to it, oldest first, who did it and why; a picked row opens its journal entry."""
    st.subheader("Timeline", anchor=False)
    happened = [*_happened(invoice, notes), *_copies(invoice, notes)]
    rows = [row for _, row in sorted(happened, key=lambda each: each[0])]
    rows.insert(0, (invoice.issued_on, "Issued", invoice.gross.micros, None, "", invoice.entry_id))
    frame = pd.DataFrame(rows, columns=["day", "what", "amount_micros", "credit_micros", "why", "entry_id"])
    columns = {
        "day": tables.day("Day", width=88),
        "what": tables.words("What", width=175),
        "amount_micros": tables.money(f"Amount, {invoice.currency}", width=95),
        "credit_micros": tables.money("Credit", width=80),
        "why": tables.words("Who and why", width=160),
    }
    if frame["credit_micros"].isna().all():
        del columns["credit_micros"]
    frame = typed(frame, {"amount_micros": "Int64", "credit_micros": "Int64", "entry_id": "Int64"})
    row = drawer.picked(frame, columns, key="invoice_entries", alt="Timeline of the invoice", height="content")
    if row is not None and not pd.isna(row["entry_id"]):
        drawer.show_entry(int(row["entry_id"]), key="invoice_entries")
    if len(rows) == 1:
        st.caption("Match its receipt under Bank receipts when the money arrives.")
    else:
        st.caption("Pick a row to see its debits and credits.")


def _happened(invoice: Invoice, notes: Sequence[CreditNote]) -> Iterator[tuple[datetime, tuple[object, ...]]]:
    for each in read(payments.allocations_of_invoice, invoice_id=invoice.id, undone=True):
        yield from _received(each)
    for charge, paid, bought, entry_id in read(settled_by_card, invoice_id=invoice.id):
        day = text.day_of(charge.charged_at)
        yield charge.charged_at, (day, "Paid by card", paid.micros, bought.micros, charge.card, entry_id)
    for note in notes:
        words = f"Note {note.number}"  # AN and CN say which kind, and more words are cut
        net = -note.returned_net.micros if note.returned else None
        said = f"{note.issued_by}: {note.reason}"
        yield note.issued_at, (note.issued_on, words, -note.gross.micros, net, said, note.entry_id)
    for decided in read(decided_of_invoice, invoice_id=invoice.id):
        yield from _decided(decided)
    for move in read(endings.transitions, invoice_id=invoice.id):
        again = move.after is InvoiceStatus.ISSUED
        words = "Brought back" if again else invoice_parts.WORDS[move.after.value]
        off = invoice.gross if again else -invoice.gross
        if move.after is InvoiceStatus.WRITTEN_OFF:
            off = invoice.covered.total - invoice.gross
        said = f"{move.by}: {move.reason}"
        yield move.at, (text.day_of(move.at), words, off.micros, None, said, move.entry_id)


def _received(each: Allocation) -> Iterator[tuple[datetime, tuple[object, ...]]]:
    why, day = f"{each.allocated_by}: {each.evidence.rule}", each.allocated_on
    word = "Received" if each.counts else "Received, taken back"
    yield each.allocated_at, (day, word, each.paid.micros, each.net.micros, why, each.entry_id)
    if each.short_entry_id is not None:
        kept = (day, "Bank fee, settled short", each.fee.micros, None, why, each.short_entry_id)
        yield each.allocated_at, kept
    if each.undone_at is not None and each.reversal_entry_id is not None:
        said, day = f"{each.undone_by}: {each.undone_reason}", text.day_of(each.undone_at)
        yield each.undone_at, (day, "Taken back", -each.paid.micros, -each.net.micros, said, each.reversal_entry_id)


def _decided(each: Decided) -> Iterator[tuple[datetime, tuple[object, ...]]]:
    """What was decided about a short payment, and that it was taken back."""
    second = f", approved by {each.approved_by}" if each.approved_by else ""
    said, credit = f"{each.decided_by}{second}: {each.reason}", each.net.micros if each.approved_by else None
    yield each.decided_at, (
        text.day_of(each.decided_at), each.decision.label, each.amount.micros, credit, said, each.entry_id,
    )  # fmt: skip
    if each.undone_at is not None:
        back = f"{each.decision.label}, taken back"
        said, gone = f"{each.undone_by}: {each.undone_reason}", None if credit is None else -credit
        yield each.undone_at, (
            text.day_of(each.undone_at), back, -each.amount.micros, gone, said, each.reversal_entry_id,
        )  # fmt: skip


def show_papers(invoice: Invoice, notes: Sequence[CreditNote]) -> None:
    """The invoice and each note on it, in every version given out, to download and to look at one at a time."""
    labels = dict(_papers(invoice, notes))
    chosen = next(iter(labels))
    if len(labels) > 1:
        picked = st.segmented_control("Paper", list(labels), default=chosen, key=f"invoice_paper_{invoice.id}")
        chosen = picked or chosen
    paper_, version = labels[chosen]
    with st.container(horizontal=True):
        document = read(paper_document, paper=paper_, version=version)
        kept = {each.version: each.sha256 for each in read(versions_of, paper=paper_)}
        copy = read(copy_of, sha256=kept[document.version]) if document.version in kept else None
        key = f"note_pdf_{paper_.id}" if paper_.kind is PaperKind.NOTE else "invoice_pdf"
        label = f"PDF, version {document.version}" if kept else "PDF as issued"
        content = invoice_parts.offer_paper(document, key=key, label=label, content=copy)
        einvoices.offer(document, content, key=key)
    paper.show(content, alt=chosen)


def _papers(invoice: Invoice, notes: Sequence[CreditNote]) -> Iterator[tuple[str, tuple[Paper, int]]]:
    """Every version of every paper, the newest of each first, by what it is called."""
    of_invoice = Paper(PaperKind.INVOICE, invoice.id)
    yield "Invoice", (of_invoice, invoice.version)
    for version in range(invoice.version - 1, 0, -1):
        yield f"Version {version}", (of_invoice, version)
    for note in notes:
        for version in range(note.version, 0, -1):
            label = note.number if version == note.version else f"{note.number}, version {version}"
            yield label, (Paper(PaperKind.NOTE, note.id), version)


def _copies(invoice: Invoice, notes: Sequence[CreditNote]) -> Iterator[tuple[datetime, tuple[object, ...]]]:
    """The later versions of its papers; nothing of them is posted."""
    papers = [("Invoice", Paper(PaperKind.INVOICE, invoice.id), invoice.version)]
    papers += [(note.number, Paper(PaperKind.NOTE, note.id), note.version) for note in notes]
    for name, paper_, newest in papers:
        for each in read(versions_of, paper=paper_)[1:] if newest > 1 else ():
            said = f"{each.issued_by}: {each.reason}"
            words = f"Version {each.version}" if name == "Invoice" else f"{name}, version {each.version}"
            yield each.issued_at, (each.issued_on, words, None, None, said, None)
