"""How much credit may be ahead of transfers: dated settings, changed by a manager or an administrator with a reason."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert

from services.access.audit import record
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.db.keys import next_id
from services.errors import InvalidForm
from services.money import Money, minor_unit
from services.provisional import queries
from services.provisional.model import CHANGE_CAPS, LONGEST_DAYS, Caps
from services.provisional.tables import provisional_cap
from services.texts import checked_reason


def change_caps(
    tx: Transaction,
    *,
    by: Principal,
    for_one: Money,
    in_all: Money,
    usual_days: int,
    most_days: int,
    reason: str,
    valid_from: date | None = None,
) -> Caps:
    """Change how much may be ahead (AUD) and how long, from today or a later day on; what is given stays given.

    Zero lets nobody ask. Raises `InvalidForm` with a sentence a field; the same as now changes nothing.
    """
    require(by, CHANGE_CAPS)
    starts = valid_from or tx.today
    faults = _faults(for_one, in_all, usual_days, most_days)
    if starts < tx.today:
        faults["valid_from"] = "What was allowed on a past day stays as it was; choose today or later."
    try:
        reason = checked_reason(reason, ask="Say why it changes.")
    except InvalidForm as invalid:
        faults |= invalid.fields
    if faults:
        raise InvalidForm(faults)
    now = queries.caps(tx.conn, on=starts)
    wanted = Caps(for_one, in_all, usual_days, most_days, starts)
    if wanted.facts() == now.facts():
        return now
    row = {
        "id": next_id(tx, provisional_cap),
        "valid_from": starts,
        "for_one_micros": for_one.micros,
        "in_all_micros": in_all.micros,
        "usual_days": usual_days,
        "most_days": most_days,
        "reason": reason,
        "changed_at": tx.at,
        "changed_by": by.name,
    }
    tx.conn.execute(insert(provisional_cap), row)
    after = wanted.facts() | {"valid_from": str(starts)}
    record(
        tx, by=by, act=CHANGE_CAPS.name, subject="provisional_cap", subject_id=row["id"], before=now.facts(),
        after=after, reason=reason,
    )  # fmt: skip
    return queries.caps(tx.conn, on=starts)


def _faults(for_one: Money, in_all: Money, usual_days: int, most_days: int) -> dict[str, str]:
    found = {}
    for field, amount in (("for_one", for_one), ("in_all", in_all)):
        if amount.currency != "AUD" or amount.micros < 0 or amount.micros % minor_unit("AUD"):
            found[field] = "Enter an amount in AUD, zero or more."
    if not found and in_all < for_one:
        found["in_all"] = "All customers together may have at least as much as one of them."
    if not 1 <= most_days <= LONGEST_DAYS:
        found["most_days"] = f"Give 1 to {LONGEST_DAYS} days."
    elif not 1 <= usual_days <= most_days:
        found["usual_days"] = f"Give 1 to {most_days} days, the most it may stand."
    return found
