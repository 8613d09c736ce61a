"""Audit trail: who did what to which thing, and when; nothing in it can be changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import acts, filters, tables, text
from pages._ui.frame import empty, open_screen, plain, read
from services.access import queries
from services.access.model import READ_AUDIT

COLUMNS = {
    "person": tables.words("Who"),
    "what": tables.words("What"),
    "thing": tables.words("Thing", width=135),
    "subject_id": tables.words("Its id", width=80),
    "reason": tables.words("Reason", width=230),
}


def detail(event: Mapping[str, Any]) -> None:
    """What the picked event changed: each field before and after."""
    before, after = (json.loads(event[side]) if isinstance(event[side], str) else {} for side in ("before", "after"))
    with st.container(border=True):
        thing = f"{acts.thing_of(event['subject'])} {event['subject_id']}"
        st.subheader(f"{plain(acts.words_of(event['act']))} · {plain(thing)}", anchor=False)
        st.markdown(f"{plain(event['person'])}, {text.moment(event['at'])}. {plain(event['reason'])}")
        rows = [(name, _words(before.get(name)), _words(after.get(name))) for name in sorted({*before, *after})]
        if rows:
            tables.printed(pd.DataFrame(rows, columns=["Detail", "Before", "After"]), alt="Before and after")


def _words(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


opened = open_screen("Audit trail", READ_AUDIT, answer="Who did what to which thing, and when?")
with filters.row():
    sought = filters.words("Search", key="audit_q", placeholder="Person, act, thing, reason")
    thing = filters.one_of("Thing", list(acts.THINGS), key="audit_subject", shown=acts.thing_of)
    thing_id = filters.words("Its id", key="audit_id", width=190)
chosen = filters.chosen_period()
number = tables.page_number("audit_page")
found = read(
    queries.audit_events,
    text=sought,
    acts=acts.meant(sought),
    subject=thing or "",
    subject_id=thing_id,
    since=text.midnight(chosen.starts_on),
    until=text.midnight(chosen.ends_before),
    page=number,
    size=tables.PAGE_SIZE,
)
if found.total:
    columns = {"at": tables.moment("When")} | COLUMNS
    rows = found.rows.assign(
        what=[acts.words_of(act) for act in found.rows["act"]],
        thing=[acts.thing_of(subject) for subject in found.rows["subject"]],
    )
    event = tables.pick(rows, columns, alt="Audit events", key="audit")
    tables.pager("audit_page", total=found.total, page=number, noun="event")
    if event is not None:
        detail(event)
else:
    empty(f"Nothing was recorded in {text.period(chosen)} that fits.", "Choose a longer period or clear the filters.")
