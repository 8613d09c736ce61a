"""The drawer at the right of a list: one journal entry with its debits and credits, opened from a picked row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import sources, tables, text
from pages._ui.accounts import account_name
from pages._ui.frame import me, plain, read
from services.frames import typed
from services.ledger import queries as ledger
from services.ledger.model import BASE_CURRENCY, JournalEntry, Posting
from services.money import Money

CUSTOMER = sources.CUSTOMER


def picked(
    frame: pd.DataFrame, columns: Mapping[str, Any], *, key: str, alt: str, height: int | str = "auto"
) -> Mapping[str, Any] | None:
    """A grid whose picked row is returned once: closing the drawer it opened (`dismissed`) lets go of the row."""
    turn = st.session_state.setdefault(f"{key}_turn", 0)
    return tables.pick(frame, columns, alt=alt, key=f"{key}_{turn}", height=height)


def dismissed(key: str) -> None:
    """Callback: draw the grid anew, with no row picked."""
    st.session_state.pop(f"{key}_entry", None)
    st.session_state[f"{key}_turn"] = st.session_state.get(f"{key}_turn", 0) + 1


def show_entry(entry_id: int, *, key: str) -> None:
    """Open the drawer on a journal entry; `key` is the grid's, whose row is let go of when it closes."""
    draw = st.dialog("Journal entry", position="right", width="medium", on_dismiss=lambda: dismissed(key))(entry)
    draw(entry_id, key=key)


def entry(entry_id: int, *, key: str = "") -> None:
    """A journal entry inside a drawer: its facts, its debits and credits, the way to what caused it.

    With the `key` of the grid whose drawer it is, it turns into the entry that undid it when that is pressed.
    """
    by = me()
    found = read(ledger.entry, entry_id=st.session_state.get(f"{key}_entry", entry_id))
    st.subheader(f"{plain(found.kind.label)}, entry {found.id}", anchor=False)
    st.caption(
        f"{text.day(found.effective_on)} · posted by {plain(found.actor)} on {text.moment(found.posted_at)} · "
        f"{sources.words_of(found.source)}"
    )
    if found.memo:
        st.write(plain(found.memo))
    _other(found.reversed_by_id, "Taken back by entry {}", key=key)
    _other(found.reversal_of_id, "Takes back entry {}", key=key)
    _postings(found)
    st.caption(_balance(found))
    sources.show(by, found)


def _other(entry_id: int | None, words: str, *, key: str) -> None:
    """The way to the entry that undid this one, or that it undid, in the same drawer."""
    if entry_id is not None and not key:
        st.caption(words.format(entry_id))
    elif entry_id is not None:
        st.button(
            words.format(entry_id),
            icon=":material/undo:",
            key=f"{key}_entry_{entry_id}",
            on_click=lambda: st.session_state.update({f"{key}_entry": entry_id}),
        )


def postings(entry_id: int) -> None:
    """The debits and credits of an entry, inside a drawer that tells another story."""
    found = read(ledger.entry, entry_id=entry_id)
    st.caption(f"Journal entry {entry_id}, {text.day(found.effective_on)}")
    _postings(found)


def _postings(entry: JournalEntry) -> None:
    rows = [_posting(each) for each in entry.postings]
    names = ["account", "currency", "debit_micros", "credit_micros", "base_micros"]
    frame = typed(pd.DataFrame(rows, columns=names), dict.fromkeys(names[2:], "Int64"))
    columns = {
        "account": tables.words("Account", width=230),
        "currency": tables.words("Currency", width=65),
        "debit_micros": tables.money("Debit", width=95),
        "credit_micros": tables.money("Credit", width=95),
    }
    if {each.account.currency for each in entry.postings} != {BASE_CURRENCY}:
        columns["base_micros"] = tables.money(f"In {BASE_CURRENCY}", width=100)
    tables.show(frame, columns, alt=f"Postings of entry {entry.id}", height="content")


def _posting(each: Posting) -> tuple[str, str, int | None, int | None, int]:
    debit, credit = (each.micros, None) if each.micros > 0 else (None, -each.micros)
    return (
        account_name(each.account.purpose, each.account.detail),
        each.account.currency,
        debit,
        credit,
        each.base_micros,
    )


def _balance(entry: JournalEntry) -> str:
    debits = sum(each.base_micros for each in entry.postings if each.base_micros > 0)
    credits_ = -sum(each.base_micros for each in entry.postings if each.base_micros < 0)
    word = "equal" if debits == credits_ else "DO NOT equal"
    return f"Debits {word} credits: {text.money(Money(debits, BASE_CURRENCY))}."
