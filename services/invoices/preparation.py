"""Everything an invoice will hold, looked up and checked before a number is spent: shared by preview and issue."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection
from stdnum.au import abn

from services.company.model import BankAccount, Company
from services.company.queries import bank_account_for, company
from services.customers.model import Customer, InvoiceDetails
from services.customers.queries import customer
from services.errors import InvalidForm, NotFound
from services.invoices.document import Document, PayTo, Seller, tax_in_aud, tax_label
from services.invoices.model import TERM
from services.money import Money, minor_unit
from services.papers.fonts import undrawable
from services.pricing.model import (
    BankTransferMinimum,
    Currency,
    ExchangeRate,
    TaxSplit,
    TaxTreatment,
    bank_transfer_minimum,
    split_gross,
)
from services.pricing.queries import currency, rate_on, tax_treatment

MOST_ADDRESS_LINES = 6

_ABN_DIGITS = 11


@dataclass(frozen=True, slots=True)
class Prepared:
    """A valid invoice that has no number yet."""

    customer: Customer
    company: Company
    bank: BankAccount
    details: InvoiceDetails
    language: str
    split: TaxSplit
    treatment: TaxTreatment
    minimum: BankTransferMinimum
    aud_equivalent: Money
    issued_on: date

    @property
    def due_on(self) -> date:
        """When it expires unpaid."""
        return self.issued_on + TERM


def prepare(
    conn: Connection, *, customer_id: int, gross: Money, details: InvoiceDetails, language: str | None, on: date
) -> Prepared:
    """Look everything up and judge every field; `on` is the day of issue.

    Raises `InvalidForm` with a sentence for each of company_name, address, business_id, email, contact_name,
    contact_phone, language, currency and amount that is wrong, and `NotFound` for an unknown customer.
    """
    buyer = customer(conn, customer_id)
    tidied = details.tidied()
    spoken = language or tidied.language
    faults = _detail_faults(tidied, buyer, spoken)
    offer = _offer(conn, gross.currency, on)
    if isinstance(offer, str):
        raise InvalidForm(faults | {"currency": offer})
    minimum = bank_transfer_minimum(offer.rate)
    if wrong := _wrong_amount(gross, offer.currency, minimum):
        faults["amount"] = wrong
    if faults:
        raise InvalidForm(faults)
    treatment = tax_treatment(conn, buyer.country, on)
    return Prepared(
        customer=buyer,
        company=company(conn, on=on),
        bank=offer.bank,
        details=tidied,
        language=spoken,
        split=split_gross(gross, treatment),
        treatment=treatment,
        minimum=minimum,
        aud_equivalent=offer.rate.to_aud(gross),
        issued_on=on,
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
    )


def request_hash(customer_id: int, gross: Money, details: InvoiceDetails, language: str | None) -> bytes:
    """SHA-256 of what was asked for, so that one nonce cannot stand for two different invoices."""
    tidied = details.tidied()
    texts = [tidied.company_name, tidied.address, tidied.business_id, tidied.email, tidied.contact_name]
    asked = [customer_id, gross.micros, gross.currency, *texts, tidied.contact_phone, language or tidied.language]
    return hashlib.sha256(json.dumps(asked).encode()).digest()


def _detail_faults(details: InvoiceDetails, buyer: Customer, language: str) -> dict[str, str]:
    faults = {}
    for field in ("company_name", "address", "business_id", "contact_name", "contact_phone", "email"):
        if character := undrawable(getattr(details, field)):
            faults[field] = f"{character} cannot be printed yet; write it in Latin, Greek or Cyrillic letters."
    if details.address.count("\n") >= MOST_ADDRESS_LINES:
        faults["address"] = f"The address has more than {MOST_ADDRESS_LINES} lines; shorten it."
    compact = details.business_id.replace(" ", "")
    if buyer.country == "AU" and compact.isdigit() and len(compact) == _ABN_DIGITS and not abn.is_valid(compact):
        faults["business_id"] = f"{details.business_id} is not a valid ABN; check its digits."
    if language not in {"en", "fr"}:
        faults["language"] = "Choose English or French."
    return faults | details.faults()


@dataclass(frozen=True, slots=True)
class _Offer:
    """What selling in a currency needs."""

    currency: Currency
    bank: BankAccount
    rate: ExchangeRate


def _offer(conn: Connection, code: str, on: date) -> _Offer | str:
    """What the currency needs, or the sentence that says what of it is missing."""
    try:
        return _Offer(currency(conn, code), bank_account_for(conn, code), rate_on(conn, code, on))
    except NotFound as error:  # an unknown currency, no bank account in it, or no rate for it
        return str(error)


def _wrong_amount(gross: Money, known: Currency, minimum: BankTransferMinimum) -> str | None:
    if gross.micros % minor_unit(gross.currency):
        coin = Money(minor_unit(gross.currency), gross.currency).text()
        return f"The amount is not a whole number of coins; round it to {coin}."
    if gross < minimum.minimum:
        at = "" if gross.currency == "AUD" else f" ({minimum.aud.text()} at {minimum.rate} AUD of {minimum.rate_on})"
        return f"A bank-transfer invoice is at least {minimum.minimum.text()}{at}; raise the amount."
    if known.maximum_top_up < gross:
        return f"One invoice is at most {known.maximum_top_up.text()}; split it into several."
    return None
