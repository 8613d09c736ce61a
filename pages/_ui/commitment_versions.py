"""The contract of a commitment in its drawer: every version with who agreed to it, its files, and how it ends."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from pages._ui import tables, text
from pages._ui.frame import plain, read
from services.postpaid import queries
from services.postpaid.changing import change_waits
from services.postpaid.commitment import Terms
from services.postpaid.consuming import exposure
from services.postpaid.model import Commitment


def contract(found: Commitment) -> bool:
    """What each version says, newest first, and how it came about; then the signed files, and the end."""
    waiting(found)
    kept = read(queries.versions_kept, commitment_id=found.id)
    for terms, made in reversed(list(zip(found.contract.versions, kept, strict=True))):
        st.markdown(f"**Version {made.version}**, from {text.day(terms.effective_on)}")
        agreed = f", agreed by {made.agreed_by}" if made.agreed_by else ""
        st.caption(plain(f"{made.reason}; {made.made_by} on {text.moment(made.made_at)}{agreed}"))
        rows = said(terms)
        tables.printed(pd.DataFrame(rows, columns=["What", "Says"]), alt=f"Version {made.version}", hide_header=True)
    for each in read(queries.files_of, application_id=found.application_id):
        content = read(queries.file_content, file_id=each.id)
        st.download_button(plain(each.name), content, file_name=each.name, key=f"contract_{each.id}", on_click="ignore")
    _end(found)
    return False


def waiting(found: Commitment) -> bool:
    """Say that a change waits for a manager, if one does."""
    asked = read(change_waits, commitment_id=found.id)
    for number, summary in asked:
        st.info(
            plain(f"{summary}: waits for a manager under Approvals (request {number})."), icon=":material/hourglass:"
        )
    return bool(asked)


def said(terms: Terms) -> list[tuple[str, str]]:
    """What a version says, in words."""
    worth = f"{text.money(terms.aud)} at {terms.rate.normalize():f} of {text.day(terms.rate_on)}"
    abroad = terms.aud.currency != terms.minimum.currency
    return [
        ("A month", text.money(terms.minimum)),
        *([("Worth, frozen at signature", worth)] if abroad else []),
        ("Last day of the term", text.day(terms.ends_before - timedelta(days=1))),
        ("Shortfall billed", terms.true_up.label),
        ("Credit limit", f"{text.money(terms.credit_limit)}; {terms.at_limit.label.lower()}"),
        ("Payment, notice", f"{terms.payment_days} days, {terms.notice_days} days"),
    ]


def _end(found: Commitment) -> None:
    """When the customer is prepaid again, and what is settled then."""
    owed = read(exposure, customer_id=found.customer_id, currency=found.currency)
    left = f"{text.money(owed.rounded())} is owed before tax now" if owed else "nothing is owed now"
    if found.ended_at:
        st.caption(f"Prepaid again since {text.moment(found.ended_at)}; {left}. What invoices ask for stays owed.")
        return
    day = found.contract.days.ends_before
    rest = ""
    if found.contract.left_before:
        settled = "billed with it" if found.charges_rest else "not billed"
        rest = f", and what is left of the commitment is {settled} ({found.left_reason})"
    st.caption(
        plain(
            f"From {text.day(day)} the customer is prepaid again, once {day - timedelta(days=1):%B %Y} is billed"
            f"{rest}; {left}. What invoices ask for stays owed, and credit left stays on the account."
        )
    )
