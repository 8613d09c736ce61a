"""One postpaid application at the right of its list: the customer's year, questions, files, and what can be done."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages._ui import (
    application_acts,
    application_letters,
    application_parts,
    cached,
    drawer,
    menu,
    postpaid_words,
    text,
)
from pages._ui.frame import me, plain, read
from services.access.model import Principal
from services.customers.queries import customer as customer_by_id
from services.postpaid import queries
from services.postpaid.application import Application, ApplicationStatus
from services.postpaid.model import APPLY, DECIDE, RECOMMEND, SIGN

_YEAR, _FILES, _LETTERS, _ASK, _ANSWER = "The year", "Files", "Letters", "Ask", "Answer"
_RECOMMEND, _DECIDE, _SIGN, _WITHDRAW = "Recommend", "Decide", "Sign", "Withdraw"
_MORE = "Ask for more"


def show(application_id: int, *, key: str) -> None:
    """Open the drawer on an application; `key` is the grid's, whose row is let go of when it closes."""
    title = f"Postpaid application {application_id}"
    draw = st.dialog(title, position="right", width="large", on_dismiss=lambda: drawer.dismissed(key))
    draw(drawn)(application_id, key)


def drawn(application_id: int, key: str) -> None:
    """What the drawer holds."""
    by = me()
    found = read(queries.application, application_id=application_id)
    owner = read(customer_by_id, customer_id=found.customer_id)
    badge = postpaid_words.badge(found.status)
    st.badge(badge.words, color=badge.colour)
    asked = f"**{text.money(found.asked.minimum)}** a month for {found.asked.months} months"
    st.markdown(f"{asked}, credit limit {text.money(found.asked.limit)}; opened by {plain(found.opened_by)}.")
    menu.link(by, drawer.CUSTOMER, owner.name, icon=":material/person:", id=str(owner.id))
    st.markdown(f"> {plain(found.note)}".replace("\n", "  \n> "))
    _judgements(found)
    application_parts.asked(found)
    if (signed := _signed(found)) is not None:
        st.caption(f"Signed: it runs as commitment {signed}, listed under Commitments.")
    view = st.radio(
        "What to do",
        _possible(by, found),
        horizontal=True,
        label_visibility="collapsed",
        key=f"application_view_{found.id}_{found.status}",
    )
    if _VIEWS[str(view)](found):
        cached.forget()
        drawer.dismissed(key)
        st.rerun()


def _possible(by: Principal, found: Application) -> list[str]:
    """The views this person can use now, the customer's year first."""
    status = found.status
    offered = [(_YEAR, True), (_FILES, True), (_LETTERS, application_letters.are_any(found))]
    to_recommend = status in {ApplicationStatus.OPEN, ApplicationStatus.RECOMMENDED}
    offered += [
        (_ANSWER, status is ApplicationStatus.WAITING and by.may(APPLY)),
        (_RECOMMEND, to_recommend and by.may(RECOMMEND)),
        (_ASK, status in {ApplicationStatus.OPEN, ApplicationStatus.WAITING} and by.may(RECOMMEND)),
        (_DECIDE, status in {ApplicationStatus.RECOMMENDED, ApplicationStatus.DECIDING} and by.may(DECIDE)),
        (_MORE, status is ApplicationStatus.RECOMMENDED and by.may(DECIDE)),
        (_SIGN, status is ApplicationStatus.APPROVED and by.may(SIGN) and not _signed(found)),
        (_WITHDRAW, status.is_open and status is not ApplicationStatus.DECIDING and by.may(APPLY)),
    ]
    return [name for name, possible in offered if possible]


def _signed(found: Application) -> int | None:
    return read(queries.signed_from, application_id=found.id)


def _judgements(found: Application) -> None:
    """What accounting recommended and a manager decided, with their reasons."""
    rows = []
    for what, said in (("Recommended", found.recommended), ("Decided", found.decided)):
        if said:
            terms = f"{text.money(said.terms.minimum)} a month, limit {text.money(said.terms.limit)}"
            agreed = f", agreed by {found.agreed_by}" if what == "Decided" and found.agreed_by else ""
            rows.append((f"{what}: {said.verdict}", f"{said.by}{agreed}", terms, said.reason))
    if rows:
        application_parts.judged(pd.DataFrame(rows, columns=["What", "Who", "Terms", "Why"]))
    if found.decided and found.decided.conditions:
        st.caption(f"Conditions: {plain(found.decided.conditions)}")


_VIEWS: dict[str, Callable[[Application], bool]] = {
    _YEAR: application_parts.year,
    _FILES: application_acts.files,
    _LETTERS: application_letters.letters,
    _ASK: application_acts.ask,
    _MORE: application_acts.ask,
    _ANSWER: application_acts.answer,
    _RECOMMEND: application_acts.recommendation,
    _DECIDE: application_acts.decision,
    _SIGN: application_acts.signature,
    _WITHDRAW: application_acts.withdrawal,
}
