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
    receipt_classes,
    receipt_hold,
    receipt_invoice,
    receipt_split,
    state,
    tables,
    text,
)
from pages._ui.frame import Screen, attempt, empty, plain, read
from services.access.model import Principal
from services.banking.model import BankLine
from services.invoices import queries as invoices
from services.invoices.model import Invoice
from services.money import Money
from services.payments.model import Allocation, Short
from services.reconciliation import queries as reconciliation
from services.reconciliation.inbox import Inbox, InboxLine, InboxState
from services.reconciliation.model import Candidate, Fit
from services.reconciliation.operations import accept

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
        if found.counts[InboxState.WAITING]:
            empty("No receipt is in this state.", "Look at all of them.")
        else:
            empty("Every receipt is matched.", "Drop the next bank statement above.")
        return
    open_in: dict[str, list[Invoice]] = {}
    late = late_receipts.meant([each.line for each in found.lines])
    first = next((each.line.id for each in found.lines if each.proposal.best), None)
    for each in found.lines:
        _card(by, each, open_in, late.get(each.line.id), first=each.line.id == first)
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


def _card(
    by: Principal, each: InboxLine, open_in: dict[str, list[Invoice]], ended: Invoice | None, *, first: bool
) -> None:
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
        with right:
            if best and st.button(
                "Accept",
                type="primary" if each.proposal.automatic else "secondary",
                key=f"accept_{line.id}",
                icon=":material/check:",
                width="stretch",
                shortcut="Alt+M" if first else None,
            ):
                _give(line, best.invoice_ids, seen=each.stamp(best))
            _choose(line, open_in, label="Choose another" if best else "Choose the invoice")
            several, aside = st.columns(2, gap="small")
            with several:
                receipt_split.offer(line, open_in)
            with aside:
                receipt_hold.offer(line)
            if not best:
                receipt_invoice.offer(line)
            if not line.allocated and not best:
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
    for warning in each.proposal.warnings:
        st.caption(f":orange[:material/warning: {plain(warning)}]")
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
    if best.fit is Fit.FEE:
        return f"Settles it short: credit is what arrived, {text.money(arrived)}; the bank kept {short}."
    return f"Part payment: {short} stays open."


def _choose(line: BankLine, open_in: dict[str, list[Invoice]], *, label: str) -> None:
    with st.popover(label, key=f"choose_{line.id}", on_change="rerun", width="stretch") as box:
        if not box.open:
            return
        code = line.amount.currency
        if code not in open_in:
            open_in[code] = read(invoices.open_invoices, currency=code)
        offered = {each.id: each for each in reversed(open_in[code])}
        if not offered:
            st.caption(f"No invoice in {code} waits for money.")
            return
        chosen = st.selectbox(
            "Invoice", list(offered), index=None, key=f"choose_invoice_{line.id}", placeholder="Type to find one",
            format_func=lambda number: _called(offered[number]),
        )  # fmt: skip
        short = None
        if chosen and line.unallocated < offered[chosen].open:
            missing = text.money(offered[chosen].open - line.unallocated)
            words = {Short.PART: "still to come", Short.FEE: "a bank fee"}
            short = st.radio(f"The missing {missing} is", list(words), format_func=lambda each: words[each])
        if st.button("Give it to this invoice", key=f"give_{line.id}", type="primary") and chosen:
            _give(line, [chosen], short=short)


def _called(invoice: Invoice) -> str:
    return f"{invoice.number} · {invoice.details.company_name} · {text.amount(invoice.open)} open"


def _give(line: BankLine, invoice_ids: Sequence[int], *, seen: str = "", short: Short | None = None) -> None:
    form = f"accept_{line.id}_{'_'.join(map(str, invoice_ids))}"
    done = attempt(
        accept, show=False, line_id=line.id, invoice_ids=invoice_ids, nonce=state.nonce(form), seen=seen, short=short
    )
    if not done:
        st.error(plain(done.sentence), icon=":material/error:")
        return
    state.tell(said_of(line, done.result or []))
    state.rotate(form)
    cached.forget()
    st.rerun()


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
