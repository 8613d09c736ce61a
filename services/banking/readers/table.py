"""Tables of values (CSV, workbooks) of banks: by named or unnamed columns, oldest first, proved by running balances."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from services.banking.model import NO_CURRENCY, Line, Statement, Unreadable
from services.banking.readers.amounts import currency_of
from services.banking.readers.columns import Columns, header_of, unnamed
from services.banking.readers.grid import Row, amount_of, day_reader, decimal_mark, reads, rows_of
from services.money import Money, zero

_SETTLED = frozenset({"completed", "complete", "posted", "settled", "cleared", "booked", "processed"})
_WAITING = frozenset({"pending", "on hold", "held", "denied", "cancelled", "canceled", "failed", "reverted", "removed"})
_DEBITS = frozenset({"debit", "dr", "debe", "cargo"})


@dataclass(slots=True)
class _Read:
    """One row read: its line, the balance after it, the account it is of."""

    line: Line
    balance: Money | None
    account: str


def read(text: str) -> tuple[Statement, ...]:
    """The statements of a file of separated values; raises `Unreadable` with the line of the first fault."""
    return statements_of(rows_of(text))


def statements_of(rows: Sequence[Row]) -> tuple[Statement, ...]:
    """One statement an account and currency, in the order they appear; raises `Unreadable` with row and column."""
    found = header_of(rows)
    if found:
        place, columns = found
        body = _fitted(rows[place + 1 :], columns, rows[place])
    else:
        columns_or_none = unnamed(rows)
        if columns_or_none is None:
            raise Unreadable("This is a table, but no bank's Ledgerdesk knows: it shows no day and amount in each row.")
        columns, body = columns_or_none, list(rows)
        while body and _is_above(body[0]):
            body = body[1:]
        for row in body:
            if len(row.cells) != columns.width:
                raise Unreadable(
                    f"The row has {len(row.cells)} values where the others have {columns.width}.", row.number
                )
    if not body:
        raise Unreadable("The table has names of columns but no movement; choose a period that has some.")
    groups: dict[tuple[str, str], list[_Read]] = {}
    for each in _lines(body, columns):
        groups.setdefault((each.account, each.line.amount.currency), []).append(each)
    return tuple(_statement(account, currency, group) for (account, currency), group in groups.items())


def _is_above(row: Row) -> bool:
    """Whether a row only stands above a table without names: words first, and a figure or a day later in it.

    Words alone may be names of columns nobody knows: then the table cannot be read at all.
    """
    return not any(map(str.isdigit, row.cells[0])) and any(map(str.isdigit, "".join(row.cells)))


def _fitted(rows: Sequence[Row], columns: Columns, header: Row) -> list[Row]:
    """The rows as wide as the names; some banks leave an unnamed column out of every row, or add an empty one."""
    missing = columns.names.index("") if "" in columns.names else None
    if missing is not None and rows and all(len(row.cells) == columns.width - 1 for row in rows):
        rows = [Row(row.number, (*row.cells[:missing], "", *row.cells[missing:])) for row in rows]
    fitted = []
    for row in rows:
        if row.cells[: columns.width] == header.cells:
            raise Unreadable("The names of the columns come twice: the file holds more than one table.", row.number)
        if len(row.cells) < columns.width or any(row.cells[columns.width :]):
            reason = f"The row has {len(row.cells)} values where {columns.width} columns are named."
            raise Unreadable(reason, row.number)
        fitted.append(row)
    return fitted


def _lines(rows: Sequence[Row], columns: Columns) -> list[_Read]:
    at = columns.at
    money = [at[role] for role in ("amount", "debit", "credit", "balance") if role in at]
    mark = _mark(rows, money)
    day = day_reader([(row.cells[at["day"]], row.number) for row in rows], month_first=columns.month_first)
    spent = _debits_are(rows, at.get("debit"), mark)
    read = []
    for entry, row in enumerate(rows):
        said = {role: row.cells[place] for role, place in at.items()}
        code = currency_of(said.get("currency", ""), row.number)
        currency = columns.currency if code == NO_CURRENCY else code
        amount = _amount(row, columns, currency, mark, spent)
        if amount.micros > 0 and any(row.cells[place].casefold() in _DEBITS for place in columns.texts):
            raise Unreadable("The row says debit, but its amount is positive.", row.number)
        booked_on = day(said["day"], row.number)
        balance = said.get("balance", "")
        line = Line(
            booked_on=booked_on,
            value_on=day(said["value"], row.number) if said.get("value") else booked_on,
            amount=amount,
            counterparty=said.get("party", ""),
            remittance=" ".join(filter(None, (row.cells[place] for place in columns.texts))),
            bank_reference=said.get("reference", ""),
            pending=_is_pending(said, row.number),
            entry=entry,
            details=1,
            row=row.number,
        )
        account = said.get("branch", "") + said.get("account", "")
        read.append(_Read(line, amount_of(balance, currency, row.number, mark=mark) if balance else None, account))
    return read


def _mark(rows: Sequence[Row], places: Sequence[int]) -> str:
    """The decimal mark of these columns; where there is none, the row and column of what is no amount is named."""
    for place in places:
        for row in rows:
            text = row.cells[place]
            if text and not any(reads(text, mark) for mark in (".", ",")):
                raise Unreadable(f"Column {place + 1}: “{text[:40]}” is not an amount.", row.number)
    return decimal_mark([text for row in rows for place in places if (text := row.cells[place])])


def _debits_are(rows: Sequence[Row], place: int | None, mark: str) -> int:
    """-1 where the debit column holds positive figures, 1 where they are negative already; a mix is refused."""
    if place is None:
        return 1
    signs: dict[bool, int] = {}
    for row in rows:
        if row.cells[place] and (money := amount_of(row.cells[place], "KWD", row.number, mark=mark)):
            signs.setdefault(money.micros > 0, row.number)
    if len(signs) > 1:
        reason = f"Column {place + 1}: debits are positive in some rows and negative in others."
        raise Unreadable(reason, max(signs.values()))
    return -1 if True in signs else 1


def _amount(row: Row, columns: Columns, currency: str, mark: str, spent: int) -> Money:
    at = columns.at
    if "amount" in at:
        written = row.cells[at["amount"]]
        if not written:
            raise Unreadable(f"Column {at['amount'] + 1}: the amount is missing.", row.number)
        return amount_of(written, currency, row.number, mark=mark)
    debit, credit = (row.cells[at[role]] for role in ("debit", "credit"))
    if not debit and not credit:
        raise Unreadable("The row has neither a debit nor a credit.", row.number)
    out = amount_of(debit, currency, row.number, mark=mark) if debit else zero(currency)
    into = amount_of(credit, currency, row.number, mark=mark) if credit else zero(currency)
    if out.micros and into.micros:
        raise Unreadable("The row has both a debit and a credit.", row.number)
    if into.micros < 0:
        raise Unreadable(f"Column {at['credit'] + 1}: a credit is negative.", row.number)
    return Money(into.micros + spent * out.micros, currency)


def _is_pending(said: dict[str, str], row: int) -> bool:
    if "processed" in said and not said["processed"]:
        return True
    if said.get("impact", "").casefold() == "memo":
        return True
    status = said.get("status", "").casefold()
    if status and status not in _SETTLED | _WAITING:
        raise Unreadable(f"“{status[:20]}” is a status that says neither booked nor pending.", row)
    return status in _WAITING


def _statement(account: str, currency: str, group: list[_Read]) -> Statement:
    """Oldest first: as the running balance proves it, else as the days go; balances only where every row has one."""
    booked = [each for each in group if not each.line.pending]
    if not _chains(booked) and (_chains(booked[::-1]) or group[0].line.booked_on > group[-1].line.booked_on):
        group, booked = group[::-1], booked[::-1]
    opening = closing = None
    if booked and all(each.balance is not None for each in booked):
        first, closing = booked[0].balance, booked[-1].balance
        opening = first - booked[0].line.amount if first is not None else None
        if not _chains(booked) and opening is not None and closing is not None and len(booked) > 1:
            opening = _untied(booked, opening, closing)
    return Statement(account, currency, opening, closing, tuple(each.line for each in group))


def _chains(booked: Sequence[_Read]) -> bool:
    """Whether each balance is the one before it and the row's amount."""
    for before, after in itertools.pairwise(booked):
        if before.balance is None or after.balance is None:
            return False
        if before.balance.micros + after.line.amount.micros != after.balance.micros:
            return False
    return len(booked) > 0


def _untied(booked: Sequence[_Read], opening: Money, closing: Money) -> Money | None:
    """The opening, unless the sum ties by chance while a row between does not: then nothing is proved."""
    total = opening.micros + sum(each.line.amount.micros for each in booked)
    return None if total == closing.micros else opening
