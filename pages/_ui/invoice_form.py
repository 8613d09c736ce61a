"""The form of a new invoice: whose, how much, what to print; it is kept as a draft while somebody types.

Its nonce stands in the address bar: a reload, or a second browser with the same address, is the same form, and once
that form has issued its invoice it shows it instead of asking again. A request has a form of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from secrets import token_urlsafe
from typing import Any

import streamlit as st

from pages._ui import cached, choosing, customer_details, customer_form, menu, paper, record, text
from pages._ui.forms import Form
from pages._ui.frame import plain, read
from services.access.model import Principal
from services.company import queries as company
from services.customers import queries as customers
from services.customers.model import Customer, InvoiceDetails
from services.errors import InvalidForm, LedgerdeskError
from services.invoices import queries as invoices
from services.invoices.document import Document
from services.invoices.draft import DraftContent, anew_of
from services.invoices.judging import LONGEST_PO_NUMBER, buyer_fault, detail_faults
from services.invoices.model import TERM, Invoice
from services.invoices.pdf import invoice_pdf
from services.money import Money, NotAnAmount
from services.requests import queries as requests
from services.requests.model import InvoiceRequest, RequestStatus

REQUESTS = "billing/requests.py"
UNASKED = "Enter the amount, including tax."
_KEPT = "invoice_nonce"
_RECENT = 6
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form; an amount that does not read is a sentence. `content` is all of it, as typed."""

    customer: Customer
    content: DraftContent
    gross: Money | None
    fault: str

    @property
    def faults(self) -> dict[str, str]:
        """A sentence for each wrong detail, and for the amount that does not read."""
        details = self.content.details.tidied()
        return detail_faults(details, self.customer, details.language) | {"amount": self.fault}

    @property
    def facts(self) -> dict[str, Any]:
        """What issuing and previewing are given, besides the amount."""
        content = self.content
        facts: dict[str, Any] = {"customer_id": self.customer.id, "details": content.details}
        return facts | {"due_on": content.due_on, "po_number": content.po_number}


def opening() -> tuple[str, InvoiceRequest | None]:
    """The nonce of this opening, and the request it is for, if it is for one.

    Of the request or the form in the address bar, else the nonce still unused, else one put there anew.
    """
    found = partial(requests.request, on=text.today())
    request = record.look_up(found, request_id=record.asked_for("request"))
    given, kept = st.query_params.get("form", ""), str(st.session_state.get(_KEPT, ""))
    if request is not None:
        nonce = request.form
    elif _NONCE.fullmatch(given):
        nonce = given
    elif kept and read(invoices.issued_by_form, nonce=kept) is None:
        nonce = kept  # going back in the browser loses the parameter; setting it again would be a step no one leaves
    else:
        nonce = st.query_params["form"] = token_urlsafe(16)
    st.session_state[_KEPT] = nonce
    return nonce, request or read(requests.request_of_form, form=nonce, on=text.today())


def open_anew() -> None:
    """Callback: the next run is an empty form."""
    st.session_state.pop(_KEPT, None)
    for parameter in ("form", "customer", "request"):
        st.query_params.pop(parameter, None)


def whose(nonce: str, first: Customer | None, request: InvoiceRequest | None) -> Customer | None:
    """The customer: the one of the request, else found by typing, or created here and now."""
    if request is not None:
        st.markdown(f"**{plain(choosing.called(request.customer))}** asked for it: request {request.id}.")
        _both_printed(request.customer)
        return request.customer
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
        _both_printed(found)
    return found


def _both_printed(customer: Customer) -> None:
    st.caption(f"Username **{plain(customer.username)}**, account id **{customer.account_id}**: both are printed.")


def gone(by: Principal, request: InvoiceRequest) -> bool:
    """Say that a cancelled request asks for nothing any more; whether it is one."""
    if request.status is not RequestStatus.CANCELLED or request.outcome is not None:
        return False
    st.info(f"Request {request.id} is cancelled; take it up again if the customer still wants it.")
    menu.link(by, REQUESTS, "Invoice requests", icon=":material/inbox:", requests_status="Cancelled")
    return True


