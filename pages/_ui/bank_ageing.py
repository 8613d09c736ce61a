"""How long bank lines have waited: sums by age, tied to the books, and the lines behind each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, filters, tables, text
from pages._ui.frame import Screen, empty, read
from services.banking import ageing
from services.banking.ageing import BANDS, Aged, Band, Side
from services.banking.model import BankLine
from services.frames import typed
from services.payments.suspense.queries import waiting_by_age
from services.reporting.exports import Column, ColumnKind, ExportTable

_CURRENCY, _SIDE, _AGE = "ageing_currency", "ageing_side", "ageing_age"
_SUMS: dict[str, Any] = {
    "currency": tables.words("Currency", width=66),
    "side": tables.words("Days waited", width=92),
    **{f"band{place}_micros": tables.money(each.short, width=70) for place, each in enumerate(BANDS)},
    "total_micros": tables.money("All", width=80),
    "books_micros": tables.money("In the books", width=95),
    "difference_micros": tables.money("Difference", width=80),
}
_LINES: dict[str, Any] = {
    "day": tables.day("Booked", width=90),
    "age": tables.number("Days", width=50),
    "account": tables.words("Account", width=85),
    "who": tables.words("From or to", width=160),
    "said": tables.words("Text", width=240),
    "currency": tables.words("Currency", width=65),
    "amount_micros": tables.money("Waits", width=95),
}
_EXPORTED = {
    "day": Column("Booked", ColumnKind.DAY),
    "age": Column("Days", ColumnKind.COUNT),
    "account": Column("Account"),
    "who": Column("From or to"),
    "said": Column("Text"),
    "currency": Column("Currency"),
    "amount_micros": Column("Waits", ColumnKind.MONEY),
}


def screen(opened: Screen) -> None:
    """The sums of every currency, then the lines of what is chosen."""
    today = text.today()
    found: list[Aged] = cached.until_posted(waiting_by_age, today=today)
    if not found:
        empty("No bank line waits.", "Receipts nobody matched and money out nobody sorted are counted here by age.")
        return
    _say(found)
    tables.follow(_sums(found), _SUMS, alt="Waiting bank lines by age", key="ageing_sums", to=_follow)
    with filters.row():
        currency = filters.one_of("Currency", sorted({each.currency for each in found}), key=_CURRENCY)
        side = filters.one_of("Waiting", [each.value for each in Side], key=_SIDE, shown=lambda each: Side(each).label)
        age = filters.one_of("Age", [each.label for each in BANDS], key=_AGE, everything="Any age")
    chosen: dict[str, Any] = {
        "currency": currency,
        "side": Side(side) if side else None,
        "band": next((each for each in BANDS if each.label == age), None),
    }
    _lines(opened, today, chosen)


def _say(found: list[Aged]) -> None:
    off = [each for each in found if each.difference]
    if off:
        for each in off:
            words = f"{each.side.label} in {each.currency}: the lines and the books differ by"
            st.error(f"{words} {text.money(each.difference)}.", icon=":material/error:")
        return
    oldest = [each for each in found if each.bands[-1]]
    said = "Every sum is what the books hold for it: difference 0.00."
    if oldest:
        words = ", ".join(f"{text.money(each.bands[-1])} ({each.side.label.lower()})" for each in oldest)
        said += f" Over {BANDS[-1].first - 1} days old: {words}."
    st.caption(said)


def _sums(found: list[Aged]) -> pd.DataFrame:
    rows = [
        (
            each.currency, each.side.label, *(band.micros or None for band in each.bands), each.total.micros,
            each.books.micros, each.difference.micros, each.side.value,
        )
        for each in found
    ]  # fmt: skip
    money = [name for name in _SUMS if name.endswith("_micros")]
    return typed(pd.DataFrame(rows, columns=[*_SUMS, "which"]), dict.fromkeys(money, "Int64"))


def _follow(row: Mapping[str, Any]) -> None:
    st.session_state[_CURRENCY], st.session_state[_SIDE] = str(row["currency"]), str(row["which"])


def _lines(opened: Screen, today: date, chosen: dict[str, Any]) -> None:
    page = tables.page_number("ageing_page")
    found = read(ageing.aged_lines, today=today, page=page, size=tables.PAGE_SIZE, **chosen)
    with opened.acts, st.container(width="content"):
        downloads.menu("waiting bank lines", lambda: _table(opened, today, chosen))
    if not found.total:
        empty("No line is like that.", "Choose another age, currency or side.")
        return
    tables.show(_frame(found.lines, today), _LINES, alt="Bank lines that wait, oldest first", key="ageing_lines")
    tables.pager("ageing_page", total=found.total, page=page, noun="line")
    st.caption("Receipts are matched under “To match”, money out is sorted under “Other lines”.")


def _frame(lines: tuple[BankLine, ...], today: date) -> pd.DataFrame:
    rows = [
        (
            each.booked_on, (today - each.booked_on).days, each.bank_account, each.counterparty, each.remittance,
            each.amount.currency, (each.unallocated if each.amount.micros > 0 else -each.amount).micros,
        )
        for each in lines
    ]  # fmt: skip
    return typed(pd.DataFrame(rows, columns=list(_LINES)), {"amount_micros": "Int64"})


def _table(opened: Screen, today: date, chosen: dict[str, Any]) -> ExportTable:
    every = read(ageing.aged_lines, today=today, page=1, size=downloads.EVERY, **chosen)
    band: Band | None = chosen["band"]
    side: Side | None = chosen["side"]
    facts = {"currency": chosen["currency"], "waiting": side and side.label, "age": band and band.label}
    frame = _frame(every.lines, today)
    return downloads.table_of("Bank lines that wait", frame, _EXPORTED, by=opened.by, **facts)
