"""The calendar of bank statements: a square a day for each account, and what is behind a day that is chosen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, charts, downloads, tables, text
from pages._ui.frame import Screen, empty, plain
from services.banking.calendar import AccountDays, DayState, Stretch, calendar
from services.periods import Period, add_months
from services.reporting.exports import Column, ColumnKind, ExportTable

MONTHS = 12
DAY = "calendar_day"
VIEW = "receipts_view"
STATEMENT = "statements_id"
_MARKS = {
    DayState.COMPLETE: ("✓", "good"),
    DayState.QUIET: ("·", "quiet"),
    DayState.UNPROVEN: ("?", "open"),
    DayState.UNTIED: ("≠", "bad"),
    DayState.MISSING: ("✕", "bad"),
    DayState.AWAITED: ("…", "open"),
}
_EXPORTED = {
    "account": Column("Account"),
    "state": Column("State"),
    "from": Column("From", ColumnKind.DAY),
    "to": Column("To", ColumnKind.DAY),
    "days": Column("Days", ColumnKind.COUNT),
    "file": Column("Statement file"),
}


def screen(opened: Screen) -> None:
    """The accounts, the months of the chosen one as squares, and the chosen day."""
    found: list[AccountDays] = cached.until_posted(calendar, today=text.today())
    if not found:
        empty("No bank statement has been imported yet.", "Drop one above: each day it speaks of is marked here.")
        return
    with opened.acts, st.container(width="content"):
        downloads.menu("bank statement calendar", lambda: _table(opened, found))
    page = tables.page_number("calendar_page")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        codes = {each.bank_account: each for each in found}
        code = st.selectbox(
            "Account", list(codes), key="calendar_account", bind="query-params", width=330,
            format_func=lambda each: f"{each}: {_summary(codes[each])}",
        )  # fmt: skip
        account = codes[code or found[0].bank_account]
        day = _chosen_day()
    months = _months(account, page)
    if day is not None:
        _behind(account, day)
    _grid(account, months, day)
    _legend(account, hint="" if day else " — click a day, or type it, to see its statement or what to import")
    tables.pager("calendar_page", total=_how_many(account), page=page, noun="month", size=MONTHS)


def _chosen_day() -> date | None:
    chosen: date | None = st.date_input("Day", value=None, key=DAY, bind="query-params", format="YYYY-MM-DD", width=150)
    return chosen


def _summary(account: AccountDays) -> str:
    parts = [(account.count(DayState.MISSING), "missing"), (account.count(DayState.UNTIED), "not tying")]
    said = [f"{text.count(days, 'day')} {words}" for days, words in parts if days]
    waits = account.count(DayState.AWAITED)
    return ", ".join([*said, *([f"{text.count(waits, 'day')} not imported yet"] if waits else [])]) or "complete"


def _how_many(account: AccountDays) -> int:
    first, last = account.stretches[0].starts_on, account.stretches[-1].ends_on
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _months(account: AccountDays, page: int) -> list[date]:
    newest = account.stretches[-1].ends_on.replace(day=1)
    count = min(MONTHS, max(1, _how_many(account) - (page - 1) * MONTHS))
    last = add_months(newest, (1 - page) * MONTHS)
    return [add_months(last, 1 - count + place) for place in range(count)]


def _grid(account: AccountDays, months: list[date], chosen: date | None) -> None:
    shown = _shown(account, months)
    days = [
        (day, *_MARKS[each.state], f"{text.day(day)}: {each.state.label.lower()}")
        for each in shown
        for day in each.within
    ]
    key = f"calendar_{account.bank_account}_{months[0]:%Y%m}_{chosen}"  # drawn anew, no square stays faded

    def picked() -> None:
        event: Any = st.session_state.get(key)
        points = event["selection"]["points"] if event else []
        if points:
            st.session_state[DAY] = date.fromisoformat(str(points[0]["customdata"]))

    alt = f"Statements of {account.bank_account}, {months[0]:%B %Y} to {months[-1]:%B %Y}: {_summary(account)}"
    figure = charts.day_squares(days, months, chosen=chosen)
    options = {"displayModeBar": False, "responsive": True}
    st.plotly_chart(figure, theme=None, config=options, alt=alt, key=key, on_select=picked, selection_mode="points")
    with st.expander("As a table", type="compact", key="calendar_twin", on_change="rerun") as box:
        if box.open:
            tables.printed(_twin(shown), alt=f"{alt}, as a table")


def _shown(account: AccountDays, months: list[date]) -> list[Stretch]:
    period = Period(months[0], add_months(months[-1], 1))
    return [part for each in account.stretches if (part := each.cut(period))]


def _twin(shown: list[Stretch]) -> pd.DataFrame:
    rows = [
        (text.day(each.starts_on), text.day(each.ends_on), each.days, each.state.label, _file(each)) for each in shown
    ]
    return pd.DataFrame(rows, columns=["From", "To", "Days", "State", "Statement"])


def _file(each: Stretch) -> str:
    return each.statement.file_name if each.statement and not each.state.needs_a_file else ""


def _legend(account: AccountDays, *, hint: str) -> None:
    said = [f"{_MARKS[state][0]} {state.label.lower()}" for state in DayState if account.count(state)]
    st.caption(f"{' · '.join(said)}{hint}")


def _behind(account: AccountDays, day: date) -> None:
    """What the books know of a day, and the next step."""
    found = account.of(day)
    with st.container(border=True):
        if found is None:
            st.markdown(f"**{text.day(day)}**: nothing is known of this day of {account.bank_account}.")
            return
        each = found.statement
        st.markdown(f"**{text.day(day)}, {account.bank_account}: {found.state.label.lower()}**")
        if found.state is DayState.AWAITED:
            st.caption(f"{_days(found)} not in the books yet. Drop the bank's statement of them above.")
        elif found.state is DayState.MISSING and each is not None:
            st.caption(_what_is_missing(found))
        elif found.state is DayState.QUIET:
            st.caption(f"Nothing moved on {_days(found)}: the next statement opens at the closing balance before them.")
        if each is not None:
            balances = [
                f"{label} {text.money(of)}"
                for label, of in (("opening", each.opening), ("closing", each.closing))
                if of is not None
            ]
            words = f"{plain(each.file_name)}, {text.day(each.starts_on)} to {text.day(each.ends_on)}"
            st.caption(" · ".join([words, *balances]))
            st.button(
                "Open the statement",
                key="calendar_open",
                icon=":material/description:",
                on_click=_open,
                args=(each.id,),
            )


def _days(found: Stretch) -> str:
    if found.days == 1:
        return f"{text.day(found.starts_on)} is" if found.state.needs_a_file else text.day(found.starts_on)
    words = f"{text.day(found.starts_on)} to {text.day(found.ends_on)}"
    return f"{words} are" if found.state.needs_a_file else words


def _what_is_missing(found: Stretch) -> str:
    each = found.statement
    if each is None or each.prior_closing is None or each.opening is None:
        return f"{_days(found)} missing. Drop the bank's statement of them above."
    return (
        f"{_days(found)} missing: the statement before closed at {text.money(each.prior_closing)}, the next one "
        f"opens at {text.money(each.opening)}. Drop the bank's statement of them above."
    )


def _open(statement_id: int) -> None:
    st.session_state[VIEW] = "Statements"
    st.session_state[STATEMENT] = str(statement_id)


def _table(opened: Screen, found: list[AccountDays]) -> ExportTable:
    rows = [
        (each.bank_account, part.state.label, part.starts_on, part.ends_on, part.days, _file(part))
        for each in found
        for part in each.stretches
    ]
    frame = pd.DataFrame(rows, columns=list(_EXPORTED))
    return downloads.table_of("Bank statement calendar", frame, _EXPORTED, by=opened.by)
