"""Importing a file of the processor's objects: good ones in, bad ones named with their place, nothing twice.

A later live sync calls the same operations, object by object; a file is only where they come from today.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from services.access.audit import record
from services.access.model import Principal, require
from services.cards.keeping import Kept, keep_card
from services.cards.model import IMPORT_CARDS
from services.cards.objects import (
    ReadCard,
    ReadCustomer,
    WrongObject,
    card_of,
    customer_of,
    id_of,
    kind_of,
    mode_of,
)
from services.cards.owners import contradicted, link_customer, owner_of
from services.cards.reading import BadObject, Placed, Unreadable, objects_of
from services.cards.tables import card, processor_customer
from services.db.engine import Transaction
from services.db.turns import wait_for_turn
from services.errors import Refused
from services.texts import seen

Progress = Callable[[int, int, str], None]
Read = ReadCustomer | ReadCard

BAD_KEPT = 1_000  # bad objects a result lists; all are counted
_NOUNS = {"customer": "customers", "payment_method": "cards"}
_READERS: dict[str, Callable[..., Read]] = {"customer": customer_of, "payment_method": card_of}


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
    livemode = _mode(tx.conn, placed)
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
    read = list(_read(placed, bad))
    torn = contradicted(found.whose for _, found in read)
    kept: Counter[Kept] = Counter()
    kinds: Counter[str] = Counter()
    for step, (one, found) in enumerate(sorted(read, key=lambda pair: _turn(pair[1])), 1):
        progress(step, len(read), "objects")
        try:
            _refuse_torn(found, torn)
            outcome = _keep(tx, by, found, livemode=bool(livemode))
        except WrongObject as wrong:
            bad.append(BadObject(one.place, found.external_id, str(wrong)))
            continue
        kept[outcome] += 1
        kinds[_NOUNS[kind_of(one.value)]] += outcome is Kept.ADDED
    order = {one.place: number for number, one in enumerate(placed)}
    bad.sort(key=lambda each: order.get(each.place, len(order)))
    counts = tuple((noun, count) for noun, count in sorted(kinds.items()) if count)
    shown = tuple(bad[:BAD_KEPT])
    totals = (kept[Kept.ADDED], kept[Kept.CHANGED], kept[Kept.REPEATED], len(bad))
    return CardImport(name, livemode, *totals, counts, shown)


def _read(placed: list[Placed], bad: list[BadObject]) -> Iterator[tuple[Placed, Read]]:
    """The objects that make sense by themselves."""
    for one in placed:
        try:
            yield one, _read_one(one.value)
        except WrongObject as wrong:
            bad.append(BadObject(one.place, id_of(one.value), str(wrong)))


def _read_one(value: Any) -> Read:
    kind = kind_of(value)
    if kind not in _READERS:
        raise WrongObject(f"An object of the kind “{seen(kind)[:40]}” is not read.")
    return _READERS[kind](value)


def _refuse_torn(found: Read, torn: set[str]) -> None:
    if found.whose.external_id in torn:
        raise WrongObject(f"The file names several accounts for {found.whose.external_id}.")


def _turn(found: Read) -> tuple[int, str, str]:
    """In which order objects are kept, whatever the file's: those that say whose others are first."""
    names_both = bool(found.whose.external_id and found.whose.account_id)
    if isinstance(found, ReadCustomer):
        return 0, found.external_id, str(found)
    return (1 if names_both else 2 if found.is_attached else 3), found.external_id, str(found)


def _keep(tx: Transaction, by: Principal, found: Read, *, livemode: bool) -> Kept:
    whose, is_new = found.whose, False
    if whose.external_id and whose.account_id:
        owner = owner_of(tx.conn, whose)
        is_new = link_customer(tx, by=by, external_id=whose.external_id, customer_id=owner.id, livemode=livemode)
    if isinstance(found, ReadCard):
        outcome = keep_card(tx, by=by, found=found, livemode=livemode)
        return Kept.CHANGED if is_new and outcome is Kept.REPEATED else outcome
    if not whose.account_id:
        owner_of(tx.conn, whose)  # says nothing new, and is fine where it is known
    return Kept.ADDED if is_new else Kept.REPEATED


def _mode(conn: Connection, placed: list[Placed]) -> bool | None:
    """The one mode of the file. Raises `Unreadable` where it has two, or the books hold the other."""
    found: bool | None = None
    first = ""
    for one in placed:
        if (mode := mode_of(one.value)) is None:
            continue
        if found is not None and mode != found:
            raise Unreadable(
                f"The file mixes the processor's live and test mode: {first} is {_word(found)}, {one.place} is "
                f"{_word(mode)}. Nothing was taken; export one of them."
            )
        found, first = mode, first or one.place
    known = mode_of_books(conn)
    if found is not None and known is not None and found != known:
        raise Unreadable(
            f"The file is of the processor's {_word(found)} mode, and these books hold {_word(known)} ones."
        )
    return found


def mode_of_books(conn: Connection) -> bool | None:
    """The processor's mode of what was imported so far: live, test, or nothing yet."""
    for column in (processor_customer.c.livemode, card.c.livemode):
        if (found := conn.execute(select(column).limit(1)).scalar()) is not None:
            return bool(found)
    return None


def _word(livemode: bool) -> str:  # noqa: FBT001 - the processor's own word
    return "live" if livemode else "test"


def _silent(_done: int, _total: int, _what: str) -> None:
    """Progress nobody asked for."""
