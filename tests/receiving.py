"""Money that arrives: a bank's own file with the given lines, imported as a person would import it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from services.access.model import SYSTEM
from services.banking.model import BankLine, Line
from services.banking.operations import import_statement
from services.banking.queries import unallocated_receipts
from services.banking.sorting.queries import waiting_lines
from services.banking.writer import write_camt053
from services.db.engine import Database
from services.invoices.model import Invoice
from services.money import Money
from services.payments.model import Allocation
from services.payments.operations import allocate
from tests.invoicing import AT

ON = date(2026, 11, 20)
_serial = iter(range(1, 10**9))


def line(
    amount: str,
    currency: str = "AUD",
    *,
    on: date = ON,
    payer: str = "",
    account: str = "",
    text: str = "",
    sent: str | None = None,
) -> Line:
    """One receipt as the bank writes it; `sent` is what the payer instructed."""
    return Line(
        booked_on=on,
        value_on=on,
        amount=Money.of(amount, currency),
        counterparty=payer,
        remittance=text,
        bank_reference=f"BANK{next(_serial)}",
        counterparty_account=account,
        instructed=Money.of(sent, currency) if sent else None,
    )


def arrive(database: Database, *lines: Line, at: datetime = AT) -> list[BankLine]:
    """Import a statement holding the lines, all of one currency; the receipts among them as booked, in their order."""
    _import(database, lines, at)
    with database.read() as conn:
        booked = {each.bank_reference: each for each in unallocated_receipts(conn)}
    return [booked[each.bank_reference] for each in lines if each.amount.micros > 0]


def leave(
    database: Database, amount: Money, *, payer: str = "", account: str = "", on: date = ON, at: datetime = AT
) -> BankLine:
    """The amount leaves the bank for somebody; the line as booked, waiting to be sorted."""
    out = line((-amount).plain(), amount.currency, on=on, payer=payer, account=account)
    _import(database, [out], at)
    with database.read() as conn:
        return next(each for each in waiting_lines(conn, incoming=False) if each.bank_reference == out.bank_reference)


def _import(database: Database, lines: Sequence[Line], at: datetime) -> None:
    currency = lines[0].amount.currency
    days = [each.booked_on for each in lines]
    content = write_camt053(
        account=f"{currency} 1",
        holder="Harbour Messaging Pty Ltd",
        number=str(next(_serial)),
        written_at=datetime(2026, 11, 20, tzinfo=UTC),
        on=(min(days), max(days)),
        opening=Money(0, currency),
        lines=lines,
    ).replace(b"OPBD", b"INFO")  # without an opening balance nothing can be missing before it
    database.act(
        lambda tx: import_statement(
            tx,
            by=SYSTEM,
            name=f"{next(_serial)}.xml",
            content=content,
            bank_account=currency.lower(),
            accept_untied=True,
        ),
        at=at,
    )


def receive(
    database: Database,
    invoice: Invoice,
    amount: str,
    *,
    key: str = "first",
    short: str = "part",
    on: date = ON,
    at: datetime = AT,
) -> Allocation:
    """The amount arrives at the bank on a day and is given to the invoice."""
    [receipt] = arrive(database, line(amount, invoice.currency, on=on), at=at)
    nonce = f"{invoice.id} {key}"
    return database.act(
        lambda tx: allocate(tx, by=SYSTEM, bank_line_id=receipt.id, invoice_id=invoice.id, nonce=nonce, short=short),
        at=at,
    )
