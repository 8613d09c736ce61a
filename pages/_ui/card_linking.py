"""Linking a customer of the card processor's to one of ours by hand, beside what of a file waits for it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import cached, choosing, tables
from pages._ui.forms import Form, confirmed
from pages._ui.frame import plain, read
from services.cards.operations import link_by_hand
from services.cards.owners import links_of
from services.cards.queries.strangers import Stranger, strangers_of
from services.cards.told import mode_of_books, mode_words
from services.customers.model import Customer

TRIED, SEEN = "card_file_seen", "card_file_strangers"  # what is known of the file that lies there
_MODES = {True: "Live", False: "Test"}
_LINK = ":material/link:"


def found_in(content: bytes, file_id: str) -> list[Stranger]:
    """Whom the file names that nobody knows, looked up once while it lies there."""
    kept: tuple[str, list[Stranger]] | None = st.session_state.get(SEEN)
    if kept is not None and kept[0] == file_id:
        return kept[1]
    found = read(strangers_of, content=content)
    st.session_state[SEEN] = (file_id, found)
    return found


def offer(strangers: list[Stranger], *, livemode: bool | None) -> None:
    """What of the file waits for whom, and the button that opens the form."""
    several = len(strangers) > 1
    who = f"{len(strangers):,} customers of the processor's are" if several else "One customer of the processor's is"
    st.warning(f"{who} nobody of ours yet: what waits stays out until it is linked.", icon=":material/link_off:")
    _listed(strangers)
    if st.button("Say whose it is", icon=_LINK, key="card_link_waiting"):
        dialog(livemode, strangers)


def act() -> None:
    """The button for one whose id somebody has, without a file."""
    if st.button("Link a customer", icon=_LINK, key="card_link_one"):
        dialog(None, [])


@st.dialog("Link a customer of the card processor", icon=_LINK, width="medium")
def dialog(livemode: bool | None, strangers: list[Stranger]) -> None:  # noqa: FBT001 - the processor's own word
    """The form in a dialog of its own."""
    if ask(livemode, strangers):
        st.rerun()


def ask(livemode: bool | None, strangers: list[Stranger]) -> bool:  # noqa: FBT001 - the processor's own word
    """Which of theirs is which of ours, and how that is known; gives whether it was linked."""
    chosen = _whom(strangers) if strangers else None
    customer = choosing.pick_customer("card_link", label="Is our customer")
    if customer is None:
        st.caption("Find the customer first, by name, username or account id.")
        return False
    _known_as(customer)
    known = read(mode_of_books)
    mode = livemode if livemode is not None else known
    form = Form(f"card_link_{customer.id}")
    with form.drawn(border=False):
        external_id = chosen.external_id if chosen else form.text("external_id", "Processor's id", placeholder="cus_…")
        if mode is None:
            picked = form.choice("livemode", "Mode of the processor", list(_MODES), format_func=_MODES.__getitem__)
            mode = picked is not False
        reason = form.text("reason", "How you know", placeholder="Same e-mail and invoices, ticket 4711", max_chars=500)
        sure = confirmed(form.key("sure"), "This never changes: money will be posted by it")
        sent = st.form_submit_button("Link", type="primary", shortcut="Ctrl+Enter")
    if known is None:
        st.caption(f"These books hold nothing of the processor's yet: they will hold {mode_words(mode)} mode for good.")
    if sent and not sure:
        form.complain({}, "Tick that you are sure: a link never changes.")
        return False
    facts = {"external_id": external_id, "customer_id": customer.id, "livemode": mode, "reason": reason}
    if not sent or not form.act(link_by_hand, told=lambda name: f"{external_id} is {name}.", **facts):
        return False
    cached.forget()
    for kept in (TRIED, SEEN):
        st.session_state.pop(kept, None)
    return True


def _whom(strangers: list[Stranger]) -> Stranger:
    offered = {one.external_id: one for one in strangers}
    chosen: str = st.selectbox(
        "Customer of the processor's",
        list(offered),
        format_func=lambda external_id: _called(offered[external_id]),
        key=f"card_link_{len(offered)}_{strangers[0].external_id}",
    )
    st.caption(plain(f"Waits for it: {offered[chosen].words or 'only its customer object'}."))
    return offered[chosen]


def _known_as(customer: Customer) -> None:
    if known := read(links_of, customer_id=customer.id):
        st.caption(
            plain(f"{customer.name} is known to the processor as {', '.join(known)}; it may be several of theirs.")
        )


def _called(one: Stranger) -> str:
    return " · ".join(each for each in (one.external_id, one.name, one.email) if each)


def _listed(strangers: list[Stranger]) -> None:
    cells = {
        "external_id": [one.external_id for one in strangers],
        "name": [one.name for one in strangers],
        "email": [one.email for one in strangers],
        "waiting": [one.words for one in strangers],
    }
    columns = {
        "external_id": tables.words("Processor's id", width=190),
        "name": tables.words("Name there", width=170),
        "email": tables.words("E-mail there", width=200),
        "waiting": tables.words("Waits for it"),
    }
    tables.show(pd.DataFrame(cells), columns, alt="Customers of the processor that nobody knows", key="card_strangers")
