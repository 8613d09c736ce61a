"""Saying what a bank line is, by hand or by a rule, and taking it back: each with its journal entry."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import update

from services.access.audit import record
from services.access.model import Principal, require
from services.banking.allocating import release_allocation
from services.banking.model import BankLine
from services.banking.queries import line as line_by_id
from services.banking.sorting import queries
from services.banking.sorting.model import SORT, UNDO_SORT, AlreadySorted, CannotSort, Rule, Sort, Sorting
from services.banking.sorting.patterns import first_that_fits
from services.banking.sorting.tables import bank_rule, bank_sorting
from services.banking.sorting.writing import lock_lines, mark_sorted, write_sorting
from services.db.engine import Transaction
from services.errors import InvalidForm
from services.ledger.reversing import reverse_many
from services.texts import checked_reason

_MANY = 10_000


def sort_line(
    tx: Transaction,
    *,
    by: Principal,
    line_id: int,
    sort: Sort | str,
    customer_id: int | None = None,
    other_line_id: int | None = None,
) -> Sorting:
    """Say what a line is that pays no invoice; it is posted on the day it was booked, or the first open day after.

    `customer_id` is whose refund it is; `other_line_id` the other side of a transfer between our accounts, which is
    sorted with it. The same again returns what there is. Raises `AlreadySorted`, `CannotSort`, `InvalidForm`
    (customer, other), `NoSuchLine`.
    """
    require(by, SORT)
    sort = Sort(sort)
    ids = sorted({line_id, *([other_line_id] if other_line_id is not None else [])})
    lock_lines(tx, ids)
    line = line_by_id(tx.conn, line_id)
    held = queries.sorting_of_line(tx.conn, line_id=line_id)
    if held is not None and other_line_id is None:
        if (held.sort, held.customer_id) == (sort, customer_id):
            return held
        raise AlreadySorted(f"{held.sorted_by} said meanwhile that this is: {held.sort.label}; take that back first.")
    _check(line, sort, customer_id)
    if sort is not Sort.REFUND:
        customer_id = None
    if customer_id is not None:
        _check_owed(tx, line, customer_id)
    if other_line_id is not None:
        return _tie(tx, line, line_by_id(tx.conn, other_line_id), held, by=by)
    return write_sorting(tx, line, sort, by=by, customer_id=customer_id)


def sort_by_rules(tx: Transaction, *, by: Principal, line_ids: Collection[int]) -> list[Sorting]:
    """Sort every line of these that a rule knows, as that rule says; what was sorted meanwhile is left alone."""
    require(by, SORT)
    lock_lines(tx, line_ids)
    lines = queries.waiting_lines(tx.conn, limit=_MANY, ids=line_ids)
    return _by_rules(tx, lines, queries.rules(tx.conn), by=by)


def sort_automatically(tx: Transaction, *, by: Principal, file_id: int) -> int:
    """Sort what automatic rules know of a file just imported; gives how many lines."""
    known = [rule for rule in queries.rules(tx.conn) if rule.automatic]
    lines = queries.waiting_lines(tx.conn, limit=_MANY, file_id=file_id) if known else []
    return len(_by_rules(tx, lines, known, by=by))


def undo_sorting(tx: Transaction, *, by: Principal, sorting_id: int, reason: str) -> list[Sorting]:
    """Take back what a line was said to be, with the other side of a transfer: both wait again.

    A rule that acts by itself and was wrong does not any more. Raises `InvalidForm` without a reason, `AlreadySorted`
    when it was taken back before.
    """
    require(by, UNDO_SORT)
    reason = checked_reason(reason, ask="Say why it is taken back.")
    lock_lines(tx, queries.lines_of_sorting(tx.conn, sorting_id=sorting_id))
    found = queries.sorting(tx.conn, sorting_id=sorting_id)
    if not found.counts:
        raise AlreadySorted(f"{found.undone_by} took this back already; look at the line again.")
    pair = [found.pair_id] if found.pair_id is not None else []
    undone = take_back(tx, ids=[sorting_id, *pair], by=by, reason=reason)
    if found.rule_id is not None:
        tx.conn.execute(update(bank_rule).where(bank_rule.c.id == found.rule_id).values(automatic=False))
    return undone


def take_back(tx: Transaction, *, ids: Collection[int], by: Principal, reason: str) -> list[Sorting]:
    """Reverse those sortings today and let their lines wait again."""
    found = queries.counts(tx.conn, ids=ids)
    if not found:
        return []
    reversals = reverse_many(tx, by=by, entries={each.entry_id: tx.today for each in found}, reason=reason)
    for each in found:
        done = {"undone_at": tx.at, "undone_by": by.name, "undone_reason": reason}
        done["reversal_entry_id"] = reversals[each.entry_id]
        tx.conn.execute(update(bank_sorting).where(bank_sorting.c.id == each.id).values(done))
        mark_sorted(tx, each.line_id, is_sorted=False)
        if each.amount.micros > 0:
            release_allocation(tx, line_id=each.line_id, amount=each.amount)
        before = {"line": each.line_id, "sort": each.sort, "amount": each.amount.text()}
        record(
            tx, by=by, act=UNDO_SORT.name, subject="bank_line", subject_id=each.line_id, before=before, reason=reason
        )
    return [queries.sorting(tx.conn, sorting_id=each.id) for each in found]


def _by_rules(tx: Transaction, lines: list[BankLine], known: list[Rule], *, by: Principal) -> list[Sorting]:
    made = []
    for line in lines:
        rule = first_that_fits(known, line)
        if rule is not None and rule.pattern.sort is not Sort.REFUND:
            made.append(write_sorting(tx, line, rule.pattern.sort, by=by, rule=rule))
    return made


def _check(line: BankLine, sort: Sort, customer_id: int | None) -> None:
    if line.undone_at is not None:
        raise CannotSort("The import of this line was undone; look at the statement again.")
    if line.allocated and sort is not Sort.TRANSFER:
        raise CannotSort("Part of this receipt is given to an invoice; take that back first.")
    if not line.amount:
        raise CannotSort("This line moves no money; there is nothing to sort.")
    if sort is not Sort.REFUND:
        return
    if line.amount.micros > 0:
        raise CannotSort("A refund is money out; this is money in.")
    if customer_id is None:
        raise InvalidForm({"customer": "Choose who is paid back."})


def _check_owed(tx: Transaction, line: BankLine, customer_id: int) -> None:
    owed = dict(queries.owed_back(tx.conn, currency=line.amount.currency)).get(customer_id)
    if owed is None or owed < -line.amount:
        most = owed.text() if owed else "nothing"
        raise CannotSort(f"Credit notes owe this customer {most}, not {(-line.amount).text()}; credit the rest first.")


def _tie(tx: Transaction, line: BankLine, other: BankLine, held: Sorting | None, *, by: Principal) -> Sorting:
    """Tie both sides of a transfer; one of them may be in transit already."""
    _check_sides(line, other)
    there = queries.sorting_of_line(tx.conn, line_id=other.id)
    if held is not None and there is not None and held.pair_id == there.id:
        return held
    for side, said in ((line, held), (other, there)):
        if said is not None and (said.sort is not Sort.TRANSFER or said.pair_id is not None):
            raise AlreadySorted(f"The line on {side.bank_account} is {said.sort.label.lower()} already.")
    if held is not None and there is not None:
        raise AlreadySorted("Both lines are in transit already; take one of them back and tie it anew.")
    begun, rest, base = (there, line, other) if there is not None else (held, other, line)
    first = begun or write_sorting(tx, base, Sort.TRANSFER, by=by)
    second = write_sorting(tx, rest, Sort.TRANSFER, by=by, first=first, other_base=base.base_micros)
    tx.conn.execute(update(bank_sorting).where(bank_sorting.c.id == first.id).values(pair_id=second.id))
    mine = first if first.line_id == line.id else second
    return queries.sorting(tx.conn, sorting_id=mine.id)


def _check_sides(line: BankLine, other: BankLine) -> None:
    if other.bank_account == line.bank_account or (other.amount.micros > 0) == (line.amount.micros > 0):
        raise InvalidForm({"other": "The other side is on another account of ours and goes the other way."})
    same = other.amount.currency == line.amount.currency
    if same and other.amount.micros != -line.amount.micros:
        raise InvalidForm({"other": "Both sides of a transfer in one currency have the same amount."})
    if other.undone_at is not None:
        raise InvalidForm({"other": "The import of the other side was undone."})
