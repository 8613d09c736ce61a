"""Approvals: what waits for a second person, with everything needed to decide, and what was decided."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import streamlit as st

from pages._ui import filters, tables, text
from pages._ui.forms import Form
from pages._ui.frame import Screen, empty, open_screen, plain, read
from services.access import approvals, queries
from services.access.model import SEE_APPROVALS
from services.money import Money
from services.wiring.approvals import ACTS

WAITING, DECIDED = "Waiting", "Decided"
CARDS = 10


def waiting(screen: Screen) -> None:
    """The requests that wait, oldest first, each with its own form."""
    page = tables.page_number("approvals_page")
    found = read(queries.approvals, waiting=True, page=page, size=CARDS)
    if not found.total:
        empty("Nothing waits for a second person.", "What was decided is under “Decided”.")
        return
    for request in found.rows.to_dict("records"):
        with st.container(border=True):
            facts(request)
            decision(screen, request)
    tables.pager("approvals_page", total=found.total, page=page, noun="request", size=CARDS)


def facts(request: dict[Any, Any]) -> None:
    """What is asked, by whom, why, and exactly what would change."""
    amount = tables.exact(request["amount_micros"])
    said = "" if amount is None else text.money(Money(int(amount), request["currency"]))
    of = f" · {said}" if said and said not in request["summary"] else ""  # most summaries name the amount themselves
    st.subheader(plain(request["summary"]) + of, anchor=False)
    asked = text.moment(request["requested_at"])
    st.markdown(f"{plain(request['requester'])}, {asked}: {plain(request['reason'])}")
    payload = json.loads(request["payload"])
    changes, present = payload.get("changes"), payload.get("present", {})
    if isinstance(changes, dict):
        before = {"When asked": [_words(present.get(name, "")) for name in changes]} if present else {}
        new = {"New": [_words(value) for value in changes.values()]}
        tables.printed({"Detail": [*map(_label, changes)], **before, **new}, alt="What would change")


def decision(screen: Screen, request: dict[Any, Any]) -> None:
    """Approve or decline, or withdraw one's own; the service decides who may."""
    number = int(request["id"])
    own = tables.exact(request["requested_by"]) == screen.by.person_id
    form = Form(f"approval_{number}")
    with form.drawn(border=False):
        reason = form.text("reason", "Reason", placeholder="Needed to decline", max_chars=500)
        with st.container(horizontal=True):
            approve = not own and st.form_submit_button("Approve", type="primary", icon=":material/check:")
            decline = not own and st.form_submit_button("Decline", icon=":material/close:")
            withdraw = own and st.form_submit_button("Withdraw", icon=":material/undo:")
    if own:
        st.caption("You asked for this yourself, so another person has to decide.")
    done: object = None
    if approve:
        done = form.act(approvals.approve, told="Approved and done.", approval_id=number, acts=ACTS, reason=reason)
    if decline:
        done = form.act(approvals.decline, told="Declined.", approval_id=number, acts=ACTS, reason=reason)
    if withdraw:
        done = form.act(approvals.withdraw, told="Withdrawn.", approval_id=number, reason=reason)
    if done:
        st.rerun()


def decided() -> None:
    """The requests that ended, newest first."""
    page = tables.page_number("approvals_decided_page")
    found = read(queries.approvals, waiting=False, page=page, size=tables.PAGE_SIZE)
    if not found.total:
        empty("Nothing has been decided yet.")
        return
    columns = {
        "decided_at": tables.moment("Decided"),
        "summary": tables.words("Request", width="large"),
        "decision": tables.words("Decision"),
        "decider": tables.words("By"),
        "decision_reason": tables.words("Reason"),
        "requester": tables.words("Requested by"),
        "requested_at": tables.moment("Requested"),
    }
    tables.show(found.rows, columns, alt="Decided requests", key="approvals_decided")
    tables.pager("approvals_decided_page", total=found.total, page=page, noun="request")


def _label(name: str) -> str:
    said = name.replace("_", " ")
    return said[:1].upper() + said[1:]


def _words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(": ".join(map(str, part)) if isinstance(part, list) else str(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    try:
        return text.day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


opened = open_screen("Approvals", SEE_APPROVALS, answer="What waits for a second person, and what was decided?")
view = filters.views("Show", [WAITING, DECIDED], key="approvals_view")
if view == DECIDED:
    decided()
else:
    waiting(opened)
