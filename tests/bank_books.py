"""A company with two bank accounts, and MT940 files of them, for tests of bank statements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, insert, text

from services.access.model import SYSTEM, Principal, Role
from services.banking.operations import import_statement
from services.company.model import BankAccount, Company, Profile
from services.company.operations import set_up
from services.db.engine import Database
from services.db.types import metadata
from services.ledger.model import Account, Purpose
from services.pricing.operations import import_rates

IBAN = "IE06 SCMB 9900 0012 3456 78"
ONE = 1_000_000
ANN = Principal(None, "Ann", Role.ACCOUNTING)
LAST_DAY = date(2026, 11, 20)


def company_with_accounts(database: Database, at: datetime) -> None:
    """Two accounts: "aud" known by its number, "eur" by its IBAN; a EUR rate of 1.60 from 2 January 2026."""
    company = Company("Test Pty Ltd", "68900555010", ("Sydney",), "a@b.example", "", "", "AU")
    aud = BankAccount("aud", "AUD", "Test", "Bank", (), number="082-999 123456789")
    eur = BankAccount("eur", "EUR", "Test", "Bank", (), iban=IBAN)
    with database.write(at=at) as tx:
        for code in ("AUD", "EUR"):
            limits = {"minimum_top_up_micros": 20 * ONE, "maximum_top_up_micros": 10**7 * ONE}
            tx.conn.execute(insert(metadata.tables["currency"]).values(code=code, minor_digits=2, **limits))
        set_up(tx, by=SYSTEM, profile=Profile(company, (aud, eur)))
        import_rates(tx, by=SYSTEM, content=b"currency,date,aud_per_unit\nEUR,2026-01-02,1.60\n", source="test")


Movement = tuple[str, str, str]  # day as MMDD of 2026, signed amount, text


def mt940(
    lines: list[Movement],
    *,
    opening: str = "100.00",
    on: str = "1101",
    until: str = "1130",
    account: str = "082999123456789",
    currency: str = "AUD",
    closing: str | None = None,
) -> bytes:
    """One statement; the closing balance is worked out unless one is given."""
    total = Decimal(opening) + sum((Decimal(amount) for _, amount, _ in lines), Decimal(0))
    said = [":20:TEST", f":25:{account}", ":28C:1", f":60F:{_balance(Decimal(opening), on, currency)}"]
    for day, amount, words in lines:
        mark = "D" if Decimal(amount) < 0 else "C"
        number = amount.lstrip("-").replace(".", ",")
        said += [f":61:26{day}{day}{mark}{number}NTRFNONREF", f":86:{words}"]
    said.append(f":62F:{_balance(Decimal(closing) if closing else total, until, currency)}")
    return "\r\n".join([*said, "-", ""]).encode()


def _balance(amount: Decimal, day: str, currency: str) -> str:
    return f"{'D' if amount < 0 else 'C'}26{day}{currency}{abs(amount):.2f}".replace(".", ",")


def bring_in(database: Database, content: bytes, at: datetime, **choices):
    """Import one file in a transaction of its own."""
    return database.act(lambda tx: import_statement(tx, by=ANN, name="test.sta", content=content, **choices), at=at)


def bank_balance(database: Database, code: str = "aud", currency: str = "AUD") -> Decimal:
    """What the books say the account holds."""
    return _balance_of(database, Account(Purpose.BANK, currency, detail=code))


def balance(database: Database, purpose: Purpose, currency: str = "AUD") -> Decimal:
    """What the books say of a system account."""
    return _balance_of(database, Account(purpose, currency))


def _balance_of(database: Database, account: Account) -> Decimal:
    with database.read() as conn:
        return Decimal(posted(conn, account)[0]) / ONE


def posted(conn: Connection, account: Account) -> tuple[int, int]:
    """The sum of an account's postings, in its own currency and in AUD micros."""
    query = text(
        "SELECT coalesce(sum(p.amount), 0), coalesce(sum(p.base_amount), 0) "
        "FROM posting p JOIN account a ON a.id = p.account_id WHERE a.code = :code"
    )
    amount, base = conn.execute(query, {"code": account.code}).one()
    return int(amount), int(base)
