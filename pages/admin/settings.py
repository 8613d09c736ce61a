"""Settings: who we are on paper, and our bank accounts, whose change takes two people."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages._ui import ahead_caps, company_logo, tables, text
from pages._ui.forms import Form
from pages._ui.frame import OPEN, Badge, open_screen, plain, read
from pages._ui.places import country_name
from services.company import operations, queries
from services.company.model import CHANGE_BANK_ACCOUNT, CHANGE_GRACE, LONGEST_GRACE, BankAccount, Company


def profile(company: Company) -> None:
    """The company as papers print it."""
    st.subheader(plain(company.name), anchor=False)
    rows = [
        ("ABN", company.abn_text),
        ("Address", ", ".join(company.address)),
        ("E-mail", company.email),
        ("Telephone", company.phone),
        ("Website", company.website),
        ("Country", country_name(company.country)),
        (
            "Tax on prepaid credit arises",
            "when credit is bought"
            if company.tax_point == "topup"
            else "when credit is used: top-ups show no tax, and prices in Australia include it",
        ),
        (
            "GST of an invoice is payable",
            "as it is paid (cash basis)" if company.gst_on_receipt else "from its issue on (accrual basis)",
        ),
        ("Grace for unpaid number rental", text.count(company.rental_grace_days, "day") + " after the warning"),
        ("In force since", text.day(company.valid_from)),
    ]
    frame = pd.DataFrame([row for row in rows if row[1]], columns=["Setting", "Value"])
    tables.printed(frame, alt="The company", hide_header=True)


def details(account: BankAccount) -> list[tuple[str, str]]:
    """What there is to say about an account, without what is empty."""
    rows = [
        ("Account holder", account.holder),
        ("Bank", account.bank),
        *account.lines,
        ("IBAN", account.iban),
        ("BIC", account.bic),
        ("In statements", account.number),
        ("Details last changed", text.day(account.changed_on)),
        ("Changed by, approved by", " and ".join(name for name in (account.changed_by, account.approved_by) if name)),
    ]
    return [row for row in rows if row[1]]


@st.dialog("Ask for a change", icon=":material/edit:", width="medium")
def ask_for_change(account: BankAccount) -> None:
    """The form of a change: nothing changes before another person approves it."""
    st.caption(f"{plain(account.code)}, {account.currency}. Another person has to approve it before papers print it.")
    form = Form(f"bank_account_{account.code}")
    with form.drawn(border=False):
        holder = form.text("holder", "Account holder", account.holder, max_chars=120)
        bank = form.text("bank", "Bank", account.bank, max_chars=120)
        printed = "\n".join(f"{label}: {value}" for label, value in account.lines)
        lines = form.lines("lines", "Lines an invoice prints, each as “label: value”", printed)
        iban = form.text("iban", "IBAN", account.iban, max_chars=42)
        bic = form.text("bic", "BIC", account.bic, max_chars=11)
        number = form.text("number", "Number in statements", account.number, max_chars=60)
        active = form.tick("active", "Customers may pay into it", value=account.active)
        reason = form.text("reason", "Reason", max_chars=500)
        sent = st.form_submit_button("Ask for approval", type="primary", shortcut="Ctrl+Enter")
    pairs = [tuple(part.strip() for part in line.partition(":")[::2]) for line in lines.splitlines() if line.strip()]
    changes = {
        "holder": holder, "bank": bank, "lines": pairs, "iban": iban, "bic": bic, "number": number, "active": active,
    }  # fmt: skip
    told = f"Asked for. Another person decides under Approvals; until then {account.code} stays as it is."
    if sent and form.act(
        operations.request_bank_account_change, told=told, code=account.code, changes=changes, reason=reason
    ):
        st.rerun()


def bank_account(account: BankAccount, *, changeable: bool) -> None:
    """One of our accounts, with the way to change it."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"{plain(account.code)} · {account.currency}", anchor=False, width="content")
            state = Badge("Customers pay into it", "green") if account.active else Badge("Not in use", "gray")
            st.badge(state.words, color=state.colour)
            st.space("stretch")
            if changeable and st.button("Change", key=f"settings_change_{account.code}", icon=":material/edit:"):
                ask_for_change(account)
        rows = pd.DataFrame(details(account), columns=["Detail", "Value"])
        tables.printed(rows, alt=f"Bank account {account.code}", hide_header=True)


@st.dialog("Grace for unpaid number rental", icon=":material/edit:")
def change_grace(company: Company) -> None:
    """How many days after a warning a number may be released."""
    form = Form(f"grace_{company.rental_grace_days}")
    with form.drawn(border=False):
        days = st.number_input("Days", 0, LONGEST_GRACE, company.rental_grace_days, key=form.key("days"))
        form.place("days")
        reason = form.text("reason", "Reason", max_chars=500)
        sent = st.form_submit_button("Save", type="primary", shortcut="Ctrl+Enter")
    if sent and form.act(operations.change_rental_grace, told="The grace is changed.", days=int(days), reason=reason):
        st.rerun()


opened = open_screen("Settings", OPEN, answer="Who we are on paper, and where customers pay.")
profile(found := read(queries.company))
if opened.by.may(CHANGE_GRACE) and st.button("Change the grace", key="settings_grace", icon=":material/edit:"):
    change_grace(found)
company_logo.draw(opened.by, found)
ahead_caps.section(opened.by)
st.subheader("Our bank accounts", anchor=False)
for each in read(queries.bank_accounts):
    bank_account(each, changeable=opened.by.may(CHANGE_BANK_ACCOUNT))
