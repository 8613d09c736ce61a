"""Receipts paid back: the place to refund one, and the list of refunds with what is still to leave the bank."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, filters, menu, tables, text
from pages._ui.forms import Form
from pages._ui.frame import Screen, empty, me, plain, read
from pages._ui.receipt_undo import Done
from services.banking.model import BankLine
from services.frames import typed
from services.payments.refunds import queries
from services.payments.refunds.model import ALONE_BELOW, Refund, RefundState
from services.payments.refunds.operations import refund_receipt, undo_refund
from services.payments.suspense.model import Held
from services.reporting.exports import Column, ColumnKind, ExportTable

_COLUMNS: dict[str, Any] = {
    "refunded_on": tables.day("Decided", width=85),
    "payer": tables.words("To", width=140),
    "pay_to": tables.words("Account", width=145),
    "currency": tables.words("Currency", width=65),
    "amount_micros": tables.money("Refund", width=75),
    "state": tables.words("State", width=75),
    "paid_on": tables.day("Paid", width=85),
    "reason": tables.words("Why", width=158),
}
_EXPORTED = {
    "refunded_on": Column("Decided", ColumnKind.DAY),
    "payer": Column("To"),
    "pay_to": Column("Account"),
    "booked_on": Column("Received", ColumnKind.DAY),
    "account": Column("Received on"),
    "currency": Column("Currency"),
    "amount_micros": Column("Refund", ColumnKind.MONEY),
    "state": Column("State"),
    "paid_on": Column("Paid", ColumnKind.DAY),
    "reason": Column("Why"),
    "refunded_by": Column("By"),
    "approved_by": Column("Approved by"),
}
_ASKED = "A refund of this receipt waits for a second person."


def draw(line: BankLine, held: Held | None = None) -> Done | None:
    """Inside a dialog or beside a held receipt: how much goes back, to which account, and why."""
    if is_asked(line.id):
        st.badge(_ASKED, color="orange", icon=":material/how_to_reg:")
        menu.link(me(), "admin/approvals.py", "Decide", icon=":material/arrow_forward:")
        return None
    left = held.amount if held else line.unallocated
    known = line.counterparty_account.strip()
    to = f"the account it came from, {known}" if known else "its payer"
    st.caption(plain(f"At most {text.money(left)} go back to {to}. From {text.money(ALONE_BELOW)}, two people decide."))
    form = Form(f"refund_{line.id}_{held.id if held else 0}")
    with form.drawn(border=False):
        typed = left.plain() if held else form.text("amount", f"Amount, {left.currency}", left.plain())
        pay_to = "" if known else form.text("pay_to", "The payer’s account", placeholder="BSB and account, or IBAN")
        reason = form.text("reason", "Why it goes back", max_chars=500)
        key = None if held else "Ctrl+Enter"  # on the page a dialog may stand over it
        sent = st.form_submit_button("Refund", type="primary", icon=":material/undo:", shortcut=key)
    amount = form.money("amount", typed, left.currency) if sent else None
    if not sent or amount is None:
        return None
    what = {"held_id": held.id} if held else {"amount": amount}
    made = form.act(
        refund_receipt, told=_told, nonce=form.nonce, line_id=line.id, reason=reason, pay_to=pay_to, **what
    )  # fmt: skip
    return _done(line, made.result) if made else None


def is_asked(line_id: int) -> bool:
    """Whether a refund of the receipt waits for a second person."""
    return bool(read(queries.asked, line_ids=[line_id]))


def _told(made: Refund | None) -> str:
    if made is None:
        return "Asked: a second person decides on the refund."
    return f"{text.money(made.amount)} goes back; it is listed under Refunds until the bank paid it."


def _done(line: BankLine, made: Refund | None) -> Done:
    if made is None:
        return Done("", None)
    what = f"{text.money(made.amount)} back to {line.counterparty or 'an unnamed payer'}."
    return Done(what, undo_refund, {"refund_id": made.id})


def screen(opened: Screen) -> None:
    """The refunds of a state, those to pay first; one that is not paid can be taken back."""
    words = {each.label: each for each in RefundState}
    chosen = filters.views("Which refunds", [*words, "All"], key="refunds_state")
    page = tables.page_number("refunds_page")
    found, total = read(queries.page, state=words.get(chosen), page=page, size=tables.PAGE_SIZE)
    if not found:
        empty("No refund of a receipt is in this state.", "Refund a receipt under “To match” or “On hold”.")
        return
    with opened.acts, st.container(width="content"):
        downloads.menu("refunds of receipts", lambda: _table(opened, words.get(chosen), chosen))
    turn = st.session_state.get("refunds_turn", 0)
    row = tables.pick(_frame(found), _COLUMNS, alt="Refunds of receipts", key=f"refunds_{turn}")
    tables.pager("refunds_page", total=total, page=page, noun="refund")
    if row is None:
        st.caption("Pay these at the bank; when the statement shows it, the line is tied under “Other lines”.")
        return
    _one(*next(pair for pair in found if pair[0].id == int(row["id"])))


def _one(found: Refund, line: BankLine) -> None:
    with st.container(border=True):
        second = f", approved by {found.approved_by}" if found.approved_by else ""
        st.markdown(f"**{text.money(found.amount)}** to {plain(found.payer) or 'an unnamed payer'}")
        came = f"Received {text.day(line.booked_on)} on {line.bank_account}: {text.money(line.amount)}."
        st.caption(plain(f"{came} Decided by {found.refunded_by}{second}: {found.reason}"))
        if found.state is RefundState.PAID:
            st.caption("A bank line paid it. Take that line back under “Sorted” before the refund itself.")
        elif found.state is RefundState.UNDONE:
            st.caption(plain(f"{found.undone_by} took it back: {found.undone_reason}"))
        else:
            _take_back(found)


def _take_back(found: Refund) -> None:
    form = Form(f"undo_refund_{found.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why it is not paid back", max_chars=500)
        sent = st.form_submit_button("Take it back", icon=":material/undo:")
    told = "Taken back: the receipt waits to be matched again."
    if sent and form.act(undo_refund, told=told, refund_id=found.id, reason=reason):
        st.session_state["refunds_turn"] = st.session_state.get("refunds_turn", 0) + 1
        cached.forget()
        st.rerun()


def _frame(found: list[tuple[Refund, BankLine]]) -> pd.DataFrame:
    rows = [
        (
            each.refunded_on, each.payer or "Unnamed", each.pay_to, line.booked_on, line.bank_account,
            each.amount.currency, each.amount.micros, each.state.label, each.paid_on, each.reason, each.refunded_by,
            each.approved_by, each.id,
        )
        for each, line in found
    ]  # fmt: skip
    return typed(pd.DataFrame(rows, columns=[*_EXPORTED, "id"]), {"amount_micros": "Int64"})


def _table(opened: Screen, state: RefundState | None, words: str) -> ExportTable:
    every, _ = read(queries.page, state=state, size=downloads.EVERY)
    return downloads.table_of("Refunds of receipts", _frame(every), _EXPORTED, by=opened.by, refunds=words)
