"""Our bank accounts as their bank keeps them: what is on its way, and the file of a month's statement when it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from services.banking.model import Line
from services.banking.writer import write_camt053
from services.company.model import BankAccount
from services.demo.payer import Receipt, running_costs
from services.money import MICROS, Money, zero
from services.periods import Period

OPENING = 25_000 * MICROS  # what each account held before the books began


@dataclass(frozen=True, slots=True)
class StatementFile:
    """One file as the bank hands it out; `invoices` says what each line's bank reference was meant for."""

    name: str
    content: bytes
    lines: int
    invoices: dict[str, int]


@dataclass
class AccountAtBank:
    """One account of ours: its balance at the bank, and receipts not yet on a statement."""

    account: BankAccount
    balance: Money
    coming: list[Receipt] = field(default_factory=list)
    statements: int = 0

    def statement(self, seed: int, days: Period, written_at: datetime) -> StatementFile:
        """Write the statement of some days of one month, in the order of their dates; the account moves on."""
        booked = [one for one in self.coming if one.booked_on < days.ends_before]
        self.coming = [one for one in self.coming if one.booked_on >= days.ends_before]
        received = _sum((one.amount for one in booked), self.balance.currency)
        costs = running_costs(seed, days.starts_on, self.balance.currency, received)
        booked += [one for one in costs if one.booked_on in days]
        booked.sort(key=lambda one: (one.booked_on, one.bank_reference))
        opening = self.balance
        self.balance = opening + _sum((one.amount for one in booked), opening.currency)
        self.statements += 1
        content = write_camt053(
            account=self.account.iban or self.account.number,
            holder=self.account.holder,
            number=f"{self.statements:05d}",
            written_at=written_at,
            on=(days.starts_on, days.last_day),
            opening=opening,
            lines=[_line(one) for one in booked],
        )
        name = f"{self.account.code}-{days.starts_on}-{days.last_day}.xml"
        meant = {one.bank_reference: one.invoice_id for one in booked if one.invoice_id is not None and one.named}
        return StatementFile(name, content, len(booked), meant)


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, zero(currency))


def _line(receipt: Receipt) -> Line:
    return Line(
        booked_on=receipt.booked_on,
        value_on=receipt.booked_on,
        amount=receipt.amount,
        counterparty=receipt.counterparty,
        remittance=receipt.remittance,
        bank_reference=receipt.bank_reference,
        counterparty_account=receipt.account,
    )


def accounts_at_bank(accounts: Iterable[BankAccount]) -> dict[str, AccountAtBank]:
    """The first active account of each currency, as the bank opens it."""
    found: dict[str, AccountAtBank] = {}
    for account in accounts:
        if account.active and account.currency not in found:
            found[account.currency] = AccountAtBank(account, Money(OPENING, account.currency))
    return found
