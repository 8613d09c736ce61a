"""Everything an invoice will hold, looked up and checked before a number is spent: shared by preview and issue."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from services.company.logo import logo
from services.company.model import BankAccount, Company
from services.company.queries import company
from services.customers.model import Customer, InvoiceDetails, tidy
from services.customers.queries import customer
from services.errors import InvalidForm
from services.invoices.document import Document, PayTo, Seller, tax_in_aud, tax_label
from services.invoices.judging import faults, offer_in
from services.invoices.model import TERM
from services.invoices.paid_by import PaidByCard
from services.invoices.treatment import treatment_of_top_up
from services.money import Money
from services.periods import Period
from services.pictures import Picture
from services.pricing.model import BankTransferMinimum, TaxSplit, TaxTreatment, split_gross


@dataclass(frozen=True, slots=True)
class Prepared:
    """A valid invoice without a number; one a card has paid for needs no `bank`, one in arrears is for days `used`."""

    customer: Customer
    company: Company
    bank: BankAccount | None
    details: InvoiceDetails
    language: str
    split: TaxSplit
    treatment: TaxTreatment
    minimum: BankTransferMinimum
    aud_equivalent: Money
    issued_on: date
    due_on: date
    po_number: str
    logo: Picture | None = None
    paid_by: PaidByCard | None = None
    used: Period | None = None


def prepare(
    conn: Connection,
    *,
    customer_id: int,
    gross: Money,
    details: InvoiceDetails,
    language: str | None,
    on: date,
    due_on: date | None = None,
    po_number: str = "",
) -> Prepared:
    """Look everything up and judge every field; `on` is the day of issue, `due_on` 30 days later unless given.

    Raises `InvalidForm` with a sentence for each of company_name, address, business_id, email, contact_name,
    contact_phone, language, customer, currency, amount, due_on and po_number that is wrong, and `NotFound` for an
    unknown customer.
    """
    buyer = customer(conn, customer_id)
    tidied, order = details.tidied(), tidy(po_number)
    spoken = language or tidied.language
    offer = offer_in(conn, gross.currency, on)
    wrong = faults(
        buyer=buyer,
        offer=offer,
        gross=gross,
        details=tidied,
        language=spoken,
        due_on=due_on,
        po_number=order,
        on=on,
    )
    if wrong or isinstance(offer, str):
        raise InvalidForm(wrong)
    treatment = treatment_of_top_up(conn, buyer.country, on)
    seller = company(conn, on=on)
    return Prepared(
        customer=buyer,
        company=seller,
        logo=logo(conn, seller.logo),
        bank=offer.bank,
        details=tidied,
        language=spoken,
        split=split_gross(gross, treatment),
        treatment=treatment,
        minimum=offer.minimum,
        aud_equivalent=offer.rate.to_aud(gross),
        issued_on=on,
        due_on=due_on or on + TERM,
        po_number=order,
    )


def draft_of(ready: Prepared) -> Document:
    """The paper as it would be issued, without a number and marked as a draft."""
    return Document(
        title=ready.treatment.title(ready.language),
        number=None,
        reference=None,
        issued_on=ready.issued_on,
        due_on=ready.due_on,
        seller=Seller.of(ready.company),
        logo=ready.logo,
        buyer=ready.details,
        country=ready.customer.country,
        account_id=ready.customer.account_id,
        username=ready.customer.username,
        language=ready.language,
        net=ready.split.net,
        tax=ready.split.tax,
        gross=ready.split.gross,
        shows_tax=ready.treatment.shows_tax,
        tax_label=tax_label(ready.treatment),
        tax_note=ready.treatment.note(ready.language),
        pay_to=PayTo.of(ready.bank),
        rate=str(ready.minimum.rate),
        rate_on=ready.minimum.rate_on,
        rate_source=ready.minimum.source,
        tax_aud=tax_in_aud(ready.split.tax, ready.minimum.rate),
        po_number=ready.po_number,
    )


def request_hash(
    customer_id: int,
    gross: Money,
    details: InvoiceDetails,
    *,
    language: str | None,
    due_on: date | None = None,
    po_number: str = "",
) -> bytes:
    """SHA-256 of what was asked for, so that one nonce cannot stand for two different invoices."""
    tidied = details.tidied()
    texts = [tidied.company_name, tidied.address, tidied.business_id, tidied.email, tidied.contact_name]
    asked = [customer_id, gross.micros, gross.currency, *texts, tidied.contact_phone, language or tidied.language]
    asked += [f"due {due_on}"] if due_on else []
    asked += [f"order {tidy(po_number)}"] if tidy(po_number) else []
    return hashlib.sha256(json.dumps(asked).encode()).digest()
