"""The small company of the screens' tests, with invoices, usage, a number and money at the bank added to it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from services.access.model import SYSTEM
from services.banking.model import Line
from services.banking.queries import statements
from services.banking.writer import write_camt053
from services.company.queries import bank_account_for
from services.customers.model import InvoiceDetails
from services.db.engine import Database
from services.invoices.model import Invoice
from services.invoices.operations import issue_invoice
from services.money import Money
from services.numbers.model import NumberType
from services.numbers.operations import add_number
from services.usage.model import Product, UsageDay
from services.usage.operations import post_usage_days
from tests.conftest import SYDNEY
from tests.pages.harness import SmallCompany, ago, build

DETAILS = InvoiceDetails(
    "Bluegum Clinics Pty Ltd", "1 Wharf Street\nSydney NSW 2000", email="pay@bluegum.example",
    contact_name="Ada Byrne", contact_phone="+61 2 5550 1234",
)  # fmt: skip


def open_company(template: Path, folder: Path) -> SmallCompany:
    """The company in a file of its own."""
    path = folder / "books.sqlite"
    path.write_bytes(template.read_bytes())
    company = build(Database(f"sqlite:///{path}", timezone=SYDNEY))
    now = ago(4)
    with company.database.write(at=now) as tx:
        first, second = company.customers[:2]
        days = [
            UsageDay(tx.today, first, Product.SMS, "AU", "AUD", 100, 120, 9_600_000),
            UsageDay(tx.today, first, Product.MMS, "NZ", "AUD", 10, 10, 3_500_000),
            UsageDay(tx.today, second, Product.VOICE, "AU", "AUD", 4, 9, 1_530_000),
        ]
        post_usage_days(tx, by=SYSTEM, days=days, source="test")
        add_number(
            tx, by=SYSTEM, customer_id=first, e164="+61488811200", country="AU", type=NumberType.MOBILE,
            monthly_price=Money.of("25", "AUD"), activated_on=tx.today.replace(day=1),
        )  # fmt: skip
    return company


def issued(company: SmallCompany, customer: int, amount: str, nonce: str, *, at: datetime | None = None) -> Invoice:
    """An invoice over that many AUD; `at` only where a history is told."""
    return company.database.act(
        lambda tx: issue_invoice(
            tx,
            by=SYSTEM,
            nonce=nonce,
            customer_id=company.customers[customer],
            gross=Money.of(amount, "AUD"),
            details=DETAILS,
        ),
        at=at,
    )


def statement(company: SmallCompany, *payments: tuple[str, str], number: str = "1") -> bytes:
    """A bank's file with a receipt of each (amount, text) in AUD today."""
    with company.database.read() as conn:
        account = bank_account_for(conn, "AUD")
        last = statements(conn, bank_account=account.code, limit=1)
    today = datetime.now(SYDNEY).date()
    lines = [
        Line(today, today, Money.of(amount, "AUD"), "BLUEGUM", text, bank_reference=f"B{number}-{place}")
        for place, (amount, text) in enumerate(payments)
    ]
    return write_camt053(
        account=account.iban or account.number,
        holder="Southern Cross",
        number=number,
        written_at=datetime.now(UTC),
        on=(today, today),
        opening=last[0].closing if last and last[0].closing else Money(0, "AUD"),
        lines=lines,
    )
