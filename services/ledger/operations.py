"""Posting: one way into the books for one entry or a hundred thousand, and reversal as the only correction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from services.access.model import Principal
from services.db.engine import Transaction
from services.errors import BrokenInvariant, Refused
from services.ledger.accounts import ensure_accounts, lock_all, lock_balances
from services.ledger.balances import entry as read_entry
from services.ledger.carrying import Running, settle_bases
from services.ledger.model import Account, Draft, Kind, Leg, Posted, Purpose
from services.ledger.period_lock import close_period, reopen_period, request_reopening, require_open
from services.ledger.promotional import Settled, promotional_legs, takes_promotional
from services.ledger.redeeming import accounts_of, shares_of, split_tax
from services.ledger.rollup import roll_up
from services.ledger.turns import take_turns
from services.ledger.writing import Batch, asked, listed, next_ids, write
from services.money import Money
from services.periods import accounting_period as period_of

__all__ = [
    "CreditTooSmall",
    "IdempotencyConflict",
    "NotReversible",
    "close_period",
    "post",
    "post_many",
    "reopen_period",
    "request_reopening",
    "reverse",
    "roll_up",
]

Event = tuple[str, str]  # source and key


class IdempotencyConflict(BrokenInvariant):
    """The same business event came back with other content."""


class CreditTooSmall(Refused):
    """A decided posting would take an account beyond its limit, such as credit below zero."""


class NotReversible(Refused):
    """An entry that is a reversal, or has been reversed, cannot be reversed."""


def post(tx: Transaction, draft: Draft, *, by: Principal) -> Posted:
    """Post one journal entry; the same event again gives the same entry. Raises as `post_many`."""
    return _post_all(tx, [draft], by=by)[0]


def post_many(tx: Transaction, drafts: Sequence[Draft], *, by: Principal) -> list[int]:
    """Post a batch in order and return the entries' ids, old ones for events posted before.

    Raises `CreditTooSmall`, `PeriodClosed`, `NotYet` and `IdempotencyConflict`; nothing of the batch stays then.
    """
    return [posted.entry_id for posted in _post_all(tx, drafts, by=by)]


def reverse(
    tx: Transaction, *, by: Principal, entry_id: int, on: date, reason: str, guarded: bool | None = None
) -> Posted:
    """Undo an entry by its mirror image, amount and base; the only correction there is.

    `guarded` as in a draft: False where what it gave only paid a debt, which is owed again. Raises `NotReversible`, and
    `CreditTooSmall` when the money it gave has been spent.
    """
    old = read_entry(tx.conn, entry_id)
    if old.reversal_of_id is not None:
        raise NotReversible("A reversal cannot be reversed; post the original event again.")
    legs = tuple(Leg(line.account, -line.micros, -line.base_micros) for line in old.postings)
    draft = Draft(
        kind=old.kind,
        source="reversal",
        key=str(entry_id),
        effective_on=on,
        legs=legs,
        customer_id=old.customer_id,
        source_id=old.source_id,
        memo=reason,
        reversal_of_id=entry_id,
        guarded=guarded,
    )
    posted = post(tx, draft, by=by)
    _clear_stranded_base(tx, draft, posted, by=by)
    return posted


def _clear_stranded_base(tx: Transaction, draft: Draft, posted: Posted, *, by: Principal) -> None:
    """Move what AUD a foreign account keeps at balance zero to the exchange difference: base never strands."""
    codes = {leg.account.code: leg.account for leg in draft.legs if leg.account.purpose.of_customers}
    ids = ensure_accounts(tx.conn, list(codes.values()))
    for code, held in lock_balances(tx.conn, {name: ids[name] for name in codes}).items():
        if held.balance == 0 and held.base:
            account = codes[code]
            difference = Account(Purpose.FX_GAIN, account.currency)
            legs = (Leg(account, 0, -held.base), Leg(difference, 0, held.base))
            kind, key = Kind.CARRYING_DIFFERENCE, f"{posted.entry_id}:{code}"
            post(tx, Draft(kind, "reversal", key, draft.effective_on, legs, customer_id=account.customer_id), by=by)


def _post_all(tx: Transaction, drafts: Sequence[Draft], *, by: Principal) -> list[Posted]:
    if not drafts:
        return []
    if tx.dialect == "postgresql":
        take_turns(tx.conn, drafts)
    known = _already_posted(tx.conn, drafts)
    fresh: dict[Event, Draft] = {}
    for draft in drafts:
        event = (draft.source, draft.key)
        before = known.get(event)
        seen = before[1] if before else fresh[event].request_hash() if event in fresh else None
        if seen is not None and bytes(seen) != draft.request_hash():
            raise IdempotencyConflict(f"{draft.source} {draft.key} was posted with other content")
        if before is None:
            fresh.setdefault(event, draft)
    ids = _write_fresh(tx, list(fresh.values()), by=by)
    new = dict(zip(fresh, ids, strict=True))
    return [_answer((draft.source, draft.key), known, new) for draft in drafts]


def _answer(event: Event, known: dict[Event, tuple[int, bytes]], new: dict[Event, int]) -> Posted:
    return Posted(known[event][0], repeated=True) if event in known else Posted(new[event], repeated=False)


def _write_fresh(tx: Transaction, drafts: list[Draft], *, by: Principal) -> Iterable[int]:
    if not drafts:
        return []
    require_open(tx, {draft.effective_on for draft in drafts})
    accounts = {leg.account.code: leg.account for draft in drafts for leg in draft.legs}
    ids = ensure_accounts(tx.conn, list(accounts.values()))
    running, given = lock_all(tx.conn, accounts, ids)
    shares = shares_of(tx.conn, drafts, given=given)
    if taxed := accounts_of(drafts, shares):
        ids |= ensure_accounts(tx.conn, taxed)
    batch = Batch()
    entry_ids = next_ids(tx.conn, len(drafts))
    stamp = _Stamp(tx, by)
    for entry_id, draft, share in zip(entry_ids, drafts, shares, strict=True):
        legs = settle_bases(draft, running)
        drawn = _promotional(draft, legs, running) if given else []
        legs = split_tax(draft, legs, drawn, share) if share else legs + drawn
        _add(batch, entry_id, draft, legs, running=running, ids=ids, stamp=stamp)
    batch.balances = {ids[code]: (held.balance, held.base, held.version) for code, held in running.items()}
    write(tx.conn, batch)
    return entry_ids


def _promotional(draft: Draft, legs: Settled, running: dict[str, Running]) -> Settled:
    added = promotional_legs(draft, legs, running)
    if added and takes_promotional(draft, legs):
        drawn = sum(leg.micros for leg, _ in added if leg.micros > 0)
        short = Money(drawn, added[0][0].account.currency)
        raise CreditTooSmall(
            f"This takes {short.text()} more than was paid for; promotional credit can be used, not taken out."
        )
    return added


class _Stamp:
    """What all entries of a batch share, in the database's own types: who posts, when, and how a day is stored."""

    def __init__(self, tx: Transaction, by: Principal) -> None:
        self.actor = (by.person_id, by.name)
        self.sqlite = tx.dialect == "sqlite"
        self.at: Any = tx.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if self.sqlite else tx.at

    def day(self, day: date) -> Any:
        """Give a day as the database stores it: SQLite as text."""
        return day.isoformat() if self.sqlite else day

    def flag(self, flag: bool) -> Any:  # noqa: FBT001 - a value, not a switch
        """Give a yes or no as the database stores it: SQLite as 1 or 0."""
        return int(flag) if self.sqlite else flag


