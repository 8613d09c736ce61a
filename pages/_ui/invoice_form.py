"""The form of a new invoice: whose, how much, what to print; live figures beside it, and the paper before it exists.

Its nonce stands in the address bar: a reload, or a second browser with the same address, is the same form, and once
that form has issued its invoice it shows it instead of asking again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from secrets import token_urlsafe
from typing import Any

import streamlit as st

from pages._ui import choosing, customer_form, invoice_parts, menu, paper, text
from pages._ui.forms import Form
from pages._ui.frame import plain, read
from services.access.model import Principal
from services.customers import queries as customers
from services.customers.model import Customer, InvoiceDetails
from services.errors import InvalidForm, LedgerdeskError
from services.invoices import queries as invoices
from services.invoices.document import Document
from services.invoices.model import Invoice
from services.invoices.pdf import invoice_pdf
from services.money import Money, NotAnAmount
from services.pricing import queries as pricing
from services.pricing.model import STALE_AFTER_DAYS, BankTransferMinimum, TaxTreatment, split_gross

_KEPT = "invoice_nonce"
_UNASKED = "Enter the amount, including tax."
_RECENT = 6
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds of the amount: one that does not read is a sentence."""

    customer: Customer
    currency: str
    gross: Money | None
    fault: str


def opening() -> str:
    """The nonce of this opening of the form: of the address bar, else the one still unused, else put there anew."""
    given = st.query_params.get("form", "")
    kept: str = st.session_state.get(_KEPT, "")
    if _NONCE.fullmatch(given):
        nonce = given
    elif kept and read(invoices.issued_by_form, nonce=kept) is None:
        nonce = kept  # going back in the browser loses the parameter; setting it again would be a step no one leaves
    else:
        nonce = st.query_params["form"] = token_urlsafe(16)
    st.session_state[_KEPT] = nonce
    return nonce


def open_anew() -> None:
    """Callback: the next run is an empty form."""
    st.session_state.pop(_KEPT, None)
    st.query_params.pop("form", None)
    st.query_params.pop("customer", None)


def whose(nonce: str, first: Customer | None) -> Customer | None:
    """The customer: found by typing, or created here and now."""
    kept = f"invoice_customer_{nonce}"
    made: int | None = st.session_state.get(kept)
    known = read(customers.customer, customer_id=made) if made else first
    turn = f"invoice_find_{nonce}_{made or 0}"
    found = choosing.pick_customer(turn, first=known)
    if found is None:
        with st.expander(
            "The customer is new", icon=":material/person_add:", key=f"{turn}_new", on_change="rerun"
        ) as box:
            if box.open and (created := customer_form.ask(Form("invoice_customer"), label="Create and go on")):
                st.session_state[kept] = created.id
                st.rerun()
    else:
        st.caption(f"Username **{plain(found.username)}**, account id **{found.account_id}**: both are printed.")
    return found


def beginning() -> None:
    """What the empty form shows beside the search: the way ahead, and who was invoiced last, one click away."""
    with st.container(border=True, gap="xsmall"):
        st.subheader("What comes next", anchor=False)
        st.markdown(
            "1. Find the customer, or create a new one.\n"
            "2. Type the amount including tax: the minimum, net and tax stand beside it.\n"
            "3. Check the details to print, and look at the preview.\n"
            "4. Issue: the number and the payment reference are given then."
        )
    rows = read(invoices.page, size=4 * _RECENT).rows.drop_duplicates("customer_id").head(_RECENT)
    if len(rows):
        with st.container(border=True, gap="xsmall"):
            st.subheader("Invoiced lately", anchor=False)
            for number, name, account in zip(
                rows["customer_id"], rows["company_name"], rows["account_id"], strict=True
            ):
                label, key = plain(f"{name} · {account}"), f"invoiced_lately_{number}"
                icon = ":material/person:"
                st.button(label, key=key, type="tertiary", icon=icon, on_click=_start_with, args=(int(number),))


def _start_with(customer_id: int) -> None:
    st.query_params["customer"] = str(customer_id)


def how_much(form: Form, customer: Customer) -> Typed:
    """Currency and amount, read as they are typed."""
    codes = choosing.sold_in()
    left, right = st.columns(2)
    with left:
        first = codes.index(customer.currency) if customer.currency in codes else 0
        currency = form.choice("currency", "Currency", codes, index=first) or codes[0]
    with right:
        typed = form.text("amount", f"Amount including tax, {currency}", placeholder="550.00", live=True)
    if not typed:
        return Typed(customer, currency, None, _UNASKED)
    try:
        return Typed(customer, currency, Money.parse(typed, currency), "")
    except NotAnAmount as wrong:
        return Typed(customer, currency, None, str(wrong))


