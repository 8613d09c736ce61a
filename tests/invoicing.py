"""A small company that can sell: five currencies, one bank account each, and customers in five countries."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from services.access.model import SYSTEM
from services.company.model import BankAccount, Company, Profile
from services.company.operations import set_up
from services.customers.model import Customer, InvoiceDetails
from services.customers.operations import create_customer
from services.db.engine import Database
from services.invoices.model import Invoice
from services.invoices.operations import issue_invoice
from services.money import Money
from services.pricing.operations import load_reference
from services.settings import ROOT

AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
NAME = "Harbour Messaging Pty Ltd"
BANK_LINES = {
    "AUD": (("BSB", "062-000"), ("Account number", "1234 5678"), ("SWIFT/BIC", "EXAMAU2S")),
    "GBP": (("Sort code", "20-00-00"), ("Account number", "5577 9911")),
    "EUR": (("IBAN", "DE89 3704 0044 0532 0130 00"), ("BIC", "COBADEFFXXX")),
    "USD": (("ABA routing number", "021000021"), ("Account number", "5550123456")),
    "JPY": (("Branch code", "001"), ("Account number", "7654321")),
}
DETAILS = {
    "AU": InvoiceDetails("Wattle & Daughters Pty Ltd", "45 Sample Road\nMelbourne VIC 3000", "51 824 753 556"),
    "GB": InvoiceDetails("Thistle Example Ltd", "1 Sample Street\nLeeds LS1 1AA\nUnited Kingdom"),
    "FR": InvoiceDetails("Société d’Exemple SARL", "12 rue des Érables\n69003 Lyon\nFrance", "FR 40 303265045"),
    "US": InvoiceDetails("Maple Example Inc.", "9 Sample Avenue\nAustin TX 78701\nUSA", "12-3456789"),
    "JP": InvoiceDetails("Sakura Example KK", "1-1 Sample\nChiyoda-ku, Tokyo\nJapan"),
}
CURRENCY = {"AU": "AUD", "GB": "GBP", "FR": "EUR", "US": "USD", "JP": "JPY"}


def details(country: str = "AU", **changes: str) -> InvoiceDetails:
    """Complete invoice details of the customer in that country; French for France."""
    contact = {"email": "pay@buyer.example", "contact_name": "Ada O’Brien", "contact_phone": "+61 3 5550 9876"}
    language = {"language": "fr" if country == "FR" else "en"}
    return replace(DETAILS[country], **contact | language | changes)


def open_shop(database: Database, **profile: Any) -> dict[str, Customer]:
    """Load reference data with three days of rates, set the company up, and create a customer for each country.

    `profile` says what of the company is otherwise, such as its GST basis.
    """
    database.act(lambda tx: load_reference(tx, by=SYSTEM, folder=_reference()), at=AT)
    database.act(lambda tx: set_up(tx, by=SYSTEM, profile=_profile(profile)), at=AT)
    return {country: _customer(database, country) for country in DETAILS}


def issue(database: Database, customer: Customer, amount: str, *, nonce: str, at: datetime = AT) -> Invoice:
    """Issue an invoice in the customer's own currency and language."""
    gross = Money.of(amount, customer.currency)
    given = details(customer.country)
    return database.act(
        lambda tx: issue_invoice(tx, by=SYSTEM, nonce=nonce, customer_id=customer.id, gross=gross, details=given), at=at
    )


def _reference() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ledgerdesk-reference-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("currencies.csv", "tax_rules.toml"):
        (folder / name).write_text((ROOT / "data" / name).read_text())
    header, *rates = (ROOT / "data" / "ecb_rates.csv").read_text().splitlines()
    kept = [line for line in rates if line[:10] in {"2026-10-28", "2026-10-29", "2026-10-30"}]
    (folder / "ecb_rates.csv").write_text("\n".join([header, *kept]) + "\n")
    return folder


def _profile(changes: dict[str, Any]) -> Profile:
    address = ("Level 4, 120 Example Street", "Sydney NSW 2000", "Australia")
    company = Company(
        NAME, "51824753556", address, "accounts@harbour.example", "+61 2 5550 1234", "www.harbour.example", "AU",
        valid_from=date(2020, 7, 1),
    )  # fmt: skip
    accounts = [
        BankAccount(
            code=currency.lower(),
            currency=currency,
            holder=NAME,
            bank=f"Example Bank {currency}",
            lines=lines,
            iban="DE89370400440532013000" if currency == "EUR" else "",
            bic="COBADEFFXXX" if currency == "EUR" else "",
            number=f"{currency} 1",
        )
        for currency, lines in BANK_LINES.items()
    ]
    return Profile(replace(company, **changes), tuple(accounts))


def _customer(database: Database, country: str) -> Customer:
    given = DETAILS[country]
    return database.act(
        lambda tx: create_customer(
            tx,
            by=SYSTEM,
            username=f"buyer-{country.lower()}",
            name=given.company_name,
            email=f"{country.lower()}@buyer.example",
            country=country,
            currency=CURRENCY[country],
        ),
        at=AT,
    )
