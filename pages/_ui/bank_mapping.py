"""An unknown table: its first rows, which column says what, what it makes, and the mappings that are kept."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, state, tables, text
from pages._ui.frame import Screen, act, empty, plain, read
from services.banking.mapped import forget_mapping, preview, remember_mapping, remembered
from services.banking.mapping import (
    DAY_FIRST,
    MONTH_FIRST,
    Mapping,
    Told,
    body_of,
    decimal_told,
    has_names,
    names_of,
    order_told,
    width_of,
)
from services.banking.model import Statement
from services.banking.readers.grid import Row
from services.banking.suggesting import suggested
from services.company import queries as company
from services.errors import Refused
from services.reporting.exports import Column, ColumnKind

_FIRST = 6
_NONE = "–"
_ONE, _TWO, _FLIPPED = "one signed amount", "a debit and a credit", "one amount, money out positive"
_MARKS = {".": "a point: 1,234.50", ",": "a comma: 1.234,50"}


def ask(rows: list[Row], content: bytes, *, why: str) -> None:
    """The form: nothing is imported before every choice is made and the file reads by them."""
    header = has_names(rows)
    names = names_of(rows, header=header)
    st.info(
        "This table does not say everything by itself. Say once what its columns are.", icon=":material/table_chart:"
    )
    st.caption(f"By itself it does not read: {plain(why)}")
    first = [[*row.cells, *[""] * (len(names) - len(row.cells))][: len(names)] for row in body_of(rows, header=header)]
    shown = [f"{place + 1}. {name}" for place, name in enumerate(names)]
    tables.printed(pd.DataFrame(first[:_FIRST], columns=shown), alt="First rows of the table")
    codes = [each.code for each in read(company.bank_accounts)]
    account = st.selectbox("It is of our account", codes, index=None, key="map_account", width=280)
    mapping = _chosen(rows, shown, header=header)
    if mapping is None or account is None:
        st.caption("Choose the account and every column marked as needed to see what the file says.")
        return
    found = read(_preview, rows=rows, mapping=mapping, bank_account=account)
    if isinstance(found, str):
        st.error(plain(found), icon=":material/error:")
        return
    _result(found)
    if st.button("Remember and read the file", type="primary", key="map_keep", icon=":material/save:"):
        done = act(remember_mapping, content=content, mapping=mapping, bank_account=account)
        if done:
            cached.forget()
            state.tell(f"Remembered for {account}: such a file reads by itself from now on.")
            st.rerun()


def _preview(conn: Any, **facts: Any) -> Statement | str:
    mapping: Mapping = facts["mapping"]
    if faults := mapping.faults():
        return " ".join(faults.values())
    try:
        return preview(conn, facts["rows"], mapping, bank_account=facts["bank_account"])
    except Refused as refusal:
        return str(refusal)


def _chosen(rows: list[Row], names: list[str], *, header: bool) -> Mapping | None:
    first = suggested(rows, header=header)
    body = body_of(rows, header=header)
    left, middle, right = st.columns(3, gap="medium")
    with left:
        day = _column("Day, needed", names, first.get("day"), key="map_day")
        ways = [_ONE, _TWO, _FLIPPED]
        way = st.selectbox("Money is written as", ways, index=1 if "debit" in first else 0, key="map_way")
        amount = debit = credit = None
        if way == _TWO:
            debit = _column("Money out (debit), needed", names, first.get("debit"), key="map_debit")
            credit = _column("Money in (credit), needed", names, first.get("credit"), key="map_credit")
        else:
            amount = _column("Amount, needed", names, first.get("amount"), key="map_amount")
    with middle:
        words = [first["text"]] if "text" in first else []
        texts = st.multiselect(
            "Text", range(len(names)), words, key="map_texts", format_func=lambda place: names[place]
        )  # fmt: skip
        party = _column("From or to", names, first.get("party"), key="map_party")
        balance = _column("Balance after the row", names, first.get("balance"), key="map_balance")
    with right:
        reference = _column("The bank's reference", names, first.get("reference"), key="map_reference")
        currency = _column("Currency", names, first.get("currency"), key="map_currency")
        order = _told("Days", order_told(_values(body, [day])), {DAY_FIRST: DAY_FIRST, MONTH_FIRST: MONTH_FIRST})
        decimal = _told("Decimals after", decimal_told(_values(body, [amount, debit, credit, balance])), _MARKS)
    if day is None or (amount is None and (debit is None or credit is None)) or order is None or decimal is None:
        return None
    return Mapping(
        width_of(rows), header, day, amount, debit, credit, tuple(texts), party, balance, reference, currency,
        order, decimal, flipped=way == _FLIPPED,
    )  # fmt: skip


def _column(label: str, names: list[str], first: int | None, *, key: str) -> int | None:
    options: list[int | None] = [None, *range(len(names))]
    chosen: int | None = st.selectbox(
        label, options, index=0 if first is None else first + 1, key=key,
        format_func=lambda place: _NONE if place is None else names[place],
    )  # fmt: skip
    return chosen


def _values(body: list[Row], places: list[int | None]) -> list[str]:
    return [row.cells[place].strip() for place in places if place is not None for row in body if place < len(row.cells)]


def _told(label: str, told: Told, words: dict[str, str]) -> str | None:
    """The choice, set where the file itself tells, with the reason; open where it does not."""
    options = list(words)
    index = options.index(told.value) if told.value else None
    chosen: str | None = st.selectbox(
        label, options, index=index, key=f"map_{label}_{told.value}", format_func=lambda each: words[each],
        placeholder="Say which",
    )  # fmt: skip
    st.caption(plain(told.why))
    return chosen


def _result(found: Statement) -> None:
    with st.container(border=True):
        total = sum(line.amount.micros for line in found.booked)
        columns = st.columns(4)
        facts = {
            "Lines": f"{len(found.booked):,}",
            "Sum": text.amount(type(found.lines[0].amount)(total, found.currency)),
            "Opening": _NONE if found.opening is None else text.amount(found.opening),
            "Closing": _NONE if found.closing is None else text.amount(found.closing),
        }
        for column, (label, value) in zip(columns, facts.items(), strict=True):
            column.metric(label, value)
        pending = len(found.lines) - len(found.booked)
        words = {
            True: "The balances lead from row to row: it ties.",
            False: "It does not tie: check the amount and balance columns.",
            None: "Without a balance in every row nothing proves it whole.",
        }
        left_out = f" {text.count(pending, 'pending row')} left out." if pending else ""
        days = f"{text.day(found.starts_on)} to {text.day(found.ends_on)}"
        st.caption(f"{found.currency}, {days}. {words[found.ties]}{left_out}")


_KEPT = {"account": "Account", "layout": "Columns of the table", "by": "Mapped by"}


def kept(screen: Screen) -> None:
    """The mappings that are kept, each with the way to forget it."""
    found = read(remembered)
    if not found:
        empty("No table was mapped by hand.", "Drop an unknown CSV or XLSX above to map one.")
        return
    rows = [(each.bank_account, each.layout, each.made_by, each.made_at, each.id) for each in found]
    frame = pd.DataFrame(rows, columns=["account", "layout", "by", "at", "id"])
    with screen.acts, st.container(width="content"):
        days = frame.assign(at=[text.day_of(each.made_at) for each in found])
        exported = {name: Column(words) for name, words in _KEPT.items()} | {"at": Column("On", ColumnKind.DAY)}
        downloads.menu("mapped tables", lambda: downloads.table_of("Mapped tables", days, exported, by=screen.by))
    columns = {
        "account": tables.words("Account", width=100),
        "layout": tables.words("Columns of the table", width=420),
        "by": tables.words("Mapped by", width=130),
        "at": tables.moment("On", width=140),
    }
    row = tables.pick(frame, columns, alt="Mapped tables", key="bank_mappings")
    if row is None:
        st.caption("Pick one to forget it; what was imported by it stays.")
    elif st.button("Forget this mapping", key=f"map_forget_{int(row['id'])}", icon=":material/delete:"):
        done = act(forget_mapping, mapping_id=int(row["id"]))
        if done:
            state.tell("Forgotten: such a file is asked about again.")
            st.rerun()