def figures(typed: Typed) -> None:
    """The minimum with the rate it is judged at, and net, tax and total, before anything is issued."""
    judged: tuple[BankTransferMinimum, TaxTreatment] | str = read(
        _judged, currency=typed.currency, country=typed.customer.country, on=text.today()
    )
    with st.container(border=True):
        if isinstance(judged, str):
            st.error(plain(judged), icon=":material/error:")
            return
        minimum, treatment = judged
        st.metric(f"At least, {typed.currency}", text.amount(minimum.minimum))
        if typed.currency != minimum.aud.currency:
            rate = f"{minimum.rate.normalize():f} AUD of {text.day(minimum.rate_on)}"
            st.caption(f"{text.money(minimum.aud)} at {rate}, {plain(minimum.source)}")
            if minimum.stale_days > STALE_AFTER_DAYS:
                old = text.count(minimum.stale_days, "day")
                st.warning(f"The rate is {old} old: import newer ones first.", icon=":material/warning:")
        if typed.gross is None:
            unread = typed.fault != _UNASKED
            st.caption(f":red[{plain(typed.fault)}]" if unread else "Net and tax appear as you type.")
            return
        if typed.gross < minimum.minimum:
            st.warning(f"That is less than {text.money(minimum.minimum)}.", icon=":material/warning:")
        _split(typed.gross, treatment)


def _judged(conn: Any, *, currency: str, country: str, on: date) -> tuple[BankTransferMinimum, TaxTreatment] | str:
    try:
        return pricing.minimum_bank_transfer(conn, currency, on), pricing.tax_treatment(conn, country, on)
    except LedgerdeskError as error:
        return str(error)


def _split(gross: Money, treatment: TaxTreatment) -> None:
    split = split_gross(gross, treatment)
    taxed = [("Net", split.net), (treatment.tax_name or "Tax", split.tax)] if treatment.shows_tax else []
    for label, money in taxed:
        _line(label, text.money(money))
    _line("**Total to pay**", f"**{text.money(split.gross)}**")
    credit = text.money(split.net)
    st.caption(f"Buys {credit} of credit when it arrives. {plain(treatment.note('en'))}")


def _line(label: str, amount: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.markdown(label, width="content")
        st.markdown(amount, width="content")


def draft(form: Form, typed: Typed, gross: Money, details: InvoiceDetails) -> None:
    """The paper as it would be issued, as a picture and to download; or what is wrong, field by field."""
    found: Document | InvalidForm | str = read(
        _draft, customer_id=typed.customer.id, gross=gross, details=details, on=text.today()
    )
    if isinstance(found, InvalidForm):
        form.complain(found.fields)
    elif isinstance(found, str):
        form.complain({}, found)
    else:
        content = invoice_pdf(found)
        paper.show(content, alt="Draft of the invoice")
        st.download_button(
            "Draft as PDF", content, found.file_name, "application/pdf", on_click="ignore", icon=":material/download:"
        )


def _draft(conn: Any, **facts: Any) -> Document | InvalidForm | str:
    try:
        return invoices.preview_document(conn, **facts)
    except InvalidForm as wrong:
        return wrong
    except LedgerdeskError as error:
        return str(error)


def finished(by: Principal, made: Invoice) -> None:
    """What was issued: number, reference, the paper, and what can come next."""
    st.success(f"Invoice {made.number} over {text.money(made.gross)} is issued.", icon=":material/task_alt:")
    left, right = st.columns(2, gap="medium")
    with left:
        st.metric("Number", made.number)
        st.metric("Payment reference", made.reference)
        st.caption(f"For {plain(made.details.company_name)}; pay by {text.day(made.due_on)}.")
        document = read(invoices.document, invoice_id=made.id)
        with st.container(horizontal=True, vertical_alignment="center"):
            content = invoice_parts.offer_paper(document, key="issued_pdf", label="Download the PDF")
            st.button("Another invoice", icon=":material/add:", on_click=open_anew)
        menu.link(by, "billing/invoice.py", "Open the invoice", icon=":material/arrow_forward:", id=str(made.id))
        menu.link(by, "customers/customer.py", "Open the customer", icon=":material/person:", id=str(made.customer_id))
    with right:
        paper.show(content, alt=f"Invoice {made.number}")
