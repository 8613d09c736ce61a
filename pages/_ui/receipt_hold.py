"""Receipts held in suspense: the place to hold one, and the list of those held with the way out."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, filters, receipt_refund, tables, text
from pages._ui.forms import Form
from pages._ui.frame import Screen, empty, me, plain, read
from pages._ui.receipt_undo import Done
from services.banking.model import BankLine
from services.frames import typed
from services.payments.suspense import queries
from services.payments.suspense.model import Held
from services.payments.suspense.operations import hand_over, hold, take_out
from services.reporting.exports import Column, ColumnKind, ExportTable

_COLUMNS: dict[str, Any] = {
    "held_on": tables.day("Held on", width=90),
    "days": tables.number("Days", width=50),
    "who": tables.words("Received from", width=160),
    "account": tables.words("Account", width=85),
    "currency": tables.words("Currency", width=65),
    "amount_micros": tables.money("Held", width=85),
    "owner": tables.words("Owner", width=115),
    "reason": tables.words("Why", width=195),
}
_EXPORTED = {
    "held_on": Column("Held on", ColumnKind.DAY),
    "days": Column("Days", ColumnKind.COUNT),
    "who": Column("Received from", ColumnKind.TEXT),
    "booked_on": Column("Booked on", ColumnKind.DAY),
    "account": Column("Account", ColumnKind.TEXT),
    "currency": Column("Currency", ColumnKind.TEXT),
    "amount_micros": Column("Held", ColumnKind.MONEY),
    "owner": Column("Owner", ColumnKind.TEXT),
    "reason": Column("Why", ColumnKind.TEXT),
}


def draw(line: BankLine) -> Done | None:
    """Inside a dialog: what is left of a receipt leaves the inbox until somebody finds out whose it is."""
    st.caption(f"{text.money(line.unallocated)} leaves the inbox for suspense, and comes back when taken out.")
    names = read(queries.owners)
    form = Form(f"hold_{line.id}")
    with form.drawn(border=False):
        reason = form.text("reason", "Why it cannot be placed yet", max_chars=500)
        owner = form.choice("owner", "Owner", list(names), index=_mine(names), format_func=lambda each: names[each])
        sent = st.form_submit_button("Hold in suspense", type="primary", shortcut="Ctrl+Enter")
    if not sent:
        return None
    told = f"{text.money(line.unallocated)} is held; it is listed under On hold."
    made = form.act(hold, told=told, nonce=form.nonce, line_id=line.id, reason=reason, owner_id=owner)
    return _done(line, made.result) if made and made.result else None


def _done(line: BankLine, made: Held) -> Done:
    what = f"{text.money(made.amount)} from {line.counterparty or 'an unnamed payer'} held in suspense."
    return Done(what, take_out, {"held_id": made.id})


def _mine(names: dict[int, str]) -> int | None:
    mine = me().person_id
    return list(names).index(mine) if mine in names else None


def screen(opened: Screen) -> None:
    """What is held, the longest first; a picked one is handed over or taken out."""
    names = read(queries.owners)
    words = {name: number for number, name in names.items()}
    chosen = filters.one_of("Owner", list(words), key="held_owner", everything="Everybody")
    owner = words.get(chosen or "")
    page = tables.page_number("held_page")
    found, total = read(queries.in_suspense, owner_id=owner, page=page, size=tables.PAGE_SIZE)
    if not found:
        empty("No receipt is held in suspense.", "Hold one under “To match” when nobody can place it yet.")
        return
    with opened.acts:
        downloads.menu("receipts on hold", lambda: _exported(opened, owner, chosen or ""), key="held_export")
    turn = st.session_state.get("held_turn", 0)
    row = tables.pick(_frame(found), _COLUMNS, alt="Receipts held in suspense", key=f"held_{turn}")
    tables.pager("held_page", total=total, page=page, noun="held receipt")
    if row is None:
        st.caption("Pick one to hand it over, to take it out or to refund it.")
    else:
        _one(*next(pair for pair in found if pair[0].id == int(row["id"])), names)


def _one(found: Held, line: BankLine, names: dict[int, str]) -> None:
    with st.container(border=True):
        part = f" of {text.money(line.amount)}" if found.amount != line.amount else ""
        st.markdown(f"**{text.money(found.amount)}**{part}, {plain(line.counterparty) or 'unnamed payer'}")
        said = f"Booked {text.day(line.booked_on)} on {line.bank_account}. {line.remittance}"
        st.caption(f"{plain(said)}  \n{plain(f'{found.held_by} held it: {found.reason}')}")
        left, middle, right = st.columns(3, gap="medium")
        with left:
            form = Form(f"take_out_{found.id}")
            with form.drawn():
                reason = form.text("reason", "What was found out", max_chars=500)
                sent = st.form_submit_button("Take out", icon=":material/undo:", type="primary")
            told = "Taken out: the receipt waits to be matched again."
            if sent and form.act(take_out, told=told, held_id=found.id, reason=reason):
                _again()
        with middle:
            others = [number for number in names if number != found.owner_id]
            form = Form(f"hand_over_{found.id}")
            with form.drawn():
                owner = form.choice("owner", "Hand over to", others, index=None, format_func=lambda each: names[each])
                sent = st.form_submit_button("Hand over", disabled=not others)
            if sent and owner is None:
                form.complain({"owner": "Choose who takes it over."})
            elif sent and form.act(hand_over, told="Handed over.", held_id=found.id, owner_id=owner):
                _again()
        with right, st.container(border=True):
            if receipt_refund.draw(line, found):
                _again()


def _again() -> None:
    st.session_state["held_turn"] = st.session_state.get("held_turn", 0) + 1
    cached.forget()
    st.rerun()


def _frame(found: list[tuple[Held, BankLine]]) -> pd.DataFrame:
    rows = [
        (
            each.held_on, (text.today() - each.held_on).days, line.counterparty or "Unnamed", line.booked_on,
            line.bank_account, each.amount.currency, each.amount.micros, each.owner, each.reason, each.id,
        )
        for each, line in found
    ]  # fmt: skip
    return typed(pd.DataFrame(rows, columns=[*_EXPORTED, "id"]), {"amount_micros": "Int64"})


def _exported(opened: Screen, owner: int | None, name: str) -> ExportTable:
    found, _ = read(queries.in_suspense, owner_id=owner, size=downloads.EVERY)
    return downloads.table_of("Receipts on hold", _frame(found), _EXPORTED, by=opened.by, owner=name)
