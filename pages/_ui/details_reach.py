"""What a change of invoice details reaches, before it is made: every paper with before and after, then the choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import invoice_parts, menu, state, tables, text, working
from pages._ui.frame import plain, read
from services.access.model import Principal
from services.customers.model import Customer, InvoiceDetails
from services.db.engine import Database
from services.invoices.changing import carry_out
from services.invoices.judging import elsewhere
from services.invoices.model import CREDIT_INVOICE
from services.invoices.presentation import Changed, Paper, Reached
from services.invoices.queries.versions import reached

LABELS = {
    "company_name": "Company name",
    "address": "Address",
    "business_id": "Business id",
    "email": "Invoices go to",
    "contact_name": "Contact person",
    "contact_phone": "Contact's phone",
    "language": "Language",
    "po_number": "Order number",
}
ALL, SOME, NONE = "All of them", "Only some", "None: only invoices from now on"
_TALL = 12  # rows that fit before the grid scrolls
_COLUMNS: dict[str, Any] = {
    "number": tables.words("Paper", width=120),
    "issued_on": tables.day("Issued", width=90),
    "state": tables.words("Status", width=85),
    "mark": tables.words("Mind", width=110),
    "becomes": tables.words("Becomes", width=75),
    "before": tables.words("Shows now", width=178),
    "after": tables.words("Would show", width=178),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Details somebody typed and has not decided on yet, with the version they were typed over.

    Without details only the order number of invoices already issued is to change.
    """

    details: InvoiceDetails | None
    reason: str
    expected_version: int | None
    po_number: str | None = None

    @property
    def what(self) -> str:
        """What changes, in words."""
        return "details" if self.details else "order number"


def key_of(customer: Customer) -> str:
    """Where what is wanted of this customer is kept until it is decided."""
    return f"details_wanted_{customer.id}"


def draw(by: Principal, customer: Customer, wanted: Wanted) -> None:
    """The reach of a change, the papers to choose, and its progress once it is begun."""
    kind = f"details of customer {customer.id}"
    if (work := working.found(kind)) and not work.ended:
        working.watch(work)
        st.caption("Nothing is changed until all of it is drawn; then it is kept at once. You may go on working.")
        return
    if work and work.by == by:
        working.put_away(kind)
        if _ended(work, customer, wanted):
            return
    found = read(reached, customer_id=customer.id, details=wanted.details, po_number=wanted.po_number)
    free, held = [each for each in found if not each.refusal], [each for each in found if each.refusal]
    st.markdown(_said(free, wanted))
    _by_field(free)
    chosen = _choose(free, alone=wanted.details is None)
    if held:
        _blocked(by, held)
    if wanted.details and (moved := elsewhere(wanted.details, customer)):
        st.warning(plain(moved), icon=":material/public:")
    send = bool(chosen) and st.checkbox(
        f"E-mail the corrected {'copy' if len(chosen) == 1 else 'copies'}",
        key=f"details_send_{customer.id}",
        help="Each to the address it prints, through the outbox.",
    )
    with st.container(horizontal=True):
        if st.button(
            _label(chosen, wanted),
            type="primary",
            icon=":material/published_with_changes:",
            disabled=not chosen and wanted.details is None,
        ):
            task = partial(
                _carry_out, customer_id=customer.id, wanted=wanted, papers=chosen, on=text.today(), send=send
            )
            working.begin(kind, f"Changing {text.count(len(chosen), 'paper')}", task)
            st.rerun()
        st.button("Back", on_click=lambda: st.session_state.pop(key_of(customer), None))


def _label(chosen: Sequence[Paper], wanted: Wanted) -> str:
    papers = f"Change {text.count(len(chosen), 'paper')}"
    if wanted.details is None:
        return papers
    return f"{papers} and what comes" if chosen else "Change what comes"


def _carry_out(
    database: Database,
    by: Principal,
    tell: working.Tell,
    *,
    customer_id: int,
    wanted: Wanted,
    papers: Sequence[Paper],
    on: date,
    send: bool,
) -> Changed:
    return carry_out(
        database,
        by=by,
        customer_id=customer_id,
        details=wanted.details,
        reason=wanted.reason,
        expected_version=wanted.expected_version,
        for_customer=wanted.details is not None,
        po_number=wanted.po_number,
        papers=papers,
        on=on,
        send=send,
        progress=tell,
    )


