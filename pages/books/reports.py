"""Reports: the trial balance on any day, with the totals that prove it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from pages._ui import cached, downloads, tables, text
from pages._ui.accounts import account_name, parted
from pages._ui.frame import empty, open_screen, read
from services.access.model import Principal
from services.customers import queries as customers
from services.ledger import queries
from services.ledger.chart import Purpose, Section
from services.ledger.model import SEE_BOOKS
from services.money import Money
from services.reporting.exports import Column, ColumnKind, ExportTable

MOST_SHOWN = 10
EXPORTED = {
    "named": Column("Account"),
    "customer": Column("Customer"),
    "account": Column("Code"),
    "currency": Column("Currency"),
    "debit_micros": Column("Debit", ColumnKind.MONEY),
    "credit_micros": Column("Credit", ColumnKind.MONEY),
    "balance_micros": Column("Balance", ColumnKind.MONEY),
}


def totals(rows: pd.DataFrame) -> None:
    """Debits against credits by currency: they must be equal, and each badge says so in words."""
    sums = rows.groupby("currency")[["debit_micros", "credit_micros"]].sum()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown("Debits equal credits:" if (sums["debit_micros"] == sums["credit_micros"]).all() else "**Broken:**")
        for code, debit, credit in sums.itertuples():
            difference = Money(int(debit) - int(credit), str(code))
            each_side = text.money(Money(int(debit), str(code)))
            if difference:
                st.badge(f"{code} differs by {text.amount(difference)}", color="red", icon=":material/error:")
            else:
                st.badge(each_side, color="green", icon=":material/check:")


def worded(rows: pd.DataFrame, *, each_customer: bool) -> pd.DataFrame:
    """The rows in the order of the chart with each account's name, and the customer's where each stands alone."""
    found = [parted(code) for code in rows["account"]]
    order, purposes = list(Section), list(Purpose)
    whose = {int(owner) for purpose, owner in found if purpose.of_customers and owner} if each_customer else set()
    names = read(customers.names, ids=whose) if whose else {}
    frame = rows.assign(
        named=[account_name(purpose, "" if purpose.of_customers else owner) for purpose, owner in found],
        customer=[names.get(int(owner), "") if purpose.of_customers and owner else "" for purpose, owner in found],
        place=[order.index(purpose.section) * len(purposes) + purposes.index(purpose) for purpose, _ in found],
    )
    return frame.sort_values(["place", "currency", "customer"], kind="stable", ignore_index=True)


def export(rows: pd.DataFrame, by: Principal, day: date | None) -> ExportTable:
    """The trial balance as it is shown, for a file."""
    as_of = text.day(day) if day else "today"
    columns = {name: column for name, column in EXPORTED.items() if name != "customer" or any(rows["customer"])}
    return downloads.table_of("Trial balance", rows, columns, by=by, as_of_day=as_of)


opened = open_screen("Trial balance", SEE_BOOKS, answer="What is on every account, and do debits equal credits?")
with st.container(horizontal=True, vertical_alignment="bottom"):
    as_of: date | None = st.date_input(
        "As of", None, key="reports_as_of", bind="query-params", format="DD/MM/YYYY", max_value=text.today(), width=190
    )
    each = st.toggle("Each customer", key="reports_customers", bind="query-params")
balance = cached.until_posted(queries.trial_balance, as_of=as_of, each_customer=each)
if balance.empty:
    empty(f"Nothing was posted up to {text.day(as_of or text.today())}.", "Choose a later day.")
    st.stop()
balance = worded(balance, each_customer=each)
with opened.acts:
    downloads.menu(f"trial balance {as_of or text.today()}", lambda: export(balance, opened.by, as_of))
totals(balance)
tables.show(
    balance,
    {
        "named": tables.words("Account", width=250),
        **({"customer": tables.words("Customer", width=150)} if each else {}),
        "currency": tables.words("Currency", width="small"),
        "debit_micros": tables.money("Debit"),
        "credit_micros": tables.money("Credit"),
        "balance_micros": tables.money("Balance"),
        "base_balance_micros": tables.money("Balance in AUD"),
    },
    alt="Trial balance",
    key="reports_trial_balance",
    height=440 if len(balance) > MOST_SHOWN else "auto",
)
st.caption(text.count(len(balance), "account"))
