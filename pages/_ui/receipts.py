"""Receipts that wait, each beside the invoice it probably pays and why, to be accepted or given to another."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages._ui import (
    bank_sorting,
    cached,
    downloads,
    filters,
    late_receipts,
    menu,
    receipt_acts,
    receipt_choice,
    receipt_classes,
    receipt_invoice,
    receipt_undo,
    tables,
    text,
)
from pages._ui.frame import Screen, caution, empty, plain, read
from pages._ui.receipt_acts import Act
from services.access.model import Principal
from services.banking.model import BankLine
from services.invoices.model import Invoice
from services.money import Money
from services.payments.refunds import queries as refunds
from services.reconciliation import queries as reconciliation
from services.reconciliation.inbox import Inbox, InboxLine, InboxState
from services.reconciliation.model import Candidate, Fit

A_PAGE = 10
WORDS = {
    InboxState.WAITING: "All",
    InboxState.READY: "Ready to accept",
    InboxState.SUGGESTED: "Suggested",
    InboxState.UNKNOWN: "Nobody known",
}


def inbox(screen: Screen) -> None:
    """The receipts with something unallocated, those that need a person first, each with its proposal."""
    by = screen.by
    if receipt_classes.under_way(by):
        return
    bar = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    with bar:
        chosen = filters.views("Which receipts", list(WORDS.values()), key="receipts_state")
    which = next(each for each, words in WORDS.items() if words == chosen)
    page = tables.page_number("receipts_page")
    sheet = cached.shared_until_posted(reconciliation.sheet)
    found = sheet.page(which, page=page, size=A_PAGE)
    with bar:
        _counts(found)
    with screen.acts, st.container(width="content"):
        downloads.menu("waiting receipts", lambda: receipt_classes.export(screen, sheet, which))
    receipt_classes.offer(sheet)
    if not found.total:
        receipt_undo.offer()
        if found.counts[InboxState.WAITING]:
            empty("No receipt is in this state.", "Look at all of them.")
        else:
            empty("Every receipt is matched.", "Drop the next bank statement above.")
        return
    receipt_undo.offer()
    late = late_receipts.meant([each.line for each in found.lines])
    asked = read(refunds.asked, line_ids=[each.line.id for each in found.lines])
    first = next((each.line.id for each in found.lines if each.proposal.best), found.lines[0].line.id)
    for each in found.lines:
        _card(by, each, late.get(each.line.id), keys=each.line.id == first, asked=each.line.id in asked)
    receipt_acts.opened([each.line for each in found.lines])
    tables.pager("receipts_page", total=found.total, page=page, noun="receipt", size=A_PAGE)


def _counts(found: Inbox) -> None:
    said = [f"{found.counts[each]:,} {words}" for each, words in _SHORT.items() if found.counts[each]]
    st.caption(" · ".join(said), width="content")


_SHORT = {
    InboxState.READY: "ready",
    InboxState.SUGGESTED: "suggested",
    InboxState.UNKNOWN: "unknown",
}


_UNKNOWN = "Nothing is known about this payer. Choose the invoice, or issue one."
_REST = "The rest of a receipt that paid its invoice. Give it to another invoice, or leave it until one is issued."


def _card(by: Principal, each: InboxLine, ended: Invoice | None, *, keys: bool, asked: bool) -> None:
    line, best = each.line, each.proposal.best
    with st.container(border=True):
        left, middle, right = st.columns([4, 6, 3], gap="medium")
        with left:
            st.markdown(f"**{text.money(line.unallocated)}**")
            st.caption(_payer(line))
        with middle:
            if ended:
                late_receipts.say(by, line, ended)
            if best or not ended:
                _proposal(by, each)
            if asked:
                st.badge("Its refund waits for a second person", color="orange", icon=":material/how_to_reg:")
        with right, st.container(gap="xsmall"):
            _acts(each, keys=keys)


def _acts(each: InboxLine, *, keys: bool) -> None:
    """What can be done with a receipt; of the one the keys are for, each act says its key."""
    line, best = each.line, each.proposal.best
    if best and st.button(
        "Accept",
        type="primary" if each.proposal.automatic else "secondary",
        key=f"accept_{line.id}",
        icon=":material/check:",
        width="stretch",
        shortcut="Alt+M" if keys else None,
    ):
        done = receipt_choice.give(line, best.invoice_ids, seen=each.stamp(best))
        if done:
            receipt_acts.finish(done)
    receipt_acts.offer(line, Act.CHOOSE, "Choose another" if best else "Choose the invoice", keys=keys)
    with st.container(gap="xsmall", horizontal=not keys):
        receipt_acts.offer(line, Act.SPLIT, "Split", keys=keys)
        receipt_acts.offer(line, Act.HOLD, "Hold", keys=keys)
        receipt_acts.offer(line, Act.REFUND, "Refund", keys=keys)
    if each.proposal.automatic:
        return
    if given := receipt_invoice.offer(line):  # beside a suggestion too, which may be wrong
        receipt_acts.finish(given)
    if not line.allocated:
        bank_sorting.choose(line, label="Not a customer's")


def _payer(line: BankLine) -> str:
    rest = f" (of {text.money(line.amount)})" if line.allocated else ""
    words = [f"{plain(line.counterparty) or 'Unnamed payer'}{rest}", f"{text.day(line.booked_on)}, {line.bank_account}"]
    return "  \n".join([*words, plain(line.remittance)]) if line.remittance else "  \n".join(words)


def _proposal(by: Principal, each: InboxLine) -> None:
    best, second = each.proposal.best, each.proposal.runner_up
    if best is None:
        st.caption(_REST if each.line.allocated else _UNKNOWN)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for claim in best.claims:
            menu.link(by, "billing/invoice.py", f"{claim.number}, {claim.names[1]}", id=str(claim.id))
        st.badge(f"Score {best.score}", color="green" if each.proposal.automatic else "orange")
    st.caption(f"{_sentence(best.reasons)}  \n**{outcome(each.line, best)}**")
    for claim, had in best.under_minimum(each.line.unallocated.micros):
        least, had_ = Money(claim.minimum, claim.currency), Money(had, claim.currency)
        caution(receipt_choice.too_little(claim.number, had_, least))
    for warning in each.proposal.warnings:
        caution(plain(warning))
    if second:
        names = ", ".join(claim.number for claim in second.claims)
        st.caption(f"Also possible: {names} (score {second.score}): {_sentence(second.reasons)}")


def _sentence(reasons: Sequence[str]) -> str:
    said = plain("; ".join(reasons))
    return f"{said[:1].upper()}{said[1:]}."


def outcome(line: BankLine, best: Candidate) -> str:
    """What accepting would mean, in a sentence."""
    code = line.amount.currency
    asked = Money(sum(claim.open for claim in best.claims), code)
    arrived = line.unallocated
    if best.fit is Fit.EXACT:
        return "Settles it exactly."
    if best.fit is Fit.OVER:
        return f"Settles it; {text.money(arrived - asked)} stays unallocated."
    short = text.money(asked - arrived)
    if best.fit is Fit.FEE and best.claims[-1].taxed:
        return f"Credit is what arrived, {text.money(arrived)}; {short} stays open until its adjustment note."
    if best.fit is Fit.FEE:
        return f"Settles it short: credit is what arrived, {text.money(arrived)}; the bank kept {short}."
    return f"Part payment: {short} stays open."
