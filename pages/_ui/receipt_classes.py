"""Whole classes of ready receipts: how many and how much, shown and accepted at once under a bar, failures named."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, state, tables, text, working
from pages._ui.frame import Screen, caution, plain
from services.access.model import Principal
from services.db.engine import Database
from services.frames import typed
from services.reconciliation import queries as reconciliation
from services.reconciliation.bulk import Accepted, Left, accept_class
from services.reconciliation.inbox import Confidence, InboxLine, InboxState, Sheet
from services.reporting.exports import Column, ColumnKind, ExportTable

WORK = "receipts"
_SHOWN = 200
_MANY = 5
_EVERY = "all"


def offer(sheet: Sheet) -> None:
    """The classes that are ready, one line each; a picked one is shown in full before it is accepted."""
    classes = sheet.classes()
    if not classes:
        return
    ready = sheet.counts[InboxState.READY]
    label = f"Accept ready ones together: {text.count(ready, 'receipt')}"
    with st.expander(label, icon=":material/done_all:", key="receipts_classes", on_change="rerun") as box:
        if not box.open:
            return
        by_key = {each.key: each for each in classes}
        chosen = st.radio(
            "Which of them", [_EVERY, *by_key], key="receipts_class", label_visibility="collapsed",
            format_func=lambda key: _words(classes if key == _EVERY else [by_key[key]], everything=key == _EVERY),
        )  # fmt: skip
        picked = classes if chosen == _EVERY else [by_key[str(chosen)]]
        _preview(picked)
        _send(picked)


def _words(classes: list[Confidence], *, everything: bool) -> str:
    count = sum(len(each.lines) for each in classes)
    label = "Every ready one" if everything else classes[0].label
    return f"**{label}**: {text.count(count, 'receipt')}, {_sums(classes)}"


def _sums(classes: list[Confidence]) -> str:
    sums: dict[str, Any] = {}
    for each in classes:
        sums[each.currency] = sums[each.currency] + each.total if each.currency in sums else each.total
    return " + ".join(text.money(sums[code]) for code in sorted(sums))


_COLUMNS = {
    "day": tables.day("Booked", width=85),
    "payer": tables.words("From", width=170),
    "said": tables.words("Text", width=140),
    "currency": tables.words("Currency", width=65),
    "amount_micros": tables.money("Received", width=90),
    "invoices": tables.words("Pays", width=230),
    "score": tables.number("Score", width=55),
}


def _preview(classes: list[Confidence]) -> None:
    lines = [line for each in classes for line in each.lines]
    frame = _frame(lines[:_SHOWN])
    tables.show(
        frame, _COLUMNS, alt="What would be accepted", key="receipts_class_lines",
        height=215 if len(frame) > _MANY else "auto",
    )  # fmt: skip
    little = sum(
        bool(best.under_minimum(each.line.unallocated.micros)) for each in lines if (best := each.proposal.best)
    )
    if little:
        words = f"{text.count(little, 'invoice')} of them would have less than the least bank-transfer top-up."
        caution(words)
    if len(lines) > _SHOWN:
        st.caption(f"The first {_SHOWN:,} of {len(lines):,}; the export has all of them.")


def _frame(lines: list[InboxLine]) -> pd.DataFrame:
    rows = []
    for each in lines:
        best = each.proposal.best
        invoices = ", ".join(f"{claim.number} {claim.names[1]}" for claim in best.claims) if best else ""
        line = each.line
        rows.append(
            (
                line.booked_on, line.bank_account, line.counterparty, line.remittance, line.amount.currency,
                line.unallocated.micros, invoices, each.proposal.score if best else None, _state(each),
                "; ".join(best.reasons) if best else "",
            )
        )  # fmt: skip
    names = ["day", "account", "payer", "said", "currency", "amount_micros", "invoices", "score", "state", "why"]
    return typed(pd.DataFrame(rows, columns=names), {"amount_micros": "Int64", "score": "Int64"})


def _state(each: InboxLine) -> str:
    if each.proposal.automatic:
        return "Ready"
    return "Suggested" if each.proposal.candidates else "Nobody known"


def _send(classes: list[Confidence]) -> None:
    seen = {line_id: stamp for each in classes for line_id, stamp in each.seen.items()}
    label = f"Accept {text.count(len(seen), 'receipt')}, {_sums(classes)}"
    st.caption("Each is given to its invoice by itself, with its own audit, and can be taken back under Matched.")
    if not st.button(label, type="primary", icon=":material/check:", key="receipts_class_send", shortcut="Alt+Y"):
        return
    nonce = state.nonce("receipts_class")

    def task(database: Database, by: Principal, tell: working.Tell) -> Accepted:
        done = accept_class(database, by, tell, seen=seen, nonce=nonce)
        cached.shared_until_posted(reconciliation.sheet)  # so that the inbox finds the rest matched
        return done

    if not working.begin(WORK, f"Accepting {text.count(len(seen), 'receipt')}", task):
        state.tell("Receipts are being accepted already.")
    state.rotate("receipts_class")
    st.rerun()


def under_way(by: Principal) -> bool:
    """The bar of what is being accepted, then what came of it; whether the inbox has to wait."""
    work = working.found(WORK)
    if work is None:
        return False
    if not work.ended:
        working.watch(work)
        st.caption("You may go on elsewhere: nothing stops it, and each receipt is whole by itself.")
        return True
    if work.by != by:
        return False
    with st.container(border=True):
        if isinstance(work.result, Accepted):
            _result(work.result)
        else:
            st.error(plain(str(work.refusal) if work.refusal else work.bug), icon=":material/error:")
        st.button("Close", on_click=_close, key="receipts_class_close")
    return False


def _result(done: Accepted) -> None:
    rose = " + ".join(text.money(each) for each in done.credit) or "nothing"
    said = f"{text.count(done.receipts, 'receipt')} accepted; credit rose by {rose}."
    if not done.left:
        st.success(said, icon=":material/check_circle:")
        return
    st.warning(f"{said} {text.count(len(done.left), 'receipt')} left in the inbox:", icon=":material/error:")
    frame = pd.DataFrame([(_called(each), each.why) for each in done.left], columns=["Receipt", "Why"])
    tables.printed(frame, alt="Receipts that were not accepted")


def _called(each: Left) -> str:
    line = each.line
    if line is None:
        return f"Bank line {each.line_id}"
    return f"{text.money(line.amount)} from {line.counterparty or 'an unnamed payer'}, {text.day(line.booked_on)}"


def _close() -> None:
    working.put_away(WORK)
    cached.forget()


_EXPORTED = {
    "day": Column("Booked", ColumnKind.DAY),
    "account": Column("Account"),
    "payer": Column("From"),
    "said": Column("Text"),
    "currency": Column("Currency"),
    "amount_micros": Column("Unallocated", ColumnKind.MONEY),
    "state": Column("State"),
    "invoices": Column("Proposed"),
    "score": Column("Score", ColumnKind.COUNT),
    "why": Column("Why"),
}


def export(screen: Screen, sheet: Sheet, which: InboxState) -> ExportTable:
    """The waiting receipts of a state with what is proposed for each."""
    lines = [each for each in sheet.lines if which.includes(each.proposal)]
    return downloads.table_of("Waiting receipts", _frame(lines), _EXPORTED, by=screen.by, state=which.value)
