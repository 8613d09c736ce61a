"""The statement of what is owed: every open debt of a customer in a currency on a day; it adds up before drawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from services.company import queries as company
from services.company.logo import logo
from services.customers import queries as customers
from services.customers.model import Customer, InvoiceDetails
from services.invoices.document import PayTo, Seller
from services.invoices.queries import document
from services.invoices.queries import invoice as invoice_by_id
from services.money import Money
from services.pictures import Picture
from services.reporting.aged import debts
from services.reporting.aging import Bucket


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One debt as the customer reads it: `days` overdue, 0 while it is not; `open` of `gross`."""

    number: str
    reference: str
    issued_on: date
    due_on: date
    days: int
    gross: Money
    open: Money


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Everything the statement prints; `buckets` are what is owed by how long it is overdue, and sum to `owed`."""

    seller: Seller
    customer: Customer
    details: InvoiceDetails
    language: str
    as_of: date
    items: tuple[OpenItem, ...]
    pay_to: PayTo
    buckets: tuple[tuple[Bucket, Money], ...]
    logo: Picture | None = None

    @property
    def owed(self) -> Money:
        """All of it."""
        return sum((each.open for each in self.items), Money(0, self.pay_in))

    @property
    def overdue(self) -> Money:
        """What of it is past its day."""
        return sum((each.open for each in self.items if each.days), Money(0, self.pay_in))

    @property
    def pay_in(self) -> str:
        """The currency of every amount."""
        return self.buckets[0][1].currency

    @property
    def file_name(self) -> str:
        """What its file is called."""
        word = "releve" if self.language == "fr" else "statement"
        return f"{word}-{self.customer.username}-{self.as_of}.pdf"


def open_items(conn: Connection, *, invoice_id: int, as_of: date) -> OpenItems:
    """The statement that goes with a letter about an invoice: of its customer, in its currency and language.

    Where to pay is what that invoice prints. Raises `NoInvoice`.
    """
    about, paper = invoice_by_id(conn, invoice_id), document(conn, invoice_id)
    rows = debts(conn, as_of=as_of, customer_id=about.customer_id, currency=about.currency).to_dict("records")
    code = about.currency
    found = [invoice_by_id(conn, int(row["invoice_id"])) for row in rows]
    items = tuple(
        OpenItem(
            each.number, each.reference, each.issued_on, each.due_on, int(row["days"]), each.gross,
            Money(int(row["open_micros"]), code),
        )
        for each, row in zip(found, rows, strict=True)
    )  # fmt: skip
    sums = {bucket: Money(0, code) for bucket in Bucket}
    for row in rows:
        sums[Bucket(row["bucket"])] += Money(int(row["open_micros"]), code)
    seller = Seller.of(company.company(conn, on=as_of))
    return OpenItems(
        seller=seller,
        customer=customers.customer(conn, about.customer_id),
        details=about.details,
        language=about.language,
        as_of=as_of,
        items=items,
        pay_to=paper.pay_to,
        buckets=tuple(sums.items()),
        logo=logo(conn, seller.logo),
    )
