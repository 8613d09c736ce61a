"""Where a dropped file cannot simply be imported: days are missing before it, or it is of an account nobody knows."""

from __future__ import annotations

import re

import streamlit as st

from pages._ui.forms import Form
from pages._ui.frame import plain, read
from services.banking.holding import hold_statement
from services.banking.model import NO_CURRENCY, Preview, Statement
from services.company import queries as company
from services.company.model import BankAccount
from services.company.registering import request_bank_account

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")


def days_missing(found: Preview, *, name: str, content: bytes, bank_account: str | None, accept_untied: bool) -> None:
    """Which days are missing, and both ways out: the statement of those days first, or another person's word."""
    for sentence in found.missing:
        st.error(plain(sentence), icon=":material/event_busy:")
    if found.held:
        st.info("The file waits for another person, who decides under Approvals.", icon=":material/hourglass_top:")
        return
    st.caption("Import the statement of those days first. Where the bank has none, ask another person to accept it.")
    form = Form("hold_bank_file")
    with form.drawn():
        reason = form.text("reason", "Why it is right although days are missing", max_chars=500)
        sent = st.form_submit_button("Ask another person to accept it", icon=":material/approval:")
    told = "Asked for. The file is kept, and imported once another person accepts it under Approvals."
    facts = {"name": name, "content": content, "bank_account": bank_account, "accept_untied": accept_untied}
    if sent and form.act(hold_statement, told=told, reason=reason, **facts):
        st.rerun()


def register(said: Statement) -> None:
    """The account a statement names, ready to be registered as one more of ours."""
    with st.expander("It is a new account of ours", icon=":material/account_balance:"):
        form = Form("register_bank_account")
        known = re.sub(r"[^A-Z0-9]", "", said.account.upper())
        is_iban = bool(_IBAN.fullmatch(known))
        with form.drawn(border=False):
            left, right = st.columns(2)
            with left:
                code = form.text("code", "Short name", _free_code(said.currency), max_chars=32)
                bank = form.text("bank", "Bank", max_chars=120)
                iban = form.text("iban", "IBAN", known if is_iban else "", max_chars=42)
            with right:
                currency = form.text("currency", "Currency", "" if said.currency == NO_CURRENCY else said.currency)
                holder = form.text("holder", "Account holder", read(company.company).name, max_chars=120)
                number = form.text("number", "Number in statements", "" if is_iban else said.account, max_chars=60)
            reason = form.text("reason", "What the account is for", max_chars=500)
            sent = st.form_submit_button("Ask for approval", type="primary", icon=":material/approval:")
        lines = tuple((label, value) for label, value in (("IBAN", iban), ("Account", number)) if value)
        account = BankAccount(code, currency.upper(), holder, bank, lines, iban=iban, number=number)
        told = f"Asked for. Once another person approves {code}, drop the file again: it will know its account."
        if sent and form.act(request_bank_account, told=told, account=account, reason=reason):
            st.rerun()


def _free_code(currency: str) -> str:
    taken = {each.code for each in read(company.bank_accounts)}
    stem = "account" if currency == NO_CURRENCY else currency.lower()
    return next(
        code for code in (stem, *(f"{stem}-{place}" for place in range(2, len(taken) + 3))) if code not in taken
    )
