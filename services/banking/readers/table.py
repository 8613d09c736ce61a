"""Tables of values (CSV, workbooks) of banks: by named or unnamed columns, oldest first, proved by running balances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.banking.model import NO_CURRENCY, Line, Statement, Unreadable
from services.banking.readers.amounts import currency_of
from services.banking.readers.columns import Columns, header_of
from services.banking.readers.endings import refuse_cut
from services.banking.readers.grid import Row, amount_of, day_reader, is_day, marks_of, rows_of
from services.banking.readers.nameless import unnamed
from services.banking.readers.reshaping import by_currency, fitted, own_account, plain_amounts
from services.banking.readers.settled import booked_alone, is_hold, waiting
from services.banking.readers.signs import Signs, refuse_unsigned
from services.banking.readers.summaries import Stated, movements_of, without_balances
from services.money import Money

_FEWEST = 2  # balances that prove an order


@dataclass(slots=True)
class _Read:
    """One row read: its line, the balance after it, the account it is of, whether it may be no money by its kind."""

    line: Line
    balance: Money | None
    account: str
    is_hold: bool = False


def read(text: str) -> tuple[Statement, ...]:
    """The statements of a file of separated values; raises `Unreadable` with the line of the first fault."""
    return statements_of(rows_of(text))


def statements_of(rows: Sequence[Row]) -> tuple[Statement, ...]:
    """One statement an account and currency, in the order they appear; raises `Unreadable` with row and column."""
    rows = by_currency(rows)
    found = header_of(rows)
    if found:
        place, columns = found
        refuse_cut(rows, columns)
        body, stated = movements_of(rows[:place], rows[place + 1 :], columns)
        body = fitted(body, columns, rows[place])
    else:
        above, below, columns = _unnamed(rows)
        refuse_cut(below, columns)
        body, stated = movements_of(above, below, columns)
    body, columns = plain_amounts(body, own_account(body, columns))
    body = without_balances(body, columns, stated)
    if not body:
        raise Unreadable("The table has names of columns but no movement; choose a period that has some.")
    mark = _mark(body, columns)
    groups: dict[tuple[str, str], list[_Read]] = {}
    for each in _lines(body, columns, mark):
        groups.setdefault((each.account, each.line.amount.currency), []).append(each)
    statements = tuple(_statement(account, currency, group) for (account, currency), group in groups.items())
    if len(statements) == 1:
        statements = (_as_stated(statements[0], stated, mark),)
    if stated.row is not None and not all(statement.ties for statement in statements):
        raise Unreadable("The row is a balance to which the movements do not add up; export without it.", stated.row)
    return statements


def _unnamed(rows: Sequence[Row]) -> tuple[Sequence[Row], Sequence[Row], Columns]:
    """The rows above a table without names, its own, and what its columns are by their content."""
    columns = unnamed(rows)
    start = next((place for place, row in enumerate(rows) if not _is_above(row)), len(rows))
    if columns is None or start == len(rows) or not any(map(str.isdigit, rows[start].cells[0])):
        raise Unreadable("This is a table, but no bank's Ledgerdesk knows: it shows no day and amount in each row.")
    for row in rows[start:]:
        if len(row.cells) != columns.width:
            raise Unreadable(f"The row has {len(row.cells)} values where the others have {columns.width}.", row.number)
    return rows[:start], rows[start:], columns


def _as_stated(statement: Statement, stated: Stated, mark: str) -> Statement:
    """With the account and the balances the bank states beside the table, where its rows have none."""
    statement = replace(statement, account=statement.account or stated.account)
    if statement.opening is not None or statement.closing is not None:
        return statement
    return replace(
        statement,
        opening=_stated(stated.opening, statement.currency, mark),
        closing=_stated(stated.closing, statement.currency, mark),
    )


def _stated(text: str, currency: str, mark: str) -> Money | None:
    """A balance beside the table: one that cannot be read as the table's own amounts is none."""
    try:
        return amount_of(text, currency, None, mark=mark) if text else None
    except Unreadable:
        return None


def _is_above(row: Row) -> bool:
    """Whether a row only stands above a table without names: words first, and a figure or a day later in it.

    Words alone may be names of columns nobody knows: then the table cannot be read at all.
    """
    return not any(map(str.isdigit, row.cells[0])) and any(map(str.isdigit, "".join(row.cells)))


