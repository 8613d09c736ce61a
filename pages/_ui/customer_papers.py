"""What a customer is given: the statement of account as a file, and the answer to paste into a ticket."""

from __future__ import annotations

import streamlit as st

from pages._ui import downloads, text
from pages._ui.customer_details import LANGUAGES
from pages._ui.frame import me, plain, read
from services.access.model import Principal
from services.customers.model import Customer
from services.errors import Refused
from services.periods import Period
from services.reporting import exports
from services.reporting.answer import answer, facts_for
from services.reporting.exports import ExportTable
from services.reporting.statement import Statement, details_of, statement
from services.reporting.statement_files import statement_pdf, statement_table

_SHORT = 800  # lines of a statement whose pages are drawn without being asked for


def statement_menu(customer: Customer, period: Period) -> None:
    """The Statement button: the period's statement in the language of the customer's documents, or the other one."""
    _statement(customer, period, me())


@st.fragment
def _statement(customer: Customer, period: Period, opened_by: Principal) -> None:
    with st.popover("Statement", icon=":material/download:", key="statement", on_change="rerun") as opened:
        if not opened.open:
            return
        if me() != opened_by:  # only this fragment runs when the menu opens, so it asks again who is there
            st.rerun()
        st.caption(f"Statement of account, {text.period(period)}")
        language = _language(customer, "statement_language")
        with st.spinner("Making the files…"):
            found = read(statement, customer_id=customer.id, period=period, language=language)
            table = statement_table(found)
            contents = {"csv": exports.csv(table), "xlsx": exports.xlsx(table)}
        if len(found.lines) <= _SHORT or st.button("Make PDF", key="statement_make", width="stretch"):
            _offer_pdf(found, table)
        for ending, content in contents.items():
            downloads.offer(found.name, ending, content, table, key=f"statement_{ending}")
        st.caption("Hidden fees are in it as one line, “Other charges”.")


def _offer_pdf(found: Statement, table: ExportTable) -> None:
    try:
        content = statement_pdf(found)
    except Refused as refusal:
        st.error(plain(f"No PDF: {refusal}"), icon=":material/error:")
    else:
        downloads.offer(found.name, "pdf", content, table, key="statement_pdf")


def answer_button(customer: Customer, period: Period) -> None:
    """The Answer card button, which opens the text for a ticket."""
    if st.button("Answer card", icon=":material/forum:", shortcut="Alt+A"):
        _answer(customer, period)


@st.dialog("Why is my balance this?", width="medium", icon=":material/forum:")
def _answer(customer: Customer, period: Period) -> None:
    language = _language(customer, "answer_language")
    facts = read(facts_for, customer_id=customer.id, period=period, today=text.today())
    st.code(answer(facts, language), language=None, wrap_lines=True)
    st.caption("Copy it with the button at its top right. Hidden fees are in it as “Other charges”, never by name.")


def _language(customer: Customer, key: str) -> str:
    """English or French, at first the language of the customer's documents."""
    spoken = list(LANGUAGES)
    own = spoken.index(read(details_of, owner=customer).language)
    chosen = st.radio(
        "Language", spoken, index=own, key=f"{key}_{customer.id}", horizontal=True, label_visibility="collapsed",
        format_func=lambda code: LANGUAGES[code],
    )  # fmt: skip
    return str(chosen or spoken[own])
