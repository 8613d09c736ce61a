"""Importing a file of the processor's objects: good ones in, bad ones named with their place, nothing twice.

A later live sync calls the same operations, object by object; a file is only where they come from today.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from services.access.audit import record
from services.access.model import Principal, require
from services.cards.charges import ReadBalance, ReadCharge
from services.cards.charging import take_charge
from services.cards.fees import take_fee
from services.cards.going_back import ReadDispute, ReadRefund
from services.cards.keeping import Kept, keep_card
from services.cards.model import IMPORT_CARDS
from services.cards.objects import (
    ReadCard,
    ReadCustomer,
    Whose,
    WrongObject,
)
from services.cards.owners import contradicted, link_customer, owner_of
from services.cards.queries.returns import not_told
from services.cards.reading import BadObject, Placed, objects_of
from services.cards.returns import take_dispute, take_refund
from services.cards.told import Read, mode_of_file, noun_of, read_all, turn_of
from services.db.engine import Transaction
from services.db.turns import wait_for_turn
from services.errors import NotFound, Refused
from services.texts import seen

Progress = Callable[[int, int, str], None]

NOTES_KEPT = 20
BAD_KEPT = 1_000  # bad objects a result lists; all are counted


class ObjectsRefused(Refused):
    """All or nothing was asked for, and one object is bad; `objects` lists them."""

    def __init__(self, objects: tuple[BadObject, ...], count: int) -> None:
        """Say how many and the first."""
        self.objects = objects
        first = objects[0]
        many = f"{count:,} objects are bad" if count > 1 else "one object is bad"
        super().__init__(f"Nothing was imported: {many}. {first.place.capitalize()}: {first.reason}")


@dataclass(frozen=True, slots=True)
class CardImport:
    """How an import ended: what was new, what changed, what was known, and what was left out with its reason.

    `kinds` counts the new ones by what they are. `bad_objects` are at most `BAD_KEPT`, `bad` counts all of them.
    """

    file_name: str
    livemode: bool | None
    added: int
    changed: int
    repeated: int
    bad: int
    kinds: tuple[tuple[str, int], ...]
    bad_objects: tuple[BadObject, ...]
    notes: tuple[str, ...] = ()

    def words(self, verb: str) -> str:
        """What came of it: "2 cards imported, 1 object changed, 3 were there before, 1 is bad"."""
        new = ", ".join(f"{count:,} {noun if count > 1 else noun[:-1]}" for noun, count in self.kinds)
        said = [f"{new or 'nothing new'} {verb}"]
        said += [f"{self.changed:,} changed"] if self.changed else []
        was, is_ = ("were" if self.repeated > 1 else "was"), ("are" if self.bad > 1 else "is")
        said += [f"{self.repeated:,} {was} there before"] if self.repeated else []
        said += [f"{self.bad:,} {is_} bad"] if self.bad else []
        return ", ".join(said)


def import_card_payments(
    tx: Transaction,
    *,
    by: Principal,
    content: bytes,
    name: str,
    all_or_nothing: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> CardImport:
    """Import the processor's objects from JSON (docs/card-files.md): what is in the books already changes nothing.

    A good object is kept, a bad one listed; with `all_or_nothing` one bad one refuses all. `dry_run` says what would
    happen and keeps nothing. Raises `Unreadable` for a file that is none or mixes test and live mode, `ObjectsRefused`.
    """
    require(by, IMPORT_CARDS)
    wait_for_turn(tx, "card import")
    placed, broken = objects_of(content)
    livemode = mode_of_file(tx.conn, placed)
    trace = tx.conn.begin_nested()
    done = _take(tx, by, placed, broken, name=seen(name), livemode=livemode, progress=progress or _silent)
    if all_or_nothing and done.bad:
        raise ObjectsRefused(done.bad_objects, done.bad)
    if dry_run or not (done.added or done.changed):
        trace.rollback()
        return done
    trace.commit()
    facts = {"name": done.file_name, "sha256": hashlib.sha256(content).hexdigest(), "added": done.added}
    facts |= {"changed": done.changed, "repeated": done.repeated, "bad": done.bad}
    record(tx, by=by, act=IMPORT_CARDS.name, subject="card_file", subject_id=None, after=facts)
    return done


def _take(
    tx: Transaction,
    by: Principal,
    placed: list[Placed],
    bad: list[BadObject],
    *,
    name: str,
    livemode: bool | None,
    progress: Progress,
) -> CardImport:
    read = list(read_all(placed, bad))
    torn = contradicted(found.whose for _, found in read)
    kept: Counter[Kept] = Counter()
    kinds: Counter[str] = Counter()
    for step, (one, found) in enumerate(sorted(read, key=lambda pair: turn_of(pair[1])), 1):
        progress(step, len(read), "objects")
        trace = tx.conn.begin_nested()
        try:
            _refuse_torn(found, torn)
            outcome = _keep(tx, by, found, livemode=bool(livemode))
        except (Refused, NotFound) as wrong:
            trace.rollback()
            bad.append(BadObject(one.place, found.external_id, str(wrong)))
            continue
        trace.commit()
        kept[outcome] += 1
        kinds[noun_of(found)] += outcome is Kept.ADDED
    order = {one.place: number for number, one in enumerate(placed)}
    bad.sort(key=lambda each: order.get(each.place, len(order)))
    notes = not_told(tx.conn, [found for _, found in read if isinstance(found, ReadCharge)])
    counts = tuple((noun, count) for noun, count in sorted(kinds.items()) if count)
    shown = tuple(bad[:BAD_KEPT])
    totals = (kept[Kept.ADDED], kept[Kept.CHANGED], kept[Kept.REPEATED], len(bad))
    return CardImport(name, livemode, *totals, counts, shown, _kept(notes))


def _kept(notes: list[str]) -> tuple[str, ...]:
    """The first notes, and how many more there are."""
    more = len(notes) - NOTES_KEPT
    return (
        *notes[:NOTES_KEPT],
        *([f"... and {more:,} more charges of which something went back."] if more > 0 else []),
    )


def _refuse_torn(found: Read, torn: set[str]) -> None:
    if found.whose.external_id in torn:
        raise WrongObject(f"The file names several accounts for {found.whose.external_id}.")


def _keep(tx: Transaction, by: Principal, found: Read, *, livemode: bool) -> Kept:
    if isinstance(found, ReadBalance):
        return take_fee(tx, by=by, found=found)
    if isinstance(found, ReadRefund):
        return take_refund(tx, by=by, found=found)
    if isinstance(found, ReadDispute):
        return take_dispute(tx, by=by, found=found)
    is_new = _link(tx, by, found.whose, livemode=livemode)
    if isinstance(found, ReadCustomer):
        owner_of(tx.conn, found.whose)  # one that says nothing new is fine where it is known
        return Kept.ADDED if is_new else Kept.REPEATED
    if isinstance(found, ReadCard):
        outcome = keep_card(tx, by=by, found=found, livemode=livemode)
    else:
        outcome = take_charge(tx, by=by, found=found, livemode=livemode)
    return Kept.CHANGED if is_new and outcome is Kept.REPEATED else outcome


def _link(tx: Transaction, by: Principal, whose: Whose, *, livemode: bool) -> bool:
    """Keep whose the processor's customer is where the object says both; gives whether that is new."""
    if not (whose.external_id and whose.account_id):
        return False
    owner = owner_of(tx.conn, whose)
    return link_customer(tx, by=by, external_id=whose.external_id, customer_id=owner.id, livemode=livemode)


def _silent(_done: int, _total: int, _what: str) -> None:
    """Progress nobody asked for."""
