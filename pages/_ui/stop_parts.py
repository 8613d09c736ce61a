"""What stops a customer on screen, whatever rule did it: one line on Home with who is near, one warning a cause."""

from __future__ import annotations

import streamlit as st

from pages._ui import cached, dunning_words, menu, text
from pages._ui.frame import plain, read
from services.access.model import Principal, Role
from services.customers.stopping import DISPUTED, UNPAID, Stop, stopped, stops_of
from services.postpaid.queries.limits import CAUSE, near_limit

_HOME = {Role.ACCOUNTING, Role.MANAGER, Role.ADMIN}


def on_home(by: Principal) -> None:
    """For accounting and managers: how many customers are near their limit or stopped, and by what; else nothing."""
    if by.role not in _HOME:
        return
    close, held = cached.read(near_limit), cached.read(stopped)
    said = []
    if close:
        said.append(f"{text.count(close, 'customer')} owe{'s' if close == 1 else ''} 80 % or more of the credit limit.")
    if held:
        said.append(_counted(list(held.values())))
    if said:
        with st.container(border=True, gap="xsmall"):
            icon = ":material/front_hand:" if held else ":material/speed:"
            st.markdown(f":orange[{icon} {' '.join(said)}]")
            _links(by, near=close > 0, causes={each.cause for stops in held.values() for each in stops})


def warn_customer(customer_id: int) -> None:
    """On the customer's screen: why nothing new is set up, if so; a line a cause."""
    for each in read(stops_of, customer_id=customer_id):
        said = f"Stopped since {text.moment(each.since)}: {each.why} Payments are taken as ever; nothing new is set up."
        st.warning(plain(said), icon=":material/front_hand:")


def _counted(held: list[list[Stop]]) -> str:
    causes = []
    by_cause = (
        (CAUSE, "at the credit limit"),
        (UNPAID, "for an unpaid debt"),
        (DISPUTED, "for a disputed card payment"),
    )
    for cause, words in by_cause:
        if many := sum(any(each.cause.startswith(cause) for each in one) for one in held):
            causes.append(f"{many} {words}")
    stand = "is" if len(held) == 1 else "are"
    return f"{text.count(len(held), 'customer')} {stand} stopped ({', '.join(causes)}): nothing new is set up."


def _links(by: Principal, *, near: bool, causes: set[str]) -> None:
    """To where each cause explains itself."""
    with st.container(horizontal=True):
        if near or CAUSE in causes:
            menu.link(
                by, "billing/postpaid.py", "Commitments", icon=":material/handshake:", postpaid_view="Commitments"
            )
        if UNPAID in causes:
            menu.link(by, dunning_words.DUNNING, "Dunning", icon=":material/notifications_active:")
        if any(cause.startswith(DISPUTED) for cause in causes):
            where = {"cards_view": "Charges", "charges_state": "Dispute open"}
            menu.link(by, "billing/cards.py", "Disputed charges", icon=":material/credit_card_off:", **where)
