"""Postpaid: who asks to pay afterwards, who decides, and how each commitment stands against its minimum."""

from __future__ import annotations

import streamlit as st

from pages._ui import (
    application_form,
    commitment_parts,
    downloads,
    filters,
    postpaid_parts,
    postpaid_words,
    tables,
    text,
)
from pages._ui.frame import empty, open_screen, read
from services.postpaid import queries
from services.postpaid.application import ApplicationStatus
from services.postpaid.model import APPLY, SEE_POSTPAID

APPLICATIONS, COMMITMENTS = "Applications", "Commitments"

opened = open_screen("Postpaid", SEE_POSTPAID, answer="Who may pay afterwards, and is each commitment kept?")
view = filters.views("View", [APPLICATIONS, COMMITMENTS], key="postpaid_view")


def applications() -> None:
    """Those that wait first, each with whose turn it is."""
    with filters.row():
        status = filters.one_of(
            "State",
            [each.value for each in ApplicationStatus],
            key="postpaid_status",
            everything="Not decided yet",
            shown=postpaid_words.WORDS.__getitem__,
        )
    page = tables.page_number("postpaid_page")
    wanted = {"status": ApplicationStatus(status) if status else None, "open_only": status is None}
    found = read(queries.applications_page, **wanted, page=page, size=tables.PAGE_SIZE)
    with opened.acts:
        with st.container(width="content"):
            downloads.menu("postpaid applications", lambda: postpaid_parts.export(opened.by, wanted, status))
        if opened.by.may(APPLY) and st.button(
            "New application", type="primary", icon=":material/add:", shortcut="Alt+Q"
        ):
            application_form.new_application()
    if found.total:
        postpaid_parts.listed(found.rows)
        tables.pager("postpaid_page", total=found.total, page=page, noun="application")
        st.caption("Pick a row to see the customer’s year, and to recommend or decide.")
    elif status:
        empty("No application stands there.", "Choose another state.")
    else:
        empty("Nobody waits for a decision.", "Support and accounting open applications with New application.")


def commitments() -> None:
    """Those that run, the ones most at risk of falling short first."""
    with filters.row():
        chosen = {
            "expiring": filters.switch("Ends within 90 days", key="postpaid_expiring"),
            "stopped": filters.switch("Stopped", key="postpaid_stopped"),
            "every": filters.switch("Ended ones too", key="postpaid_every"),
        }
    today, page = text.today(), tables.page_number("postpaid_commitments_page")
    found = commitment_parts.standing(today, page=page, **chosen)
    with opened.acts, st.container(width="content"):
        downloads.menu("commitments", lambda: commitment_parts.export(opened.by, today, **chosen))
    if not found.total:
        if any(chosen.values()):
            empty("No commitment fits.", "Turn a switch off to see the others.")
        else:
            empty("No commitment runs.", "An approved application becomes one when its signed contract is kept.")
        return
    commitment_parts.listed(found.rows)
    tables.pager("postpaid_commitments_page", total=found.total, page=page, noun="commitment")
    st.caption(
        "Those most at risk stand first: past a mark of the credit limit, then furthest behind the month’s minimum, day"
        " for day. Pick a row for its months, its meters and what can be done."
    )


if view == APPLICATIONS:
    applications()
else:
    commitments()
