"""The paper of a credit note before it is drawn: frozen, tied to its invoice, adding up; printing never computes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.customers.model import InvoiceDetails
from services.invoices.credit_note import NoteKind
from services.invoices.document import DoesNotAddUp, Seller, check_logo, check_version, version_ending
from services.money import Money
from services.pictures import Picture


@dataclass(frozen=True, slots=True)
class NoteDocument:
    """Everything printed. Of an adjustment note that is what F2022L01272 asks for.

    `before` and `after` are what the invoice comes to without and with the note; `returned` is the part of the gross
    that had been paid and is owed back. `tax_aud` is the tax in AUD, where the paper is in another currency.
    """

    kind: NoteKind
    number: str
    invoice_number: str
    invoice_issued_on: date
    issued_on: date
    seller: Seller
    buyer: InvoiceDetails
    country: str
    account_id: str
    username: str
    language: str
    before: Money
    gross: Money
    net: Money
    tax: Money
    after: Money
    returned: Money
    reason: str
    tax_label: str
    tax_aud: Money | None = None
    version: int = 1
    version_on: date | None = None
    replaces_on: date | None = None
    logo: Picture | None = None

    def __post_init__(self) -> None:
        """Refuse a paper whose parts contradict each other, with `DoesNotAddUp`."""
        if self.net + self.tax != self.gross:
            raise DoesNotAddUp(f"{self.net.text()} and {self.tax.text()} are not {self.gross.text()}")
        if self.before - self.gross != self.after or self.after.micros < 0:
            raise DoesNotAddUp(f"{self.before.text()} less {self.gross.text()} is not {self.after.text()}")
        if self.gross < self.returned:
            raise DoesNotAddUp(f"more than {self.gross.text()} would be owed back")
        if bool(self.tax) and self.kind is not NoteKind.ADJUSTMENT:
            raise DoesNotAddUp(f"{self.number} has tax, so it is an adjustment note")
        check_version(self.version, self.version_on, self.replaces_on)
        check_logo(self.seller, self.logo)

    @property
    def lowered(self) -> Money:
        """The part nobody had paid, which is no longer asked for."""
        return self.gross - self.returned

    @property
    def file_name(self) -> str:
        """What the file is called when downloaded or sent."""
        word = "Adjustment" if self.kind is NoteKind.ADJUSTMENT else "Credit"
        return f"{word}_note_{self.number}{version_ending(self.version)}.pdf"
