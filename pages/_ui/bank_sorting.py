"""Bank lines that pay no invoice: each with what a rule makes of it, to be said what it is, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, filters, state, tables, text
from pages._ui.forms import Form
from pages._ui.frame import Screen, act, empty, plain, read
from services.banking.model import BankLine
from services.banking.sorting import queries
from services.banking.sorting.model import Sort, Sorting
from services.banking.sorting.operations import sort_by_rules, sort_line, undo_sorting
from services.banking.sorting.queries import WaitingLine
from services.customers import queries as customers
from services.frames import typed
from services.payments.refunds import queries as refunds
from services.payments.refunds.model import Expected, Refund, expected
from services.payments.refunds.operations import match_refund
from services.reporting.exports import Column, ColumnKind, ExportTable

A_PAGE = 10
_NOT_YET = 0  # in place of a line: the other side of a transfer comes with a later statement


def waiting(screen: Screen) -> None:
    """Money out nobody said anything of, and money in a rule knows, oldest first."""
    page = tables.page_number("other_page")
    found = read(queries.waiting, page=page, size=A_PAGE)
    if not found.total:
        empty("Every bank line has its place.", "Money out appears here when a statement is imported.")
        return
    with screen.acts, st.container(width="content"):
        downloads.menu("bank lines that wait", lambda: _waiting_table(screen))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.caption(f"{text.count(found.total, 'line')}, {found.known:,} known by a rule", width="content")
        known = [each.line.id for each in found.lines if each.rule]
        label = f"Accept the {text.count(len(known), 'known line')} on this page"
        if known and st.button(label, type="primary", icon=":material/done_all:", key="other_accept_all"):
            _accept(known)
    owed = read(refunds.to_pay)
    for each in found.lines:
        _card(each, None if each.rule else expected(each.line, owed))
    tables.pager("other_page", total=found.total, page=page, noun="line", size=A_PAGE)


def _waiting_table(screen: Screen) -> ExportTable:
    every = read(queries.waiting, page=1, size=downloads.EVERY, limit=downloads.EVERY)
    rows = [
        (
            each.line.booked_on, each.line.bank_account, each.line.counterparty, each.line.remittance,
            each.line.amount.currency, each.line.amount.micros, each.rule.pattern.sort.label if each.rule else "",
        )
        for each in every.lines
    ]  # fmt: skip
    names = [name for name in _EXPORTED if name not in {"how", "state"}]
    frame = pd.DataFrame(rows, columns=names)
    return downloads.table_of("Bank lines that wait", frame, {n: _EXPORTED[n] for n in names}, by=screen.by)


def _card(each: WaitingLine, back: Expected | None) -> None:
    line = each.line
    with st.container(border=True):
        left, middle, right = st.columns([4, 6, 3], gap="medium")
        with left:
            st.markdown(f"**{text.money(line.amount)}**")
            st.caption(f"{plain(line.counterparty) or 'Unnamed'}  \n{text.day(line.booked_on)}, {line.bank_account}")
        with middle:
            st.markdown(plain(line.remittance) or ":gray[The bank says nothing more.]")
            if each.rule:
                st.caption(f"**{each.rule.pattern.sort.label}**, by the rule: {plain(each.rule.pattern.says)}.")
            if back:
                st.caption(f"**Refund of a receipt** to {plain(back.refund.payer) or 'its payer'}, by {back.reason}.")
        with right:
            if back and st.button(
                "Accept", type="primary", key=f"other_refund_{line.id}", icon=":material/check:", width="stretch"
            ):
                _say(match_refund, told="The refund is paid.", line_id=line.id, refund_id=back.refund.id)
            if each.rule and st.button(
                "Accept", type="primary", key=f"other_accept_{line.id}", icon=":material/check:", width="stretch"
            ):
                _accept([line.id])
            choose(line, label="It is something else" if each.rule or back else "Say what it is")


def _accept(line_ids: Sequence[int]) -> None:
    done = act(sort_by_rules, line_ids=line_ids)
    if done:
        made: list[Sorting] = done.result or []
        state.tell(f"{text.count(len(made), 'line')} sorted." if made else "Nothing was left to sort.")
        cached.forget()
        st.rerun()


def choose(line: BankLine, *, label: str) -> None:
    """The place to say what a line is that pays no invoice."""
    with st.popover(label, key=f"sort_{line.id}", on_change="rerun", width="stretch") as box:
        if not box.open:
            return
        offered = [each for each in Sort if each is not Sort.REFUND or line.amount.micros < 0]
        sort = st.selectbox(
            "It is", offered, index=None, key=f"sort_as_{line.id}", format_func=lambda each: each.label,
            placeholder="Type to find one",
        )  # fmt: skip
        if sort is None:
            return
        st.caption(sort.says)
        whose = _owed(line) if sort is Sort.REFUND else None
        other = _other_side(line) if sort is Sort.TRANSFER else None
        if not st.button("Say so", key=f"sort_sent_{line.id}", type="primary"):
            return
        told = f"Sorted: {sort.label}."
        if isinstance(whose, Refund):
            _say(match_refund, told=told, line_id=line.id, refund_id=whose.id)
        else:
            _say(sort_line, told=told, line_id=line.id, sort=sort, customer_id=whose, other_line_id=other)


def _say(operation: Callable[..., Sorting], *, told: str, **facts: Any) -> None:
    if act(operation, **facts):
        state.tell(told)
        cached.forget()
        st.rerun()


def _owed(line: BankLine) -> int | Refund | None:
    """Who is paid back: a refund of a receipt over this very amount, or a customer whom credit notes owe."""
    code = line.amount.currency
    owed = dict(read(queries.owed_back, currency=code))
    of_receipts = {each.id: each for each in read(refunds.to_pay, currency=code) if each.amount == -line.amount}
    if not owed and not of_receipts:
        st.caption(
            f"No credit note owes anybody {code}, and no refund of a receipt is over {text.money(-line.amount)}."
        )
        return None
    names = read(customers.names, ids=list(owed))
    words = {f"refund {each.id}": f"{each.payer or 'Unnamed'} · refund of a receipt" for each in of_receipts.values()}
    words |= {f"customer {each}": f"{names[each]} · {text.amount(owed[each])} owed" for each in owed}
    chosen = st.selectbox(
        "Paid back to", list(words), index=None, key=f"sort_whose_{line.id}", placeholder="Type to find one",
        format_func=lambda each: words[each],
    )  # fmt: skip
    if chosen is None:
        return None
    kind, _, number = chosen.partition(" ")
    return of_receipts[int(number)] if kind == "refund" else int(number)


def _other_side(line: BankLine) -> int | None:
    found = {each.id: each for each in read(queries.other_sides, line=line)}
    if not found:
        st.caption("Its other side is not in the books yet: it stays in transit until it is.")
        return None
    alike = [each.id for each in found.values() if each.amount == -line.amount]
    offered = [_NOT_YET, *found]
    words = {
        each.id: f"{text.money(each.amount)} on {each.bank_account}, {text.day(each.booked_on)}"
        for each in found.values()
    }
    chosen: int = st.selectbox(
        "Its other side", offered, index=offered.index(alike[0]) if len(alike) == 1 else 0,
        key=f"sort_other_{line.id}", format_func=lambda each: words.get(each, "Not in the books yet"),
    )  # fmt: skip
    return None if chosen == _NOT_YET else chosen


_SORTED = {
    "day": tables.day("Booked", width=85),
    "account": tables.words("Account", width=80),
    "who": tables.words("From or to", width=125),
    "said": tables.words("Text", width=140),
    "currency": tables.words("Currency", width=60),
    "amount_micros": tables.money("Amount", width=85),
    "sort": tables.words("It is", width=122),
    "how": tables.words("Said by", width=70),
    "state": tables.words("State", width=70),
}


_EXPORTED = {
    "day": Column("Booked", ColumnKind.DAY),
    "account": Column("Account"),
    "who": Column("From or to"),
    "said": Column("Text"),
    "currency": Column("Currency"),
    "amount_micros": Column("Amount", ColumnKind.MONEY),
    "sort": Column("It is"),
    "how": Column("Said by"),
    "state": Column("State"),
}


def done(screen: Screen) -> None:
    """What was sorted, newest first; a picked line can be taken back."""
    chosen = filters.one_of(
        "Which lines", [each.value for each in Sort], key="sorted_as", everything="Everything",
        shown=lambda value: Sort(value).label, width=240,
    )  # fmt: skip
    page = tables.page_number("sorted_page")
    found, total = read(queries.latest, sort=Sort(chosen) if chosen else None, page=page, size=tables.PAGE_SIZE)
    if not found:
        empty("No line was sorted as this yet.", "Say what a line is under “Other lines”.")
        return
    with screen.acts, st.container(width="content"):
        downloads.menu("sorted bank lines", lambda: _sorted_table(screen, chosen))
    row = tables.pick(_frame(found), _SORTED, alt="Sorted bank lines", key="bank_sorted")
    tables.pager("sorted_page", total=total, page=page, noun="line")
    if row is None:
        st.caption("Pick a line to take back what it was said to be.")
    elif row["state"] == "Counts":
        _take_back(int(row["id"]), str(row["sort"]))


def _frame(found: Sequence[tuple[Sorting, BankLine]]) -> pd.DataFrame:
    rows = [
        (
            line.booked_on, line.bank_account, line.counterparty, line.remittance, line.amount.currency,
            line.amount.micros, each.sort.label, "a rule" if each.rule_id else each.sorted_by,
            "Counts" if each.counts else "Taken back", each.id,
        )
        for each, line in found
    ]  # fmt: skip
    return typed(pd.DataFrame(rows, columns=[*_SORTED, "id"]), {"amount_micros": "Int64"})


def _sorted_table(screen: Screen, chosen: str | None) -> ExportTable:
    every, _ = read(queries.latest, sort=Sort(chosen) if chosen else None, page=1, size=downloads.EVERY)
    which = Sort(chosen).label if chosen else "everything"
    return downloads.table_of("Sorted bank lines", _frame(every), _EXPORTED, by=screen.by, lines=which)


def _take_back(sorting_id: int, words: str) -> None:
    form = Form(f"undo_sorting_{sorting_id}")
    with form.drawn():
        reason = form.text("reason", f"Why it is not: {words}", max_chars=500)
        sent = st.form_submit_button("Take it back", icon=":material/undo:")
    told = "Taken back: its entry is reversed and the line waits again."
    if sent and form.act(undo_sorting, told=told, sorting_id=sorting_id, reason=reason):
        cached.forget()
        st.rerun()
