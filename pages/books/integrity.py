"""Integrity: the named laws of the books, each green or red in words, with the rows that break it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, tables, text
from pages._ui.frame import empty, open_screen, plain, read
from services.integrity.model import SEE_INTEGRITY, CheckResult
from services.ledger import queries as ledger

AT_ONCE = 20_000  # with fewer entries the checks take a second or two and need not be asked for


def words(name: str) -> str:
    """A check's name as people say it."""
    said = name.replace("_", " ").replace("-", " ").strip()
    return said[:1].upper() + said[1:]


def broken(result: CheckResult) -> None:
    """A red check: what it promised, and the rows behind it."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(words(result.check), anchor=False, width="content")
            st.badge(f"Broken in {text.count(result.rows, 'row')}", color="red", icon=":material/error:")
        st.write(plain(result.detail))
        rows = pd.DataFrame(list(result.broken))
        names = [str(name) for name in rows.columns]
        shown = rows.assign(**{name: list(map(_words, rows[name])) for name in names if not _is_money(name)})
        columns = {name: _column(name) for name in names}
        tables.show(shown, columns, alt=f"Rows that break {result.check}", key=f"integrity_{result.check}")
        if result.rows > len(rows):
            st.caption(f"The first {len(rows):,} of {result.rows:,} rows.")


def _is_money(name: object) -> bool:
    return str(name).endswith("_micros")


def _column(name: str) -> Any:
    return tables.money(words(name.removesuffix("_micros"))) if _is_money(name) else tables.words(words(name))


def _words(value: object) -> str:
    return "" if value is None else str(value)


def kept(results: list[CheckResult]) -> None:
    """The green checks, each with its promise."""
    frame = pd.DataFrame(
        {
            "Check": [words(result.check) for result in results],
            "State": ":green-badge[:material/check: Holds]",
            "What it promises": [result.detail for result in results],
        }
    )
    tables.printed(frame, alt="Checks that hold", marked=("State",))


opened = open_screen("Integrity", SEE_INTEGRITY, answer="Do the books add up?")
with opened.acts:
    again = st.button("Check now", icon=":material/refresh:", type="primary")
if again:
    cached.check_again()
outcome = cached.checked(may_run=again or read(ledger.newest_entry) < AT_ONCE)
if outcome is None:
    empty("The checks read every entry and were not run in the last hour.", "“Check now” runs them.")
    st.stop()
found, at = outcome
red = [result for result in found if not result.ok]
green = [result for result in found if result.ok]
sentence = f"checked {text.moment(at)}, all entries since the beginning."
if red:
    st.error(f"{text.count(len(red), 'check')} of {len(found)} broken, {sentence}", icon=":material/error:")
else:
    st.success(f"All {len(found)} checks hold, {sentence}", icon=":material/verified:")
for result in red:
    broken(result)
if green:
    kept(green)
