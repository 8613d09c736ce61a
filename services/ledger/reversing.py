"""Reversing many entries at once: what a whole import posted leaves the books as fast as it came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, text

from services.access.model import Principal
from services.db.engine import Transaction
from services.ledger.accounts import ensure_accounts, lock_balances
from services.ledger.model import BASE_CURRENCY, Account, Draft, Kind, Leg, Purpose
from services.ledger.operations import NotReversible, post_many
from services.ledger.tables import account, journal_entry, posting
from services.ledger.writing import any_of, listed


def reverse_many(tx: Transaction, *, by: Principal, entries: Mapping[int, date], reason: str) -> dict[int, int]:
    """Reverse every entry on its day by its mirror image, amount and base; gives the reversal's id by the entry's.

    As `reverse`, which does it for one. Raises `NotReversible` for a reversal, `CreditTooSmall` and `PeriodClosed`.
    """
    drafts = [_mirrored(rows, entries[entry_id], reason) for entry_id, rows in _postings(tx, entries).items()]
    ids = post_many(tx, drafts, by=by)
    _clear_stranded_bases(tx, by, dict(zip(ids, drafts, strict=True)))
    return {int(draft.key): reversal_id for reversal_id, draft in zip(ids, drafts, strict=True)}


def _postings(tx: Transaction, entries: Mapping[int, date]) -> dict[int, list[Any]]:
    """The postings of each entry, in the order it was posted."""
    entry, line, owner = journal_entry.c, posting.c, account.c
    names = (entry.kind, entry.customer_id, entry.source_id, entry.reversal_of_id)
    query = (
        select(line.entry_id, line.amount, line.base_amount, owner.purpose, owner.currency, owner.detail, *names)
        .add_columns(owner.customer_id.label("owner_id"))
        .join_from(posting, journal_entry, entry.id == line.entry_id)
        .join(account, owner.id == line.account_id)
        .where(text(any_of(tx.conn, "posting.entry_id", "ids")))
        .order_by(line.entry_id, line.seq)
    )
    found: dict[int, list[Any]] = {}
    for row in tx.conn.execute(query, {"ids": listed(tx.conn, list(entries))}):
        found.setdefault(row.entry_id, []).append(row)
    return found


def _mirrored(rows: list[Any], on: date, reason: str) -> Draft:
    first = rows[0]
    if first.reversal_of_id is not None:
        raise NotReversible("A reversal cannot be reversed; post the original event again.")
    legs = tuple(
        Leg(Account(Purpose(row.purpose), row.currency, row.owner_id, row.detail or ""), -row.amount, -row.base_amount)
        for row in rows
    )
    return Draft(
        kind=Kind(first.kind),
        source="reversal",
        key=str(first.entry_id),
        effective_on=on,
        legs=legs,
        customer_id=first.customer_id,
        source_id=first.source_id,
        memo=reason,
        reversal_of_id=first.entry_id,
    )


def _clear_stranded_bases(tx: Transaction, by: Principal, drafts: Mapping[int, Draft]) -> None:
    """What AUD a foreign account keeps at balance zero goes to the exchange difference: base never strands."""
    last: dict[str, tuple[Account, int, date]] = {}
    for entry_id, draft in drafts.items():
        for leg in draft.legs:
            if leg.account.purpose.of_customers and leg.account.currency != BASE_CURRENCY:
                last[leg.account.code] = leg.account, entry_id, draft.effective_on
    if not last:
        return
    ids = ensure_accounts(tx.conn, [each[0] for each in last.values()])
    differences = []
    for code, held in lock_balances(tx.conn, {code: ids[code] for code in last}).items():
        if held.balance == 0 and held.base:
            owner, entry_id, on = last[code]
            legs = (Leg(owner, 0, -held.base), Leg(Account(Purpose.FX_GAIN, owner.currency), 0, held.base))
            key = f"{entry_id}:{code}"
            differences.append(
                Draft(Kind.CARRYING_DIFFERENCE, "reversal", key, on, legs, customer_id=owner.customer_id)
            )
    post_many(tx, differences, by=by)
