"""The search of every screen: answers appear while typing, each saying what matched, and only they are drawn again."""

from __future__ import annotations

import streamlit as st

from pages._ui import menu, state, text
from pages._ui.frame import me, plain, read
from services.access.model import Principal
from services.search import queries
from services.search.model import Hit, Source
from services.search.scoring import SURE
from services.texts import seen

CUSTOMER = "customers/customer.py"
INVOICE = "billing/invoice.py"
LIST = "customers/customers.py"
ICONS = {
    Source.CUSTOMER: ":material/person:",
    Source.INVOICE: ":material/request_quote:",
    Source.NUMBER: ":material/dialpad:",
    Source.CARD: ":material/credit_card:",
}
_RECORDS = 3
# under the words of the link, not under its icon; blanks alone would be cut off
_INDENT = "\N{WORD JOINER}\N{EM SPACE}\N{EN SPACE}"
_PLACEHOLDER = "Customer, number, invoice…"


def draw(by: Principal) -> None:
    """The box at the head of the sidebar."""
    if menu.may_open(by, LIST):
        _box(by, state.SEARCH)


@st.dialog("Search", width="medium", icon=":material/search:")
def as_dialog(by: Principal) -> None:
    """The same in the middle of the screen, which a key opens from anywhere with the cursor in the box."""
    _asked(by, state.SEARCH_DIALOG)


@st.fragment
def _box(by: Principal, key: str) -> None:
    _asked(by, key)


def _asked(opened_by: Principal, key: str) -> None:
    typed = st.text_input(
        "Search customers, numbers, invoices and cards",
        key=key,
        type="search",
        live=True,
        icon=":material/search:",
        placeholder=_PLACEHOLDER,
        label_visibility="collapsed",
    )
    sought = seen(typed or "").strip()
    if sought:
        if me() != opened_by:  # only this fragment runs while somebody types, so it asks again who is there
            st.rerun()
        answer(opened_by, sought, key)


def answer(by: Principal, sought: str, key: str) -> None:
    """The best answers as links, and the way to all of them."""
    hits = read(queries.find, text=sought)
    with st.container(gap="xxsmall"):
        for hit in hits:
            _link(by, hit)
        said = f"{text.count(len(hits), 'answer')}, the best first" if hits else f"Nothing like “{plain(sought)}”"
        st.caption(said)
    if st.button("All in Customers", type="tertiary", icon=":material/groups:", shortcut="Alt+Enter", key=f"{key}_all"):
        st.switch_page(str(menu.PAGES / LIST), query_params={"q": sought})


def records(by: Principal, sought: str) -> None:
    """Links to the invoices and numbers a text names, for a list that shows their customers."""
    named = [hit for hit in read(queries.find, text=sought) if hit.record.source is not Source.CUSTOMER]
    sure = [hit for hit in named if hit.score >= SURE]
    with st.container(gap="xxsmall"):
        for hit in (sure or named)[:_RECORDS]:
            _to(by, hit, f"{hit.name} · {hit.reason}")


def _link(by: Principal, hit: Hit) -> None:
    """An answer in the narrow sidebar: the name, and under it what matched where that is not the name."""
    if hit.matched.kind.column == "name":
        _to(by, hit, f"{hit.name} · {hit.account_id}")
    else:
        _to(by, hit, hit.name)
        st.caption(f"{_INDENT}{plain(hit.reason)}")


def _to(by: Principal, hit: Hit, label: str) -> None:
    record, customer = hit.record, str(hit.record.customer_id)
    icon = ICONS[record.source]
    if record.source is Source.INVOICE and menu.may_open(by, INVOICE):
        menu.link(by, INVOICE, label, icon=icon, id=str(record.record_id))
    elif record.source is Source.NUMBER:
        menu.link(by, CUSTOMER, label, icon=icon, id=customer, customer_view="Numbers")
    elif record.source is Source.CARD:
        menu.link(by, CUSTOMER, label, icon=icon, id=customer, customer_view="Cards")
    else:
        menu.link(by, CUSTOMER, label, icon=icon, id=customer)