def _ended(work: working.Work, customer: Customer, wanted: Wanted) -> bool:
    """Tell what came of it; whether the change is made, and the form is shown again."""
    if isinstance(work.result, Changed):
        papers = f" {text.count(len(work.result.papers), 'paper')} issued anew." if work.result.papers else ""
        state.tell(f"The invoice details are saved.{papers}" if wanted.details else papers.strip())
        st.session_state.pop(key_of(customer), None)
        st.rerun()
    said = work.bug or plain(str(work.refusal))
    st.error(f"Nothing was changed. {said}", icon=":material/error:")
    return False


def _said(free: Sequence[Reached], wanted: Wanted) -> str:
    """How far it reaches, in one line."""
    if not free:
        return "No paper already issued changes; invoices issued from now on print the new details."
    paid = sum(each.is_paid for each in free)
    closed = sum(each.in_closed_month for each in free)
    minds = [f"{paid} paid" if paid else "", f"{closed} of closed months" if closed else ""]
    marked = f" ({', '.join(filter(None, minds))})" if any(minds) else ""
    return (
        f"**{text.count(len(free), 'paper')} already issued** would show the new {wanted.what}{marked}."
        " Number, dates, amounts and tax stay; the copies given out so far are kept."
    )


def _by_field(free: Sequence[Reached]) -> None:
    """Each difference once, with how many papers have it."""
    counted = Counter((field, before, after) for each in free for field, (before, after) in each.changes.items())
    rows = [
        (LABELS[field], _line(before), _line(after), number)
        for (field, before, after), number in sorted(counted.items(), key=lambda one: list(LABELS).index(one[0][0]))
    ]
    if rows:
        frame = pd.DataFrame(rows, columns=["Field", "Now", "Then", "Papers"])
        tables.printed(frame, alt="What changes, field by field")


def _choose(free: Sequence[Reached], *, alone: bool) -> list[Paper]:
    if not free:
        return []
    choices = (SOME, ALL) if alone else (ALL, SOME, NONE)  # an order is mostly for one invoice
    choice = st.radio("Which papers change?", choices, horizontal=True, key=f"details_which_{alone:d}")
    frame = pd.DataFrame([_row(each) for each in free])
    height = "auto" if len(free) <= _TALL else 460
    if choice == SOME:
        ticked = tables.pick_some(frame, _COLUMNS, alt="Papers to choose", key="details_papers", height=height)
        return [free[place].paper for place in ticked]
    tables.show(frame, _COLUMNS, alt="Papers that would change", key="details_reached", height=height)
    return [each.paper for each in free] if choice == ALL else []


def _row(each: Reached) -> dict[str, object]:
    marks = ["paid" if each.is_paid else "", "closed month" if each.in_closed_month else ""]
    return {
        "number": each.number,
        "issued_on": each.issued_on,
        "state": invoice_parts.WORDS.get(each.status, each.status.capitalize()),
        "mark": ", ".join(filter(None, marks)),
        "becomes": f"version {each.version + 1}",
        "before": " · ".join(_line(before) or "nothing" for before, _ in each.changes.values()),
        "after": " · ".join(_line(after) or "nothing" for _, after in each.changes.values()),
    }


def _blocked(by: Principal, held: Sequence[Reached]) -> None:
    """Papers that may not change, why, and the way to credit and reissue."""
    way = "Credit and reissue" if by.may(CREDIT_INVOICE) else "Ask accounting to credit and reissue"
    st.markdown(f"**{text.count(len(held), 'paper')} cannot change.** {way} instead:")
    with st.container(border=True, height=180 if len(held) > 3 else "content"):  # noqa: PLR2004 - rows before it scrolls
        for each in held:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"{each.number}: {plain(each.refusal)}", width="stretch")
                parameters = {"id": str(each.invoice_id), "act": "credit"}
                if by.may(CREDIT_INVOICE):
                    menu.link(by, "billing/invoice.py", "Credit and reissue", icon=":material/undo:", **parameters)


def _line(words: str) -> str:
    return words.replace("\n", ", ")