def _lines(rows: Sequence[Row], columns: Columns, mark: str) -> list[_Read]:
    at = columns.at
    waits = waiting(rows, columns)
    days, day = _days(rows, columns, waits, mark)
    signs = Signs(rows, columns, mark)
    read = []
    for entry, row in enumerate(rows):
        said = {role: row.cells[place] for role, place in at.items()}
        code = currency_of(said.get("currency", ""), row.number)
        currency = columns.currency if code == NO_CURRENCY else code
        amount = signs.amount(row, currency)
        booked_on = days[entry]
        balance = said.get("balance", "")
        line = Line(
            booked_on=booked_on,
            value_on=day(said["value"], row.number) if said.get("value") else booked_on,
            amount=amount,
            counterparty=said.get("party", ""),
            counterparty_account=said.get("other", ""),
            remittance=" ".join(filter(None, (row.cells[place] for place in columns.texts))),
            bank_reference=said.get("reference", ""),
            pending=waits[entry],
            entry=entry,
            details=1,
            row=row.number,
        )
        account = said.get("branch", "") + said.get("account", "").lstrip("'")  # a spreadsheet's mark of a text
        after = amount_of(balance, currency, row.number, mark=mark) if balance else None
        if before := said.get("before"):
            after = amount_of(before, currency, row.number, mark=mark) + amount
        read.append(_Read(line, after, account, is_hold(row, columns)))
    return read


def _days(
    rows: Sequence[Row], columns: Columns, waiting: Sequence[bool], mark: str
) -> tuple[list[date], Callable[[str, int], date]]:
    """Each row's day, and how the file writes days. A row that waits and has none is on the file's latest day."""
    at = columns.at["day"], columns.at.get("started", columns.at["day"])
    written = [row.cells[at[0]] or row.cells[at[1]] for row in rows]
    dated = [not waits or is_day(text) for waits, text in zip(waiting, written, strict=True)]
    by_mark = False if mark == "," else None  # no country that writes a decimal comma puts the month first
    order = by_mark if columns.month_first is None else columns.month_first
    day = day_reader(
        [(text, row.number) for text, row, known in zip(written, rows, dated, strict=True) if known], month_first=order
    )
    days = [day(text, row.number) if known else None for text, row, known in zip(written, rows, dated, strict=True)]
    latest = max((each for each in days if each), default=None)
    if latest is None:
        raise Unreadable("No movement has a day yet; export again when the bank has booked them.", rows[0].number)
    return [each or latest for each in days], day


def _mark(rows: Sequence[Row], columns: Columns) -> str:
    """The decimal mark of the table, each amount read once; where there is none, what is no amount is named."""
    left = {".", ","}
    for role in ("amount", "debit", "credit", "same debit", "same credit", "fee", "balance", "before"):
        if (place := columns.at.get(role)) is None:
            continue
        for row in rows:
            marks = marks_of(row.cells[place])
            if not marks:
                raise Unreadable(f"Column {place + 1}: “{row.cells[place][:40]}” is not an amount.", row.number)
            left.intersection_update(marks)
    if not left:
        raise Unreadable("Its amounts have now a point and now a comma before the decimals, so none can be trusted.")
    return max(left)


def _statement(account: str, currency: str, group: list[_Read]) -> Statement:
    """Oldest first: as the running balance proves it, else as the days go; balances only where the last row has one.

    A bank that prints a balance once a day proves the rows between by their sum.
    """
    group = _in_order(group)
    booked = [each for each in group if not each.line.pending]
    opening = closing = None
    if booked and (closing := booked[-1].balance) is not None:
        place, first = next((place, each.balance) for place, each in enumerate(booked) if each.balance is not None)
        before = sum(each.line.amount.micros for each in booked[: place + 1])
        opening = Money(first.micros - before, currency) if first is not None else None
        if opening is not None and not _chains(booked) and len(booked) > 1:
            refuse_unsigned([(each.line, each.balance) for each in booked])
            opening = _untied(booked, opening, closing)
    return Statement(account, currency, opening, closing, tuple(each.line for each in group))


def _in_order(group: list[_Read]) -> list[_Read]:
    """Oldest first, each balance without what waits, where that proves them: then a file with waiting rows ties too."""
    backwards = group[::-1]
    by_day = backwards if group[0].line.booked_on > group[-1].line.booked_on else group
    if sum(each.balance is not None and not each.line.pending for each in group) < _FEWEST:
        return by_day
    for way in (group, backwards):
        if _chains([each for each in way if not each.line.pending]):
            return way
    for way in (group, backwards):
        if found := booked_alone([(each.line, each.balance) for each in way], [each.is_hold for each in way]):
            return [replace(each, line=line, balance=after) for each, (line, after) in zip(way, found, strict=True)]
    return by_day


def _chains(booked: Sequence[_Read]) -> bool:
    """Whether each balance is the one before it and the amounts since; false without a balance."""
    running: int | None = None
    for each in booked:
        running = None if running is None else running + each.line.amount.micros
        if each.balance is not None:
            if running not in {None, each.balance.micros}:
                return False
            running = each.balance.micros
    return running is not None


def _untied(booked: Sequence[_Read], opening: Money, closing: Money) -> Money | None:
    """The opening, unless the sum ties by chance while a row between does not: then nothing is proved."""
    total = opening.micros + sum(each.line.amount.micros for each in booked)
    return None if total == closing.micros else opening
