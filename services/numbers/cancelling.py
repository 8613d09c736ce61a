"""How a number's rental ends: cancelled, found to have ended before, kept after all, released, or released unpaid."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, insert, select

from services.access.model import Principal, require
from services.db.engine import Transaction
from services.errors import InvalidForm
from services.numbers.model import CHANGE_NUMBERS, CannotCancel, DedicatedNumber, NumberStatus
from services.numbers.queries import number
from services.numbers.queries.unpaid import GraceState, UnpaidRental, unpaid_rentals
from services.numbers.tables import number_rental, number_warning
from services.numbers.writing import locked, record, write
from services.texts import checked_reason, text_fault


def cancel_number(
    tx: Transaction, *, by: Principal, number_id: int, effective_on: date | None = None
) -> DedicatedNumber:
    """Stop the rental from a day on: by default the first day that is not charged yet (rule 18).

    Raises `NoSuchNumber`, and `CannotCancel` for a day in the past, a day already charged, or a second request.
    """
    require(by, CHANGE_NUMBERS)
    found = locked(tx, number_id)
    if found.status is not NumberStatus.ACTIVE:
        raise CannotCancel(f"{found.e164} is being cancelled already; see its dates.")
    earliest = max(tx.today, found.activated_on, _charged_to(tx, number_id) or tx.today)
    cancels_on = effective_on or earliest
    if cancels_on < earliest:
        raise CannotCancel(f"The rental of {found.e164} is charged up to {earliest}; cancel it from that day or later.")
    status = NumberStatus.CANCELLING.value
    days = {"cancellation_requested_on": tx.today, "cancels_on": cancels_on}
    write(tx, number_id, status=status, cancellation_recorded_at=tx.at, **days)
    record(tx, by, number_id, {"status": status, "cancels_on": cancels_on})
    return number(tx.conn, number_id)


def record_cancellation(tx: Transaction, *, by: Principal, number_id: int, since: date, reason: str) -> DedicatedNumber:
    """Record that the carrier ended a number on a day that is past: it is released, and rented no more from that day.

    Rental charged for later days is flagged with a prepared refund (rule 18). Raises `NoSuchNumber`, `InvalidForm`
    without a reason, and `CannotCancel` for a day to come, before it was rented, after the end that stands, or for a
    number that was released.
    """
    require(by, CHANGE_NUMBERS)
    reason = checked_reason(reason, ask="Say how we know: the carrier's notice or a ticket.")
    found = locked(tx, number_id)
    if found.status is NumberStatus.CANCELLED:
        raise CannotCancel(f"{found.e164} was released already; see its dates.")
    if since > tx.today:
        raise CannotCancel(f"{since} is still to come; cancel {found.e164} from that day instead.")
    if since < found.activated_on:
        raise CannotCancel(f"{found.e164} was rented from {found.activated_on} on; give that day or a later one.")
    if found.cancels_on and since > found.cancels_on:
        raise CannotCancel(f"{found.e164} ends on {found.cancels_on} already; release it instead.")
    status = NumberStatus.CANCELLED.value
    requested_on = found.cancellation_requested_on or tx.today
    days = {"cancellation_requested_on": requested_on, "cancels_on": since, "cancelled_on": since}
    write(tx, number_id, status=status, cancellation_recorded_at=tx.at, **days)
    record(tx, by, number_id, {"status": status, "cancels_on": since, "cancelled_on": since}, reason=reason)
    return number(tx.conn, number_id)


def keep_number(tx: Transaction, *, by: Principal, number_id: int, reason: str) -> DedicatedNumber:
    """Take a cancellation back before it takes effect: the number stays rented and is charged as before.

    Raises `NoSuchNumber`, `InvalidForm` without a reason, and `CannotCancel` once the end has come, or when a part of
    its last month is charged already, because the rest of a month cannot be charged apart.
    """
    require(by, CHANGE_NUMBERS)
    reason = checked_reason(reason, ask="Say why the number is kept, for example the ticket.")
    found = locked(tx, number_id)
    if found.status is not NumberStatus.CANCELLING or found.cancels_on is None or found.cancels_on <= tx.today:
        raise CannotCancel(f"{found.e164} has no cancellation that could still be taken back.")
    charged_to = _charged_to(tx, number_id)
    if found.cancels_on.day != 1 and charged_to == found.cancels_on:
        raise CannotCancel(f"The last days of {found.e164} are charged already; let it end and add it anew.")
    status = NumberStatus.ACTIVE.value
    nothing = {"cancellation_requested_on": None, "cancels_on": None, "cancellation_recorded_at": None}
    write(tx, number_id, status=status, **nothing)
    record(tx, by, number_id, {"status": status}, before={"cancels_on": found.cancels_on}, reason=reason)
    return number(tx.conn, number_id)


def release_number(tx: Transaction, *, by: Principal, number_id: int) -> DedicatedNumber:
    """Say that a cancelled number was given back, so that it can be rented again; always a person's act (rule 17).

    Raises `NoSuchNumber`, and `CannotCancel` before the day it is cancelled from.
    """
    require(by, CHANGE_NUMBERS)
    found = locked(tx, number_id)
    if found.status is not NumberStatus.CANCELLING or found.cancels_on is None or tx.today < found.cancels_on:
        raise CannotCancel(f"{found.e164} is still rented; cancel it first and release it from the day it ends.")
    write(tx, number_id, status=NumberStatus.CANCELLED.value, cancelled_on=tx.today)
    record(tx, by, number_id, {"status": NumberStatus.CANCELLED, "cancelled_on": tx.today})
    return number(tx.conn, number_id)


def warn_customer(tx: Transaction, *, by: Principal, customer_id: int, how: str) -> UnpaidRental:
    """Record that a customer was told its rental is not covered: the grace runs from today (rule 17).

    `how` says how it was told. Raises `InvalidForm` (how), and `CannotCancel` when nothing is unpaid or a warning
    stands already.
    """
    require(by, CHANGE_NUMBERS)
    how = how.strip()
    if fault := text_fault(how) if how else "Say how the customer was told, for example by e-mail to whom.":
        raise InvalidForm({"how": fault})
    unpaid = _unpaid(tx, customer_id)
    if unpaid.warned_on:
        raise CannotCancel(f"{unpaid.customer} was warned on {unpaid.warned_on} already; the grace runs from then.")
    row = {"customer_id": customer_id, "unpaid_since": unpaid.since, "warned_on": tx.today, "how": how}
    tx.conn.execute(insert(number_warning).values(row | {"warned_at": tx.at, "warned_by": by.name}))
    for number_id, _e164 in unpaid.numbers:
        record(tx, by, number_id, {"warned_on": tx.today, "how": how})
    return _unpaid(tx, customer_id)


def release_unpaid(tx: Transaction, *, by: Principal, number_id: int, reason: str) -> DedicatedNumber:
    """Release a number from today because its rental stays unpaid: only by a person, past the grace (rule 17).

    Rental charged for the days from today on is flagged with a prepared refund. Raises `NoSuchNumber`, `InvalidForm`
    without a reason, and `CannotCancel` while the customer is in grace, not warned yet, or owes nothing.
    """
    require(by, CHANGE_NUMBERS)
    reason = checked_reason(reason, ask="Say why the number is released now.")
    found = locked(tx, number_id)
    unpaid = _unpaid(tx, found.customer_id)
    if number_id not in dict(unpaid.numbers):
        raise CannotCancel(f"{found.e164} was released already; see its dates.")
    state = unpaid.state(tx.today)
    if state is GraceState.TO_WARN:
        raise CannotCancel(f"{unpaid.customer} was not warned yet; warn first, then the grace runs.")
    if state is GraceState.IN_GRACE:
        raise CannotCancel(f"{unpaid.customer} is in grace until {unpaid.until}; release {found.e164} from that day.")
    ends_on = min(found.cancels_on or tx.today, tx.today)
    days = {"cancels_on": ends_on, "cancelled_on": tx.today}
    days["cancellation_requested_on"] = found.cancellation_requested_on or tx.today
    write(tx, number_id, status=NumberStatus.CANCELLED.value, cancellation_recorded_at=tx.at, **days)
    record(tx, by, number_id, {"status": NumberStatus.CANCELLED, "cancelled_on": tx.today}, reason=reason)
    return number(tx.conn, number_id)


def _unpaid(tx: Transaction, customer_id: int) -> UnpaidRental:
    found = unpaid_rentals(tx.conn, customer_id=customer_id)
    if not found:
        raise CannotCancel("The customer's rental is covered; look at the list again.")
    return found[0]


def _charged_to(tx: Transaction, number_id: int) -> date | None:
    charged = select(func.max(number_rental.c.ends_before)).where(number_rental.c.number_id == number_id)
    until: date | None = tx.conn.execute(charged).scalar()
    return until
