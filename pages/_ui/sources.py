"""What caused a journal entry, in words, and the way to it: one line a source, and everything else follows.

A new source of entries is one line in `SOURCES`: its word for lists, and what its drawer shows. Where that is only a
link, `leads_to(file, label, parameter)` is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from pages._ui import card_money, invoice_parts, menu, tables, text
from pages._ui.frame import plain, read
from pages._ui.places import country_name
from pages._ui.record import look_up
from services.access.model import Principal
from services.adjustments import queries as adjustments
from services.banking import queries as banking
from services.banking.sorting.queries import sorting
from services.customers import queries as customers
from services.fees import queries as fees
from services.invoices import queries as invoices
from services.invoices.queries.credit_notes import credit_note, note_document
from services.ledger import queries as ledger
from services.ledger.model import JournalEntry
from services.numbers import queries as numbers
from services.payments import queries as payments
from services.payments.short.queries import decision
from services.periods import Period
from services.usage import queries as usage
from services.usage.model import Product

CUSTOMER = "customers/customer.py"
INVOICE = "billing/invoice.py"
ADJUSTMENTS = "activity/adjustments.py"
FEES = "activity/fees.py"
RECEIPTS = "billing/bank_receipts.py"
NUMBERS = "activity/numbers.py"
USAGE = "activity/usage.py"
_KEY_PARTS = 4  # of usage: where it came from, customer, product, day

Show = Callable[[Principal, JournalEntry], None]


@dataclass(frozen=True, slots=True)
class Source:
    """What makes entries: its word in a list, and what a drawer shows of the one that made this entry."""

    words: str
    show: Show


def leads_to(file: str, label: str, parameter: str, *, icon: str = ":material/arrow_forward:") -> Show:
    """A source that is shown by a link to its own screen, which takes its id."""

    def show(by: Principal, entry: JournalEntry) -> None:
        if entry.source_id is not None:
            menu.link(by, file, label, icon=icon, **{parameter: str(entry.source_id)})

    return show


def words_of(source: str) -> str:
    """The word for a source in a list: "Usage"; a source without one is called by its name."""
    known = SOURCES.get(source)
    return known.words if known else source.replace("_", " ").capitalize()


def show(by: Principal, entry: JournalEntry) -> None:
    """What caused the entry; of an entry that takes another back, what caused that one."""
    caused = entry
    if entry.reversal_of_id is not None:
        caused = read(ledger.entry, entry_id=entry.reversal_of_id)
        st.caption(f"It takes back entry {caused.id} of {text.day(caused.effective_on)}, which came from:")
    known = SOURCES.get(caused.source)
    if known:
        known.show(by, caused)
    if entry.customer_id:
        menu.link(by, CUSTOMER, "The customer", icon=":material/person:", id=str(entry.customer_id))


def _invoice(by: Principal, entry: JournalEntry) -> None:
    _paper(by, entry.source_id)


def _paper(by: Principal, invoice_id: int | None) -> None:
    found = look_up(invoices.invoice, invoice_id=invoice_id)
    if found is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        menu.link(by, INVOICE, f"Invoice {found.number}", icon=":material/request_quote:", id=str(found.id))
        paper = read(invoices.document, invoice_id=found.id)
        invoice_parts.offer_paper(paper, key=f"entry_invoice_{found.id}", label="PDF")


def _note(by: Principal, entry: JournalEntry) -> None:
    found = look_up(credit_note, note_id=entry.source_id)
    if found is not None:
        paper = read(note_document, note_id=found.id)
        invoice_parts.offer_paper(paper, key=f"entry_note_{found.id}", label=f"PDF of {found.number}")
        _paper(by, found.invoice_id)


def _receipt(by: Principal, entry: JournalEntry) -> None:
    made = look_up(payments.allocation, allocation_id=entry.source_id)
    if made is None:
        return
    line = read(banking.line, line_id=made.bank_line_id)
    payer = f", from {plain(line.counterparty)}" if line.counterparty else ""
    st.markdown(f"Receipt of {text.money(line.amount)}, booked {text.day(line.booked_on)}{payer}")
    rule = made.evidence.rule
    st.caption(
        f"{text.money(made.paid)} of it was given to the invoice by {plain(made.allocated_by)}: "
        f"{plain(rule[:1].lower() + rule[1:])}"
    )
    _paper(by, made.invoice_id)
    menu.link(by, RECEIPTS, "Bank receipts", icon=":material/savings:", receipts_view="Matched")


def _line(by: Principal, entry: JournalEntry) -> None:
    line = look_up(banking.line, line_id=entry.source_id)
    if line is None:
        return
    said = " · ".join(plain(each) for each in (line.counterparty, line.remittance, line.bank_reference) if each)
    st.markdown(f"Bank line of {text.money(line.amount)} booked {text.day(line.booked_on)} on {line.bank_account}.")
    if said:
        st.caption(said)
    menu.link(by, RECEIPTS, "Bank receipts", icon=":material/savings:")


def _sorted(by: Principal, entry: JournalEntry) -> None:
    found = look_up(sorting, sorting_id=entry.source_id)
    if found is None:
        return
    how = "a rule" if found.rule_id else plain(found.sorted_by)
    line = read(banking.line, line_id=found.line_id)
    st.markdown(f"{found.sort.label}, said by {how}: {text.money(line.amount)} booked {text.day(line.booked_on)}.")
    st.caption(" · ".join(plain(each) for each in (line.counterparty, line.remittance, line.bank_account) if each))
    menu.link(by, RECEIPTS, "Bank receipts", icon=":material/savings:", receipts_view="Sorted")


def _used(by: Principal, entry: JournalEntry) -> None:
    """The rows of that day and product, by country, and the way to the messages behind them."""
    parts = entry.key.rsplit(":", _KEY_PARTS - 1)
    if len(parts) != _KEY_PARTS or entry.customer_id is None:
        return
    sent_on, product = date.fromisoformat(parts[3]), Product(parts[2])
    day = Period(sent_on, date.fromordinal(sent_on.toordinal() + 1))
    found = read(usage.page, period=day, customer_id=entry.customer_id, product=product, size=200).rows
    rows = found[found["entry_id"] == entry.id]
    late = f"; it counts on {text.day(entry.effective_on)}" if sent_on != entry.effective_on else ""
    st.caption(f"{product.label} of {text.day(sent_on)}{late}.")
    _countries(rows)
    who = read(customers.customer, customer_id=entry.customer_id).account_id
    filters = {"usage_customer": who, "usage_product": product.label, "period": f"{sent_on}..{sent_on}"}
    menu.link(by, USAGE, "Usage of that day", icon=":material/monitoring:", **filters)


def _countries(rows: pd.DataFrame) -> None:
    if rows.empty:
        return
    columns = {
        "place": tables.words("To", width=150),
        "messages": tables.number("Messages", width=85),
        "parts": tables.number("Parts", width=70),
        "micros_shown": tables.price("Price", width=95),
    }
    shown = rows.assign(
        place=[country_name(code) for code in rows["country"]],
        micros_shown=[int(each) / 1_000_000 for each in rows["micros"]],
    )
    tables.show(shown, columns, alt="Usage behind the entry, by country", height="content")


def _number(by: Principal, entry: JournalEntry) -> None:
    found = look_up(numbers.number, number_id=entry.source_id)
    if found is not None:
        st.markdown(f"Number {plain(found.e164)}, {text.money(found.monthly_price)} a month.")
        menu.link(by, NUMBERS, "The number", icon=":material/dialpad:", numbers_q=found.e164)


def _adjusted(by: Principal, entry: JournalEntry) -> None:
    found = look_up(adjustments.adjustment, adjustment_id=entry.source_id)
    if found is None:
        return
    second = f", approved by {plain(found.approved_by)}" if found.approved_by else ""
    st.markdown(f"{found.wanted.kind.label}: {plain(found.wanted.reason)}")
    st.caption(f"Ticket {plain(found.wanted.ticket_id)}. Asked for by {plain(found.asked_by)}{second}.")
    who = read(customers.customer, customer_id=found.wanted.customer_id).account_id
    filters = {"adjustments_customer": who, "period": f"{found.asked_on}..{found.asked_on}"}
    menu.link(by, ADJUSTMENTS, "The adjustment", icon=":material/exposure:", **filters)


def _fee(by: Principal, entry: JournalEntry) -> None:
    found = look_up(fees.fee, fee_id=entry.source_id)
    if found is not None:
        seen = "The customer sees it" if found.visible else "The customer does not see it"
        st.markdown(f"{found.kind.label} fee: {plain(found.description)}")
        st.caption(f"{seen}. It runs since {text.day(found.starts_on)}." if found.recurring else f"{seen}.")
        if menu.may_open(by, FEES):
            menu.link(by, FEES, "The fee", icon=":material/sell:", id=str(found.id))


def _short(by: Principal, entry: JournalEntry) -> None:
    found = look_up(decision, decision_id=entry.source_id)
    if found is not None:
        second = f", approved by {plain(found.approved_by)}" if found.approved_by else ""
        st.markdown(f"{found.decision.label}: {text.money(found.amount)}, judged as {found.cause.label.lower()}.")
        st.caption(f"{plain(found.reason)} Decided by {plain(found.decided_by)}{second}.")
        _paper(by, found.invoice_id)


SOURCES: dict[str, Source] = {
    "adjustment": Source("Adjustment", _adjusted),
    "allocation": Source("Bank receipt", _receipt),
    "bank_line": Source("Bank line", _line),
    "bank_sorting": Source("Bank line", _sorted),
    "bank_statement": Source("Bank statement", lambda by, _: menu.link(by, RECEIPTS, "Bank receipts")),
    "card_payment": Source("Card payment", card_money.show_entry),
    "credit_note": Source("Credit note", _note),
    "fee": Source("Custom fee", _fee),
    "held_receipt": Source(
        "Bank receipt", lambda by, _: menu.link(by, RECEIPTS, "Receipts on hold", receipts_view="On hold")
    ),
    "invoice": Source("Invoice", _invoice),
    "number-setup": Source("Number", _number),
    "provisional": Source(
        "Credit ahead of a transfer",
        lambda by, _: menu.link(by, RECEIPTS, "Credit ahead of transfers", receipts_view="Ahead"),
    ),
    "receipt_refund": Source(
        "Refund of a receipt",
        lambda by, _: menu.link(by, RECEIPTS, "Refunds of receipts", receipts_view="Refunds", refunds_state="All"),
    ),
    "rental": Source("Number", _number),
    "rental-refund": Source("Number", _number),
    "reversal": Source("Taking back", lambda *_: None),
    "short_payment": Source("Short payment", _short),
    "usage": Source("Usage", _used),
}
