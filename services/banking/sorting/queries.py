"""Reads of sorted lines, of lines that wait to be, and of rules with how they did."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    case,
    cast,
    exists,
    func,
    select,
)

from services.banking.model import BankLine
from services.banking.queries import from_row as line_from_row
from services.banking.sorting.model import (
    NoSuchRule,
    NoSuchSorting,
    Pattern,
    Proposal,
    Rule,
    Sort,
    Sorting,
)
from services.banking.sorting.patterns import Said, first_that_fits, proposals
from services.banking.sorting.tables import bank_rule, bank_sorting
from services.banking.sorting.waiting import waiting_query
from services.banking.tables import bank_line, bank_statement
from services.ledger.model import Purpose
from services.ledger.tables import account, account_balance
from services.money import Money

_APART = timedelta(days=10)  # how long a transfer between banks may take
_MOST_SAID = 1_000  # the newest lines sorted by hand, from which rules are learned
_LINE, _SORTED = bank_line.c, bank_sorting.c


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line nobody said anything of, and the rule that knows it, if any."""

    line: BankLine
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One page of lines out that wait, and lines in that a rule knows; how many there are, how many a rule knows."""

    lines: tuple[WaitingLine, ...]
    total: int
    known: int


def waiting(conn: Connection, *, page: int = 1, size: int = 20, limit: int = 500) -> Waiting:
    """Money out that nobody sorted, oldest first, and money in that a rule knows before a person matched it."""
    known = rules(conn)
    lines = waiting_lines(conn, limit=limit, incoming=False)
    if any(rule.pattern.incoming for rule in known):
        lines = sorted([*lines, *waiting_lines(conn, limit=limit, incoming=True)], key=lambda line: line.booked_on)
    every = [WaitingLine(line, first_that_fits(known, line)) for line in lines]
    shown = [each for each in every if each.rule or each.line.amount.micros < 0]
    start = (max(page, 1) - 1) * size
    return Waiting(tuple(shown[start : start + size]), len(shown), sum(each.rule is not None for each in shown))


def waiting_lines(
    conn: Connection,
    *,
    limit: int = 500,
    file_id: int | None = None,
    incoming: bool | None = None,
    ids: Collection[int] | None = None,
) -> list[BankLine]:
    """Lines in the books of which nothing is allocated or sorted, oldest first.

    Only those of one file, of one direction, or of some ids, where given.
    """
    query = waiting_query(incoming=incoming)
    if file_id is not None:
        query = query.where(_LINE.statement_id.in_(statements_of(file_id)))
    if ids is not None:
        query = query.where(_LINE.id.in_(list(ids)))
    return [line_from_row(row) for row in conn.execute(query.limit(limit))]


def statements_of(file_id: int) -> Any:
    """The statements of a file, as a subquery."""
    return select(bank_statement.c.id).where(bank_statement.c.file_id == file_id)


def sorting(conn: Connection, *, sorting_id: int) -> Sorting:
    """One sorting, taken back or not; raises `NoSuchSorting`."""
    row = conn.execute(select(bank_sorting).where(_SORTED.id == sorting_id)).one_or_none()
    if row is None:
        raise NoSuchSorting(f"No sorted bank line has the number {sorting_id}.")
    return sorting_from_row(row)


def lines_of_sorting(conn: Connection, *, sorting_id: int) -> list[int]:
    """The line of a sorting and, of a transfer whose sides are tied, the one on the other side."""
    either = (_SORTED.id == sorting_id) | (_SORTED.pair_id == sorting_id)
    return list(conn.execute(select(_SORTED.bank_line_id).where(either)).scalars())


def sorting_of_line(conn: Connection, *, line_id: int) -> Sorting | None:
    """What the line counts as now; None where nobody said."""
    live = (_SORTED.bank_line_id == line_id, _SORTED.undone_at.is_(None))
    row = conn.execute(select(bank_sorting).where(*live)).one_or_none()
    return None if row is None else sorting_from_row(row)


def latest(
    conn: Connection, *, sort: Sort | None = None, page: int = 1, size: int = 50
) -> tuple[list[tuple[Sorting, BankLine]], int]:
    """One page of sorted lines, those taken back too, newest first, and how many there are."""
    wanted = [] if sort is None else [_SORTED.sort == sort.value]
    total = int(conn.execute(select(func.count()).select_from(bank_sorting).where(*wanted)).scalar_one())
    ids = select(_SORTED.id).where(*wanted).order_by(_SORTED.sorted_on.desc(), _SORTED.id.desc())
    rows = conn.execute(
        select(bank_sorting)
        .where(_SORTED.id.in_(ids.limit(size).offset((max(page, 1) - 1) * size)))
        .order_by(_SORTED.sorted_on.desc(), _SORTED.id.desc())
    ).all()
    lines = _lines(conn, [row.bank_line_id for row in rows])
    return [(sorting_from_row(row), lines[row.bank_line_id]) for row in rows], total


def rules(conn: Connection, *, switched_off: bool = False) -> list[Rule]:
    """The rules that are on, or all of them, with how often each was used and taken back."""
    used = func.count(_SORTED.id)
    undone = cast(func.coalesce(func.sum(case((_SORTED.undone_at.is_not(None), 1), else_=0)), 0), BigInteger)
    query = (
        select(bank_rule, used.label("used"), undone.label("undone"))
        .join(bank_sorting, _SORTED.rule_id == bank_rule.c.id, isouter=True)
        .group_by(bank_rule.c.id)
        .order_by(bank_rule.c.id)
    )
    if not switched_off:
        query = query.where(bank_rule.c.off_at.is_(None))
    return [_rule(row) for row in conn.execute(query)]


def rule(conn: Connection, *, rule_id: int) -> Rule:
    """One rule, on or off; raises `NoSuchRule`."""
    found = next((each for each in rules(conn, switched_off=True) if each.id == rule_id), None)
    if found is None:
        raise NoSuchRule(f"No rule has the number {rule_id}.")
    return found


def proposed_rules(conn: Connection) -> list[Proposal]:
    """Rules nobody asked for yet: what was said by hand twice or more of lines alike."""
    by_hand = (_SORTED.rule_id.is_(None), _SORTED.undone_at.is_(None), _SORTED.sort != Sort.REFUND.value)
    rows = conn.execute(
        select(_SORTED.bank_line_id, _SORTED.sort).where(*by_hand).order_by(_SORTED.id.desc()).limit(_MOST_SAID)
    ).all()
    lines = _lines(conn, [row.bank_line_id for row in rows])
    said = [Said(lines[row.bank_line_id], Sort(row.sort)) for row in rows]
    return proposals(said, rules(conn, switched_off=True))


def other_sides(conn: Connection, *, line: BankLine, limit: int = 20) -> list[BankLine]:
    """Lines on other accounts of ours that may be the other side of a transfer: opposite direction, near in time.

    The same amount first; in another currency any amount, the nearest in worth first. Not yet given to anything, or a
    transfer still in transit.
    """
    unpaired = exists().where(
        _SORTED.bank_line_id == _LINE.id,
        _SORTED.undone_at.is_(None),
        (_SORTED.sort != Sort.TRANSFER.value) | _SORTED.pair_id.is_not(None),
    )
    transit = exists().where(
        _SORTED.bank_line_id == _LINE.id, _SORTED.undone_at.is_(None), _SORTED.sort == Sort.TRANSFER.value
    )
    opposite = _LINE.amount_micros < 0 if line.amount.micros > 0 else _LINE.amount_micros > 0
    same = (_LINE.currency == line.amount.currency) & (_LINE.amount_micros == -line.amount.micros)
    fits = (
        _LINE.undone_at.is_(None), _LINE.bank_account != line.bank_account, opposite, ~unpaired,
        (_LINE.allocated_micros == 0) | transit, same | (_LINE.currency != line.amount.currency),
        _LINE.booked_on.between(line.booked_on - _APART, line.booked_on + _APART),
    )  # fmt: skip
    apart = case((same, 0), else_=1), func.abs(_LINE.base_micros + line.base_micros)
    rows = conn.execute(select(bank_line).where(*fits).order_by(*apart, _LINE.booked_on, _LINE.id).limit(limit))
    return [line_from_row(row) for row in rows]


def owed_back(conn: Connection, *, currency: str) -> list[tuple[int, Money]]:
    """Customers to whom credit notes owe money in that currency, and how much, most first."""
    query = (
        select(account.c.customer_id, account_balance.c.balance)
        .join(account_balance, account_balance.c.account_id == account.c.id)
        .where(account.c.purpose == Purpose.REFUND_PAYABLE.value, account.c.currency == currency)
        .where(account_balance.c.balance < 0)
        .order_by(account_balance.c.balance, account.c.customer_id)
    )
    return [(row.customer_id, Money(-row.balance, currency)) for row in conn.execute(query)]


def _lines(conn: Connection, ids: Sequence[int]) -> dict[int, BankLine]:
    if not ids:
        return {}
    rows = conn.execute(select(bank_line).where(_LINE.id.in_(ids)))
    return {row.id: line_from_row(row) for row in rows}


def _rule(row: Row[Any]) -> Rule:
    pattern = Pattern(
        Sort(row.sort), bool(row.incoming), tuple(json.loads(row.words)), row.counterparty, row.bank_account
    )
    return Rule(
        row.id, pattern, bool(row.automatic), bool(row.learned), row.made_at, row.made_by, row.off_at, row.off_by,
        int(row.used), int(row.undone),
    )  # fmt: skip


def sorting_from_row(row: Row[Any]) -> Sorting:
    """A row as a value."""
    return Sorting(
        row.id, row.bank_line_id, Sort(row.sort), Money(row.amount_micros, row.currency), row.customer_id, row.pair_id,
        row.rule_id, row.entry_id, row.sorted_on, row.sorted_at, row.sorted_by, row.undone_at, row.undone_by,
        row.undone_reason, row.receipt_refund_id,
    )  # fmt: skip


def live_of_file(conn: Connection, *, file_id: int) -> list[int]:
    """The ids of sortings that count, of lines of a file, and of the other sides of its transfers."""
    mine = select(_LINE.id).where(_LINE.statement_id.in_(statements_of(file_id)))
    rows = conn.execute(
        select(_SORTED.id, _SORTED.pair_id).where(_SORTED.bank_line_id.in_(mine), _SORTED.undone_at.is_(None))
    ).all()
    return sorted({row.id for row in rows} | {row.pair_id for row in rows if row.pair_id is not None})


def counts(conn: Connection, *, ids: Collection[int]) -> list[Sorting]:
    """Those sortings that still count, in the order of their ids."""
    live = (_SORTED.id.in_(list(ids)), _SORTED.undone_at.is_(None))
    return [sorting_from_row(row) for row in conn.execute(select(bank_sorting).where(*live).order_by(_SORTED.id))]
