"""The paper before it is drawn: frozen, complete, and adding up; printing never computes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.company.model import BankAccount, Company
from services.customers.model import InvoiceDetails
from services.errors import BrokenInvariant
from services.invoices.paid_by import PaidByCard
from services.money import Money, multiply
from services.papers.wording import say
from services.periods import Period
from services.pictures import Picture
from services.pricing.model import TaxTreatment


class DoesNotAddUp(BrokenInvariant):
    """A paper contradicts itself; it must never be drawn."""


@dataclass(frozen=True, slots=True)
class Seller:
    """The seller as printed; `abn` as people read it, `logo` the SHA-256 of the picture, empty without one."""

    name: str
    abn: str
    address: tuple[str, ...]
    email: str
    phone: str
    website: str
    logo: str = ""

    @classmethod
    def of(cls, company: Company) -> Seller:
        """What the company's profile prints today."""
        texts = (company.email, company.phone, company.website)
        return cls(company.name, company.abn_text, tuple(company.address), *texts, company.logo)

    @classmethod
    def from_json(cls, text: str) -> Seller:
        """Back from `to_json`."""
        kept = json.loads(text)
        return cls(**kept | {"address": tuple(kept["address"])})

    def to_json(self) -> str:
        """As kept on the invoice."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class PayTo:
    """Our bank account as printed: `lines` are labels and values, `changed_on` when the details last changed."""

    holder: str
    bank: str
    lines: tuple[tuple[str, str], ...]
    iban: str
    bic: str
    changed_on: date | None

    @classmethod
    def of(cls, account: BankAccount | None) -> PayTo:
        """What the account prints today; nothing where none is needed, because a card has paid."""
        if account is None:
            return cls("", "", (), "", "", None)
        return cls(account.holder, account.bank, account.lines, account.iban, account.bic, account.changed_on)

    @classmethod
    def from_json(cls, text: str) -> PayTo:
        """Back from `to_json`."""
        kept: dict[str, Any] = json.loads(text)
        lines = tuple((label, value) for label, value in kept["lines"])
        changed_on = date.fromisoformat(kept["changed_on"]) if kept["changed_on"] else None
        return cls(kept["holder"], kept["bank"], lines, kept["iban"], kept["bic"], changed_on)

    def to_json(self) -> str:
        """As kept on the invoice."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of an invoice: what is sold, how much of it as printed, and what it comes to."""

    words: str
    quantity: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Document:
    """Everything one invoice prints. Without a number it is a draft and says so.

    One `in_arrears` asks for what was used in the days `used` and stays owed; one for credit lapses if nobody pays it.
    A later `version` was issued on `version_on` and replaces the copy of `replaces_on`. `tax_aud` is the tax in AUD at
    `rate` of `rate_on` where a taxed invoice is in another currency (GSTR 2001/2). One `paid_by` a card
    asks for nothing.
    """

    title: str
    number: str | None
    reference: str | None
    issued_on: date
    due_on: date
    seller: Seller
    buyer: InvoiceDetails
    country: str
    account_id: str
    username: str
    language: str
    net: Money
    tax: Money
    gross: Money
    shows_tax: bool
    tax_label: str
    tax_note: str
    pay_to: PayTo
    rate: str
    rate_on: date
    rate_source: str
    tax_aud: Money | None = None
    po_number: str = ""
    in_arrears: bool = False
    version: int = 1
    version_on: date | None = None
    replaces_on: date | None = None
    lines: tuple[PrintedLine, ...] = ()
    logo: Picture | None = None
    paid_by: PaidByCard | None = None
    used: Period | None = None

    @property
    def hint(self) -> str:
        """What the reference is good for, by the name of the sentence: one in arrears buys no credit."""
        return "reference_hint_owed" if self.used else "reference_hint"

    def __post_init__(self) -> None:
        """Refuse a paper whose parts contradict each other, with `DoesNotAddUp`."""
        if self.net + self.tax != self.gross:
            raise DoesNotAddUp(f"{self.net.text()} and {self.tax.text()} are not {self.gross.text()}")
        if self.tax and not self.shows_tax:
            raise DoesNotAddUp(f"{self.title} {self.number} has tax that it does not show")
        if (self.number is None) != (self.reference is None):
            raise DoesNotAddUp("a paper has both a number and a reference, or is a draft")
        check_version(self.version, self.version_on, self.replaces_on)
        check_logo(self.seller, self.logo)
        if sum(line.amount.micros for line in self.printed_lines) != self.of_lines.micros:
            raise DoesNotAddUp(f"the lines do not come to {self.of_lines.text()}")

    @property
    def of_lines(self) -> Money:
        """What the lines come to: the net where tax is shown under them, else the total."""
        return self.net if self.shows_tax else self.gross

    @property
    def printed_lines(self) -> tuple[PrintedLine, ...]:
        """The lines; one of prepaid credit where none were given."""
        return self.lines or (PrintedLine(say("line", self.language), "1", self.of_lines),)

    @property
    def is_draft(self) -> bool:
        """Whether it is only a preview."""
        return self.number is None

    @property
    def from_abroad(self) -> bool:
        """Whether the payer's bank is outside Australia and may keep a fee of a transfer (product.md, rule 9)."""
        return self.country != "AU" and self.paid_by is None

    @property
    def file_name(self) -> str:
        """What the file is called when downloaded or sent."""
        return f"Invoice_{self.number or 'draft'}{version_ending(self.version)}.pdf"


def check_version(version: int, version_on: date | None, replaces_on: date | None) -> None:
    """Refuse a paper that does not say which copy it replaces, or says so without need, with `DoesNotAddUp`."""
    if version < 1 or {version_on is None, replaces_on is None} != {version == 1}:
        raise DoesNotAddUp(f"version {version} of {version_on} cannot replace the copy of {replaces_on}")


def check_logo(seller: Seller, logo: Picture | None) -> None:
    """Refuse a paper with another logo than the one it was issued with, or without it, with `DoesNotAddUp`."""
    if seller.logo != (logo.sha256 if logo else ""):
        raise DoesNotAddUp(f"{seller.name} prints the logo “{seller.logo}”, and this is {logo}")


def version_ending(version: int) -> str:
    """What a later version adds to the name of its file: "_v2"."""
    return f"_v{version}" if version > 1 else ""


def tax_label(treatment: TaxTreatment) -> str:
    """The tax line's words: "GST 10 %", from the tax's share of the gross; empty where no tax line is printed."""
    top, bottom = treatment.rate
    if not treatment.shows_tax:
        return ""
    percent = f"{100 * top / (bottom - top):g}"
    return f"{treatment.tax_name} {percent} %"


def tax_in_aud(tax: Money, rate: Decimal) -> Money | None:
    """The tax of a taxed invoice in another currency, in AUD to the cent; None where there is nothing to convert."""
    if not tax or tax.currency == "AUD":
        return None
    return Money(multiply(tax.micros, rate), "AUD").rounded()
