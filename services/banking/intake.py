"""What importing a file would change: whose accounts its statements are of, which lines are new, what looks wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from services.banking.chain import gaps
from services.banking.fingerprint import account_key, fingerprints
from services.banking.mapped import read_file
from services.banking.model import NO_CURRENCY, ReadFile, Statement, StatementFormat
from services.banking.recognising import recognised
from services.banking.tables import bank_line, bank_statement_file
from services.company.model import BankAccount
from services.company.queries import bank_accounts
from services.money import Money, minor_unit

_SHORTEST_NUMBER = 6  # digits by which an account number may be known at the end of a longer one (after its branch)

_NAMING = frozenset({StatementFormat.CAMT, StatementFormat.MT940, StatementFormat.OFX, StatementFormat.BAI2})


@dataclass(frozen=True, slots=True)
class Taken:
    """One statement of the file, the account of ours it is of, and each booked line's content key."""

    statement: Statement
    account: BankAccount | None
    problem: str | None
    keys: tuple[str, ...]
    known: frozenset[str]

    @property
    def fresh(self) -> int:
        """How many of its lines the books do not have."""
        return sum(key not in self.known for key in self.keys)


@dataclass(frozen=True, slots=True)
class Intake:
    """A file as read, held against the books."""

    read: ReadFile
    sha256: str
    same_file_id: int | None
    taken: tuple[Taken, ...]
    missing: tuple[str, ...]  # a sentence for each statement that does not go on where the books of its account end
    warnings: tuple[str, ...]

    @property
    def untied(self) -> tuple[Statement, ...]:
        """Statements with money in them that do not tie, or cannot be shown to."""
        return tuple(each.statement for each in self.taken if each.statement.booked and not each.statement.ties)


def take_in(conn: Connection, *, content: bytes, name: str = "", bank_account: str | None = None) -> Intake:
    """Read a file and hold it against the books, without writing. `bank_account` is the code somebody chose.

    Raises `Unreadable`. What forbids an import stands as `problem` of the statement concerned.
    """
    read = read_file(conn, content, name, bank_account)
    sha256 = hashlib.sha256(content).hexdigest()
    live = bank_statement_file.c.undone_at.is_(None)
    same = conn.execute(select(bank_statement_file.c.id).where(bank_statement_file.c.sha256 == sha256, live)).scalar()
    accounts = bank_accounts(conn)
    statements = read.statements
    if read.format not in _NAMING:
        statements = tuple(_in_currency(statement, accounts, bank_account) for statement in statements)
    owners = [_owner(statement, accounts, bank_account) for statement in statements]
    taken = tuple(_held_against(conn, statements, owners, read.format))
    missing, warnings = gaps(conn, taken)
    return Intake(read, sha256, same, taken, missing, warnings)


def _in_currency(statement: Statement, accounts: Sequence[BankAccount], chosen: str | None) -> Statement:
    """A table or QIF that names no currency, in that of the one account it is of, where its coins allow."""
    if statement.currency != NO_CURRENCY:
        return statement
    own = [each for each in accounts if (each.code == chosen if chosen else _is_of(statement, each))]
    code = own[0].currency if len(own) == 1 else NO_CURRENCY
    amounts = [line.amount for line in statement.lines] + [
        m for m in (statement.opening, statement.closing) if m is not None
    ]
    if {money.currency for money in amounts} - {NO_CURRENCY} or any(m.micros % minor_unit(code) for m in amounts):
        return statement
    lines = tuple(replace(line, amount=Money(line.amount.micros, code)) for line in statement.lines)
    opening, closing = (None if m is None else Money(m.micros, code) for m in (statement.opening, statement.closing))
    return replace(statement, currency=code, lines=lines, opening=opening, closing=closing)


def _held_against(
    conn: Connection,
    statements: Sequence[Statement],
    owners: Sequence[tuple[BankAccount | None, str | None]],
    kind: StatementFormat,
) -> Iterator[Taken]:
    # lines of one account are numbered through the whole file, lines of two accounts never meet
    codes = [
        owner.code if owner else f"?{statement.account}"
        for statement, (owner, _) in zip(statements, owners, strict=True)
    ]
    keys: dict[int, list[str]] = {}
    known: dict[str, frozenset[str]] = {}
    for code in dict.fromkeys(codes):
        places = [place for place, each in enumerate(codes) if each == code]
        mine = [statements[place] for place in places]
        known[code] = _known(conn, code, mine)
        keyed = list(zip(mine, fingerprints(code, mine), strict=True))
        keys.update(zip(places, recognised(conn, code, keyed, known[code], kind), strict=True))
    for place, (statement, (owner, problem)) in enumerate(zip(statements, owners, strict=True)):
        yield Taken(statement, owner, problem, tuple(keys[place]), known[codes[place]])


def _known(conn: Connection, code: str, statements: Sequence[Statement]) -> frozenset[str]:
    days = [line.booked_on for statement in statements for line in statement.booked]
    if not days:
        return frozenset()
    here, line = bank_line.c.bank_account == code, bank_line.c
    query = select(line.fingerprint).where(here, line.booked_on.between(min(days), max(days)), line.undone_at.is_(None))
    return frozenset(conn.execute(query).scalars())


def _owner(
    statement: Statement, accounts: Sequence[BankAccount], chosen: str | None
) -> tuple[BankAccount | None, str | None]:
    matching = [each for each in accounts if _is_of(statement, each)]
    if chosen is not None:
        matching = [each for each in matching if each.code == chosen] if matching else list(accounts)
        matching = [each for each in matching if each.code == chosen]
        if not matching:
            return None, f"The statement of {statement.account} is not of our account “{chosen}”; choose the right one."
    elif not matching:
        named = statement.account or "an unnamed account"
        return None, f"The statement is of {named}, which is none of our bank accounts; choose the account it is of."
    found = [each for each in matching if each.currency == statement.currency]
    if not found:
        return None, _wrong_currency(statement, matching[0])
    others = {line.amount.currency for line in statement.booked} - {found[0].currency}
    if others:
        return (
            None,
            f"Our account {found[0].code} is in {found[0].currency}, but the statement has {min(others)} lines.",
        )
    return found[0], None


def _wrong_currency(statement: Statement, account: BankAccount) -> str:
    if statement.currency == NO_CURRENCY:
        return f"The statement of {statement.account} names no currency; download it again with its balances."
    return f"The statement is in {statement.currency}, but our account {account.code} is in {account.currency}."


def _is_of(statement: Statement, account: BankAccount) -> bool:
    """Whether the numbers are the same, or one is the other with its bank and branch before it."""
    said = account_key(statement.account)
    for own in filter(None, (account_key(account.iban), account_key(account.number))):
        for number in {said, said.removesuffix(account.currency)}:
            longer, shorter = max(own, number, key=len), min(own, number, key=len)
            if own == number or (len(shorter) >= _SHORTEST_NUMBER and longer.endswith(shorter)):
                return True
    return False