def _add(
    batch: Batch,
    entry_id: int,
    draft: Draft,
    legs: Settled,
    *,
    running: dict[str, Running],
    ids: dict[str, int],
    stamp: _Stamp,
) -> None:
    day, kind, guarded = stamp.day(draft.effective_on), draft.kind.value, draft.is_guarded
    batch.entries.append(
        (
            entry_id, kind, draft.source, draft.key, draft.request_hash(), draft.source_id, draft.customer_id,
            period_of(draft.effective_on), day, stamp.at, stamp.flag(guarded), draft.reversal_of_id, *stamp.actor,
            draft.memo,
        )
    )  # fmt: skip
    for seq, (leg, base) in enumerate(legs, start=1):
        account = leg.account
        account_id = ids[account.code]
        held = running.get(account.code)
        version = after = None
        if held is not None:
            held.balance, held.base, held.version = held.balance + leg.micros, held.base + base, held.version + 1
            version, after = held.version, held.balance
            if guarded:
                _refuse_beyond(leg, held)
            batch.add_to_day(account_id, day, kind, leg.micros, base)
        batch.postings.append((entry_id, seq, account_id, account.currency, leg.micros, base, version, after))
    batch.seals.append((entry_id, len(legs)))


def _refuse_beyond(leg: Leg, held: Running) -> None:
    over = leg.micros > 0 and held.max_balance is not None and held.balance > held.max_balance
    under = leg.micros < 0 and held.min_balance is not None and held.balance < held.min_balance
    if over or under:
        left = Money(abs(held.balance - leg.micros), leg.account.currency)
        wanted = Money(abs(leg.micros), leg.account.currency)
        given = leg.account.purpose is Purpose.PROMO_DEFERRED
        name = "promotional credit" if given else leg.account.purpose.value.replace("_", " ")
        raise CreditTooSmall(f"This needs {wanted.text()} of the customer's {name}, which has only {left.text()} left.")


def _already_posted(conn: Connection, drafts: Sequence[Draft]) -> dict[Event, tuple[int, bytes]]:
    keys: dict[str, list[str]] = {}
    for draft in drafts:
        keys.setdefault(draft.source, []).append(draft.key)
    found: dict[Event, tuple[int, bytes]] = {}
    query = 'SELECT "key", id, request_hash FROM journal_entry WHERE source = :one AND "key" :any'
    for source, wanted in keys.items():
        for key, entry_id, request_hash in asked(conn, query, source, listed(conn, wanted)):
            found[source, key] = (entry_id, request_hash)
    return found
