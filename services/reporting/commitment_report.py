"""What the board reads about one commitment: terms, meters, outlook, invoices, and how well the forecast did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from services.company.logo import logo
from services.company.queries import company
from services.customers.model import Customer
from services.customers.queries import customer as customer_by_id
from services.invoices.document import Seller
from services.invoices.queries import page as invoices_page
from services.money import Money
from services.pictures import Picture
from services.postpaid import queries
from services.postpaid.commitment import MOST_MONTHS
from services.postpaid.model import Commitment, MonthBilled
from services.postpaid.outlook import BackTest, Outlook, back_test, outlook
from services.postpaid.standing import Standing, history, standing

_MOST_INVOICES = 4 * MOST_MONTHS  # of a customer: those of the commitment, and what was bought besides


@dataclass(frozen=True, slots=True)
class InvoiceSeen:
    """A monthly invoice of the commitment as it stands; `status` as the list of invoices words it."""

    month: date
    number: str
    due_on: date
    gross: Money
    open: Money
    status: str


@dataclass(frozen=True, slots=True)
class CommitmentReport:
    """Everything the paper prints, as of a day; `made_by` is who asked for it."""

    on: date
    made_by: str
    seller: Seller
    owner: Customer
    commitment: Commitment
    meters: Standing
    outlook: Outlook
    invoices: tuple[InvoiceSeen, ...]
    tested: BackTest | None
    logo: Picture | None = None


def commitment_report(conn: Connection, *, commitment_id: int, today: date, made_by: str) -> CommitmentReport:
    """The report of a commitment as of a day. Raises `NoSuchCommitment`."""
    found = queries.commitment(conn, commitment_id)
    seen, seller = history(conn, found, today=today), Seller.of(company(conn))
    return CommitmentReport(
        on=today,
        made_by=made_by,
        seller=seller,
        logo=logo(conn, seller.logo),
        owner=customer_by_id(conn, found.customer_id),
        commitment=found,
        meters=standing(conn, found, today=today),
        outlook=outlook(seen),
        invoices=tuple(_invoices(conn, found, seen.billed)),
        tested=back_test(seen.daily, today=today),
    )


def back_test_words(tested: BackTest | None, currency: str) -> str:
    """The back-test in a sentence."""
    if tested is None:
        return "There is too little history to test it on this customer."
    ours, naive = (Money(micros, currency).rounded().text() for micros in (tested.error, tested.naive_error))
    months = f"{tested.months} past months" if tested.months > 1 else "one past month"
    return (
        f"Tested at the middle of {months}: wrong by {ours} on average (a straight line: {naive}), inside its band "
        f"{tested.held} of {tested.months} times."
    )


def _invoices(conn: Connection, found: Commitment, billed: tuple[MonthBilled, ...]) -> list[InvoiceSeen]:
    rows = invoices_page(conn, customer_id=found.customer_id, size=_MOST_INVOICES).rows
    by_id = {int(row["id"]): row for row in rows.to_dict("records")}
    code = found.currency
    return [
        InvoiceSeen(
            month=each.month,
            number=str(row["number"]),
            due_on=row["due_on"],
            gross=Money(int(row["gross_micros"]), code),
            open=Money(int(row["open_micros"]), code),
            status=str(row["status"]),
        )
        for each in billed
        if each.invoice_id is not None and (row := by_id.get(each.invoice_id)) is not None
    ]
