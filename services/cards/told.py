"""What a file of the processor's tells: its objects read, in the order in which they are kept, and of which mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, select

from services.cards.charges import ReadBalance, ReadCharge, balance_of, charge_of
from services.cards.going_back import DisputeState, ReadDispute, ReadRefund, RefundState, dispute_of, refund_of
from services.cards.objects import ReadCard, ReadCustomer, WrongObject, card_of, customer_of, id_of, kind_of, mode_of
from services.cards.reading import BadObject, Placed, Unreadable
from services.cards.tables import card, card_payment, processor_customer
from services.texts import seen

Read = ReadCustomer | ReadCard | ReadCharge | ReadBalance | ReadRefund | ReadDispute

_READERS: dict[str, Callable[..., Read]] = {
    "customer": customer_of,
    "payment_method": card_of,
    "charge": charge_of,
    "balance_transaction": balance_of,
    "refund": refund_of,
    "dispute": dispute_of,
}
_NOUNS: dict[type[Read], str] = {
    ReadCustomer: "customers",
    ReadCard: "cards",
    ReadBalance: "settled charges",
    ReadRefund: "refunds",
    ReadDispute: "disputes",
}


def read_all(placed: list[Placed], bad: list[BadObject]) -> Iterator[tuple[Placed, Read]]:
    """The objects that make sense by themselves."""
    for one in [part for each in placed for part in _with_inner(each)]:
        try:
            yield one, _read_one(one.value)
        except WrongObject as wrong:
            bad.append(BadObject(one.place, id_of(one.value), str(wrong)))


def _with_inner(one: Placed) -> Iterator[Placed]:
    """The object, and the balance transaction and refunds inside a charge where they were expanded."""
    yield one
    if not isinstance(one.value, dict) or one.value.get("object") != "charge":
        return
    inner, refunds = one.value.get("balance_transaction"), one.value.get("refunds")
    if isinstance(inner, dict):
        yield Placed(one.place, inner)
    listed = refunds.get("data") if isinstance(refunds, dict) else None
    for each in listed if isinstance(listed, list) else []:
        yield Placed(one.place, each)


def _read_one(value: Any) -> Read:
    kind = kind_of(value)
    if kind not in _READERS:
        raise WrongObject(f"An object of the kind “{seen(kind)[:40]}” is not read.")
    return _READERS[kind](value)


def turn_of(found: Read) -> tuple[int, str, str]:
    """In which order objects are kept, whatever the file's: those that say whose others are first."""
    if isinstance(found, ReadRefund | ReadDispute):
        stage = "0" if found.state in {RefundState.PENDING, RefundState.SUCCEEDED, DisputeState.OPEN} else "1"
        return 6, found.made_at.isoformat(), f"{found.external_id} {stage}"
    if isinstance(found, ReadBalance):
        return 5, found.made_at.isoformat(), found.external_id
    if found.whose.external_id and found.whose.account_id and not isinstance(found, ReadCharge):
        return (0 if isinstance(found, ReadCustomer) else 1), found.external_id, str(found)
    if isinstance(found, ReadCharge):
        return 4, found.charged_at.isoformat(), found.external_id
    return (2 if isinstance(found, ReadCustomer) or found.is_attached else 3), found.external_id, str(found)


def noun_of(found: Read) -> str:
    """What it is, in words, several of it."""
    if isinstance(found, ReadCharge):
        return "failed charges" if found.has_failed else "top-ups"
    return _NOUNS[type(found)]


def mode_of_file(conn: Connection, placed: list[Placed]) -> bool | None:
    """The one mode of the file. Raises `Unreadable` where it has two, or the books hold the other."""
    found: bool | None = None
    first = ""
    for one in placed:
        if (mode := mode_of(one.value)) is None:
            continue
        if found is not None and mode != found:
            raise Unreadable(
                f"The file mixes the processor's live and test mode: {first} is {mode_words(found)}, {one.place} is "
                f"{mode_words(mode)}. Nothing was taken; export one of them."
            )
        found, first = mode, first or one.place
    known = mode_of_books(conn)
    if found is not None and known is not None and found != known:
        raise Unreadable(
            f"The file is of the processor's {mode_words(found)} mode, and these books hold {mode_words(known)} ones."
        )
    return found


def mode_of_books(conn: Connection) -> bool | None:
    """The processor's mode of what was imported so far: live, test, or nothing yet."""
    for column in (processor_customer.c.livemode, card.c.livemode, card_payment.c.livemode):
        if (found := conn.execute(select(column).limit(1)).scalar()) is not None:
            return bool(found)
    return None


def mode_words(livemode: bool) -> str:  # noqa: FBT001 - the processor's own word
    """A mode in a sentence: "live" or "test"."""
    return "live" if livemode else "test"
