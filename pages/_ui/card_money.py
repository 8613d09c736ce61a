"""Charges of cards as people read them: what was taken and which invoice it paid, what was declined and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages._ui import cached, cards, downloads, filters, menu, tables, text
from pages._ui.frame import Screen, empty, plain, read
from pages._ui.record import look_up
from services.access.model import Principal
from services.cards.charges import FAILED, SUCCEEDED
from services.cards.model import ACCEPTED, brand_words
from services.cards.queries.payments import FLAGGED, OPEN_DISPUTE, REFUND_PENDING, WAITING, payment, payments_page
from services.cards.queries.returns import returns_of
from services.customers.model import Customer
from services.invoices.queries import invoice
from services.ledger import queries as ledger
from services.ledger.model import JournalEntry, Purpose
from services.money import MICROS
from services.reporting.exports import Column, ColumnKind, ExportTable

STATES = {
    SUCCEEDED: "Paid",
    FAILED: "Failed",
    REFUND_PENDING: "Refund pending",
    "refunded": "Refunded",
    "disputed": "Disputed",
    OPEN_DISPUTE: "Dispute open",
    FLAGGED: "Flagged",
}
INVOICE, CARDS = "billing/invoice.py", "billing/cards.py"
EXPORTED = {
    "charged_on": Column("Charged", ColumnKind.DAY),
    "customer": Column("Customer"),
    "account_id": Column("Account id"),
    "external_id": Column("Charge"),
    "card": Column("Card"),
    "state": Column("State"),
    "currency": Column("Currency"),
    "gross_micros": Column("Charged amount", ColumnKind.MONEY),
    "invoice": Column("Invoice"),
}


def draw(opened: Screen) -> None:
    """Every charge that fits the filters, under what the processor holds for us by the books."""
    with filters.row():
        sought = filters.words("Search", key="charges_q", placeholder="Customer, last four or charge")
        status = filters.one_of("State", list(STATES), key="charges_state", shown=lambda name: STATES.get(name, name))
    period = filters.chosen_period()
    anytime = bool(sought) or status in WAITING
    chosen = {"between": None if anytime else text.moments(period), "text": sought, "status": status}
    page = tables.page_number("charges_page")
    found = read(payments_page, **chosen, page=page, size=tables.PAGE_SIZE)
    if not found.total:
        if anytime:
            empty("No charge fits, of any day.", "Clear the search or the state.")
        else:
            what = "No charge of this state was" if status else "No card was charged"
            empty(
                f"{what} in {text.period(period)}.", "Choose a longer period; accounting imports the processor's file."
            )
        return
    with opened.acts:
        words = {"charged": "any day" if anytime else text.period(period), "search": sought, "state": status or ""}
        downloads.menu(f"charges {text.today()}", lambda: export(opened.by, chosen, words))
    _held()
    if status == OPEN_DISPUTE:
        st.caption(
            "While a dispute is open its customer is stopped: nothing new is set up. Won or lost, the stop ends."
        )
    _listed(found.rows, key="charges_rows", with_names=True)
    tables.pager("charges_page", total=found.total, page=page, noun="charge")


def of_customer(customer: Customer) -> None:
    """What a customer's cards were charged, and what was declined."""
    page = tables.page_number("customer_charges")
    found = read(payments_page, customer_id=customer.id, page=page, size=tables.PAGE_SIZE)
    if not found.total:
        return
    st.subheader("Charges", anchor=False)
    _listed(found.rows, key="customer_charges_rows", with_names=False)
    tables.pager("customer_charges", total=found.total, page=page, noun="charge")


def export(by: Principal, chosen: Mapping[str, Any], words: Mapping[str, str]) -> ExportTable:
    """Every charge the filters leave, for a file, with control totals by currency; `words` say the filters on it."""
    found = read(payments_page, size=downloads.EVERY, **chosen)
    return downloads.table_of("Charges", named(found.rows), EXPORTED, by=by, **words)


def show_entry(by: Principal, entry: JournalEntry) -> None:
    """The charge behind a journal entry, in its drawer."""
    found = look_up(payment, payment_id=entry.source_id)
    if found is None:
        return
    st.markdown(f"{text.money(found.gross)} charged on {plain(found.card)}, {text.moment(found.charged_at)}.")
    kept = f"The processor settled {text.money(found.settled)}" if found.settled else ""
    kept += f" and kept {text.money(found.fee)}." if found.fee else "." if kept else ""
    st.caption(plain(f"Charge {found.external_id}. {kept}"))
    for one in read(returns_of, payment_ids=[found.id]).get(found.id, []):
        st.caption(plain(f"{one.words} ({one.external_id})."))
    for invoice_id in found.invoice_ids:
        number = read(invoice, invoice_id=invoice_id).number
        menu.link(by, INVOICE, f"Invoice {number}", icon=":material/request_quote:", id=str(invoice_id))
    menu.link(by, CARDS, "Charges", icon=":material/credit_card:", cards_view="Charges", charges_q=found.external_id)


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with cards and states in words; why a charge failed is the bank's own reason where it gave one."""
    together = zip(rows["brand"], rows["last_four"], strict=True)
    return rows.assign(
        card=[f"{brand_words(brand)} {four}" for brand, four in together],
        state=[_state(row) for row in rows.itertuples(index=False)],
        charged_on=[text.day_of(moment) for moment in rows["charged_at"]],
    )


def _state(row: Any) -> str:
    if row.status == FAILED:
        return f"Failed: {row.failure_code.replace('_', ' ') or row.failure or 'no reason given'}"
    said = ["Below the least top-up"] if row.under_least else []
    said += [] if row.brand in ACCEPTED else ["Brand not accepted"]
    said += ["Rest owed back"] if row.owed_back_micros else []
    said += [row.back] if row.back else []
    return ", ".join(["Paid", *said])


def _listed(rows: pd.DataFrame, *, key: str, with_names: bool) -> None:
    columns: dict[str, Any] = {"charged_on": tables.day("Charged", width=95)}
    if with_names:
        columns["customer"] = tables.words("Customer", width=180)
    columns |= {
        "card": tables.words("Card", width=115),
        "currency": tables.words("Currency", width=70),
        "gross_micros": tables.money("Amount", width=90),
        "state": tables.words("State", width=170 if with_names else 210),
        "invoice": tables.words("Invoice", width=130),
        "external_id": tables.words("Charge", width=150),
    }
    if with_names:
        page = {"page": "customers/customer.py", "parameter": "id", "by": "customer_id"}
        tables.drill(named(rows), columns, key=key, alt="Charges", **page)
    else:
        tables.show(named(rows), columns, alt="Charges", key=key)


def _held() -> None:
    """What the processor should hold, a card a currency."""
    found = cached.until_posted(ledger.trial_balance, each_customer=False)
    prefix = f"{Purpose.CARD_CLEARING.section}:{Purpose.CARD_CLEARING}:"
    held = found[found["account"].str.startswith(prefix) & (found["balance_micros"] != 0)]
    for place, code, micros in zip(
        cards.row(max(4, len(held))), held["currency"], held["balance_micros"], strict=False
    ):
        with place, st.container(border=True, height="stretch", gap="xsmall"):
            st.metric(f"Held by the processor, {code}", int(micros) / MICROS, format="accounting")
            st.caption("by the books: charges less what went back, fees and payouts")
