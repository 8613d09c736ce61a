"""What is wrong with an invoice that somebody wants, a sentence a field: shared by requests, preview and issue."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from services.company.model import BankAccount
from services.company.queries import bank_account_for
from services.customers import business_id
from services.customers.countries import country_name, country_of_address
from services.customers.model import Customer, InvoiceDetails
from services.errors import NotFound
from services.invoices.treatment import taxed_on_use
from services.money import MICROS, Money, minor_unit
from services.papers.fonts import refusal, undrawable
from services.pricing.model import BankTransferMinimum, Currency, ExchangeRate, bank_transfer_minimum
from services.pricing.queries import currency, rate_on
from services.texts import text_fault

MOST_ADDRESS_LINES = 6
LONGEST_TERM = timedelta(days=90)
LONGEST_PO_NUMBER = 40
IDENTIFIED_FROM = Money(1_000 * MICROS, "AUD")  # GST Act s 29-70(1)(c)(ii): such a tax invoice names its buyer
_NOBODY = frozenset(
    {"na", "none", "nil", "unknown", "cash", "test", "tba", "tbc", "tbd", "customer", "buyer", "anonymous"}
)
_LETTERS_OF_A_NAME = 2
_PRINTED = ("company_name", "address", "business_id", "contact_name", "contact_phone", "email")


@dataclass(frozen=True, slots=True)
class Offer:
    """What selling in a currency needs: its limits, the account it is paid into, and its rate of the day.

    `on_use`: the credit is sold without tax, which its use bears.
    """

    currency: Currency
    bank: BankAccount
    rate: ExchangeRate
    on_use: bool = False

    @property
    def minimum(self) -> BankTransferMinimum:
        """The least an invoice may be for, with the rate it is judged at."""
        return bank_transfer_minimum(self.rate)


def offer_in(conn: Connection, code: str, on: date) -> Offer | str:
    """What a currency needs on a day, or the sentence that says what of it is missing."""
    try:
        return Offer(currency(conn, code), bank_account_for(conn, code), rate_on(conn, code, on), taxed_on_use(conn))
    except NotFound as error:  # an unknown currency, no bank account in it, or no rate for it
        return str(error)


def faults(
    *,
    buyer: Customer,
    offer: Offer | str,
    gross: Money | None,
    details: InvoiceDetails,
    language: str,
    due_on: date | None,
    po_number: str,
    on: date,
) -> dict[str, str]:
    """A sentence for each field that is missing or wrong on the day of issue `on`; empty when it can be issued.

    Fields: those of `InvoiceDetails`, and customer, currency, amount, due_on, po_number. `details` are tidied.
    """
    found = detail_faults(details, buyer, language)
    if wrong := buyer_fault(buyer):
        found["customer"] = wrong
    if wrong := _due_fault(due_on, on):
        found["due_on"] = wrong
    if wrong := po_number_fault(po_number):
        found["po_number"] = wrong
    if isinstance(offer, str):
        return found | {"currency": offer}
    if gross is None:
        return found | {"amount": "Enter the amount, including tax."}
    if wrong := _amount_fault(gross, offer):
        found["amount"] = wrong
    elif must_name_buyer(buyer.country, gross, offer) and not names_buyer(details):
        found["company_name"] = (
            f"An Australian invoice of {IDENTIFIED_FROM.text()} or more names its buyer: enter the company's name or"
            " its valid ABN."
        )
    return found


def buyer_fault(buyer: Customer) -> str | None:
    """Why no credit is sold to this customer by bank transfer; None when it can be."""
    if not buyer.pays_afterwards:
        return None
    return (
        f"{buyer.name} pays afterwards: the monthly run invoices what it uses, so no credit is sold to it by bank"
        " transfer. Match what it pays to its monthly invoices under Bank receipts; it can buy credit again once its"
        " commitment has ended (Postpaid)."
    )


def elsewhere(details: InvoiceDetails, buyer: Customer) -> str | None:
    """That the printed address is in another country than the one whose tax rule the buyer's invoices follow.

    It is no fault: an Australian business may have its invoices sent abroad. But more often it has moved.
    """
    other = country_of_address(details.tidied().address)
    if not other or other == buyer.country:
        return None
    return (
        f"The address is in {country_name(other)}, and {buyer.name} is taxed as a customer in"
        f" {country_name(buyer.country)}. If it is in {country_name(other)}, change its country first, under its"
        " details."
    )


def po_number_fault(po_number: str) -> str | None:
    """The sentence for a purchase-order number that cannot be printed; None when it can."""
    return text_fault(po_number, longest=LONGEST_PO_NUMBER) or _unprintable(po_number)


def must_name_buyer(country: str, gross: Money, offer: Offer) -> bool:
    """Whether the paper has to show the buyer's identity or ABN; the limit itself is in. Only a tax invoice does."""
    return country == "AU" and not offer.on_use and not offer.rate.to_aud(gross) < IDENTIFIED_FROM


def names_buyer(details: InvoiceDetails) -> bool:
    """Whether somebody can be identified by the details: a name that is more than a filler, or a valid ABN."""
    letters = "".join(sign for sign in details.company_name.casefold() if sign.isalnum())
    named = sum(unicodedata.category(sign).startswith("L") for sign in letters) >= _LETTERS_OF_A_NAME
    return (named and letters not in _NOBODY) or business_id.is_abn(details.business_id)


def detail_faults(details: InvoiceDetails, buyer: Customer, language: str) -> dict[str, str]:
    """A sentence for each field of the details that no paper may print; empty when all is well."""
    found = {field: wrong for field in _PRINTED if (wrong := _unprintable(getattr(details, field)))}
    if details.address.count("\n") >= MOST_ADDRESS_LINES:
        found["address"] = f"The address has more than {MOST_ADDRESS_LINES} lines; shorten it."
    if wrong := business_id.fault(details.business_id, country=buyer.country):
        found["business_id"] = wrong
    if language not in {"en", "fr"}:
        found["language"] = "Choose English or French."
    return found | details.faults()


def _unprintable(text: str) -> str | None:
    character = undrawable(text)
    return refusal(character) if character else None


def _due_fault(due_on: date | None, on: date) -> str | None:
    if due_on is not None and due_on < on:
        return f"{due_on} has passed; choose a day from {on} on."
    if due_on is not None and due_on > on + LONGEST_TERM:
        return f"An invoice is open for at most {LONGEST_TERM.days} days; choose a day up to {on + LONGEST_TERM}."
    return None


def _amount_fault(gross: Money, offer: Offer) -> str | None:
    if gross.micros % minor_unit(gross.currency):
        coin = Money(minor_unit(gross.currency), gross.currency).text()
        return f"The amount is not a whole number of coins; round it to {coin}."
    minimum = offer.minimum
    if gross < minimum.minimum:
        at = "" if gross.currency == "AUD" else f" ({minimum.aud.text()} at {minimum.rate} AUD of {minimum.rate_on})"
        return f"A bank-transfer invoice is at least {minimum.minimum.text()}{at}; raise the amount."
    if offer.currency.maximum_top_up < gross:
        return f"One invoice is at most {offer.currency.maximum_top_up.text()}; split it into several."
    return None