def pays_afterwards(by: Principal, customer: Customer) -> bool:
    """Say that no credit is sold to this customer, and where its money goes instead; whether it is so."""
    if (wrong := buyer_fault(customer)) is None:
        return False
    st.warning(plain(wrong), icon=":material/handshake:")
    menu.link(by, "billing/bank_receipts.py", "Bank receipts", icon=":material/account_balance:")
    menu.link(by, "billing/postpaid.py", "Its commitment", icon=":material/handshake:", postpaid_view="Commitments")
    return True


def others(by: Principal, customer: Customer) -> None:
    """Say that the customer asked for an invoice, so that no second one is issued beside the request."""
    for asked in read(requests.waiting_of, customer_id=customer.id, on=text.today()):
        amount = f" over {text.money(asked.asked.gross)}" if asked.asked.gross is not None else ""
        said = f"Request {asked.id}{amount} waits: fill in its invoice instead"
        menu.link(by, "billing/new_invoice.py", said, icon=":material/inbox:", request=str(asked.id))


def in_place_of(by: Principal, nonce: str, customer: Customer) -> Invoice | None:
    """Say whose place the invoice takes, where the form issues a credited one anew; the credited one."""
    of = record.look_up(invoices.invoice, invoice_id=anew_of(nonce))
    if of is None or of.customer_id != customer.id:
        return None
    menu.link(by, "billing/invoice.py", f"In place of {of.number}", icon=":material/undo:", id=str(of.id))
    return of


def first_content(customer: Customer, request: InvoiceRequest | None, credited: Invoice | None = None) -> DraftContent:
    """What the form holds at first: what was asked for or is issued anew, else what the customer's invoices print."""
    if request is not None:
        asked = request.asked
        amount = asked.gross.plain() if asked.gross is not None else ""
        return DraftContent(customer.id, asked.currency, amount, request.details, None, asked.po_number)
    known = InvoiceDetails(
        customer.name, email=customer.email, contact_name=customer.contact_name, contact_phone=customer.phone
    )
    details = read(customers.invoice_details, customer_id=customer.id) or known
    if credited is not None:
        return DraftContent(customer.id, credited.currency, credited.gross.plain(), details, None, credited.po_number)
    return DraftContent(customer.id, customer.currency, "", details)


def fields(form: Form, customer: Customer, start: DraftContent) -> Typed:
    """Every field, read as it is typed, with `start` as its first content."""
    left, right = st.columns(2)
    codes = choosing.sold_in()
    paid_into = {account.currency for account in cached.read(company.bank_accounts, active_only=True)}
    with left:
        currency = form.choice(
            "currency",
            "Currency",
            codes,
            index=codes.index(start.currency) if start.currency in codes else 0,
            format_func=lambda code: code if code in paid_into else f"{code}, no bank account of ours",
        )
        usual = text.today() + TERM
        due_on = form.on("due_on", "Pay by", start.due_on or usual)
    currency = currency or codes[0]
    with right:
        label = f"Amount including tax, {currency}"
        amount = form.text("amount", label, start.amount, placeholder="550.00", live=True)
        po_number = form.text(
            "po_number", "Purchase-order number", start.po_number, max_chars=LONGEST_PO_NUMBER, placeholder="Optional"
        )
    details = customer_details.fields(form, start.details)
    content = DraftContent(customer.id, currency, amount, details, None if due_on == usual else due_on, po_number)
    if not amount:
        return Typed(customer, content, None, UNASKED)
    try:
        return Typed(customer, content, Money.parse(amount, currency), "")
    except NotAnAmount as wrong:
        return Typed(customer, content, None, str(wrong))


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
        st.caption("What you type is kept as a draft; you can leave and come back.")
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


def preview(form: Form, typed: Typed, gross: Money) -> None:
    """The paper as it would be issued, as a picture and to download; or what is wrong, field by field."""
    found: Document | InvalidForm | str = read(_drawn, gross=gross, on=text.today(), **typed.facts)
    if isinstance(found, InvalidForm):
        form.complain(found.fields)
    elif isinstance(found, str):
        form.complain({}, found)
    else:
        content = cached.drawn("invoice", repr(found), lambda: invoice_pdf(found))
        paper.show(content, alt="Draft of the invoice")
        st.download_button(
            "Draft as PDF", content, found.file_name, "application/pdf", on_click="ignore", icon=":material/download:"
        )


def _drawn(conn: Any, **facts: Any) -> Document | InvalidForm | str:
    try:
        return invoices.preview_document(conn, **facts)
    except InvalidForm as wrong:
        return wrong
    except LedgerdeskError as error:
        return str(error)
