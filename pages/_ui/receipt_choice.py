"""A receipt given to an invoice: to the proposed one, or to another that a person chooses."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages._ui import state, text
from pages._ui.frame import attempt, caution, plain, read
from pages._ui.receipt_undo import Done
from services.banking.model import BankLine
from services.invoices import queries as invoices
from services.invoices.model import Invoice
from services.money import Money
from services.payments.model import Allocation, Short
from services.payments.operations import sides_of
from services.reconciliation.inbox import stamp
from services.reconciliation.operations import accept, undo


def draw(line: BankLine) -> Done | None:
    """Inside a dialog: the open invoices in the receipt's currency, and what is meant by what is missing."""
    st.caption(f"{text.money(line.unallocated)} from {plain(line.counterparty) or 'an unnamed payer'}.")
    offered = {each.id: each for each in reversed(read(invoices.open_invoices, currency=line.amount.currency))}
    if not offered:
        st.caption(f"No invoice in {line.amount.currency} waits for money.")
        return None
    chosen = st.selectbox(
        "Invoice", list(offered), index=None, key=f"choose_invoice_{line.id}", placeholder="Type to find one",
        format_func=lambda number: called(offered[number]),
    )  # fmt: skip
    short = _missing(line, offered[chosen]) if chosen else None
    if not st.button("Give it to this invoice", key=f"give_{line.id}", type="primary", shortcut="Ctrl+Enter"):
        return None
    if not chosen:
        st.error("Choose the invoice this receipt pays.", icon=":material/error:")
        return None
    seen = stamp(line, [(chosen, offered[chosen].open.micros)])
    return give(line, [chosen], seen=seen, short=short)


def _missing(line: BankLine, invoice: Invoice) -> Short | None:
    """What is meant by what the invoice lacks then: only a person knows, unless it can be no bank's fee."""
    warn_of_too_little(invoice, min(line.unallocated, invoice.open))
    missing = invoice.open - line.unallocated
    if missing.micros <= 0:
        return None
    if invoice.is_taxed:
        said = "the invoice is taxed, and what a bank kept of it needs an adjustment note."
    elif sides_of(line, invoice).most_kept < missing:
        said = "it is more than a bank keeps on the way."
    else:
        words = {Short.PART: "still to come", Short.FEE: "a bank fee"}
        return st.radio(f"The missing {text.money(missing)} is", list(words), format_func=lambda each: words[each])
    st.caption(f"{text.money(missing)} stays open: {said}")
    return Short.PART


def warn_of_too_little(invoice: Invoice, part: Money) -> None:
    """Say that with this part of a receipt an invoice would have less than the least top-up, where it would."""
    had = invoice.received + part
    if had < invoice.minimum:
        caution(too_little(invoice.number, had, invoice.minimum))


def too_little(number: str, had: Money, least: Money) -> str:
    """That an invoice would have less than the least top-up, before somebody accepts it."""
    return f"{number} would have {text.money(had)}, less than the least bank-transfer top-up of {text.money(least)}."


def called(invoice: Invoice) -> str:
    """An open invoice as it is found in a list to choose from."""
    return f"{invoice.number} · {invoice.details.company_name} · {text.amount(invoice.open)} open"


def give(line: BankLine, invoice_ids: Sequence[int], *, seen: str = "", short: Short | None = None) -> Done | None:
    """Give the receipt to the invoices; None, after saying why, where it is refused."""
    form = f"accept_{line.id}_{'_'.join(map(str, invoice_ids))}"
    done = attempt(
        accept, show=False, line_id=line.id, invoice_ids=invoice_ids, nonce=state.nonce(form), seen=seen, short=short
    )
    if not done:
        st.error(plain(done.sentence), icon=":material/error:")
        return None
    state.rotate(form)
    state.tell(said_of(line, done.result or []))
    return given(line, done.result or [])


def given(line: BankLine, made: Sequence[Allocation]) -> Done:
    """What giving a receipt away did, and how exactly that is undone."""
    if not made:
        return Done("", None)
    whole = Money(sum((each.paid.micros for each in made), 0), line.amount.currency)
    what = f"{text.money(whole)} from {line.counterparty or 'an unnamed payer'} to {text.count(len(made), 'invoice')}."
    return Done(what, undo, {"line_id": line.id, "only": [each.id for each in made]})


def said_of(line: BankLine, made: Sequence[Allocation]) -> str:
    """What accepting did: by how much credit rose, what the bank kept, what stays unallocated."""
    if not made:
        return "Nothing was left to give."
    net = sum((each.net.micros for each in made), 0)
    fee = sum((each.fee.micros for each in made), 0)
    left = line.unallocated.micros - sum(each.paid.micros for each in made)
    code = line.amount.currency
    said = [f"Credit rose by {text.money(Money(net, code))}."]
    if fee:
        said.append(f"The bank kept {text.money(Money(fee, code))}.")
    if left:
        said.append(f"{text.money(Money(left, code))} of the receipt stays unallocated.")
    return " ".join(said)
