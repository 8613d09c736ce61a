"""Which rows of a table are money already, and balances without those that are not: by status, kind and impact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.banking.model import Line, Unreadable
from services.banking.readers.columns import Columns, plain_name
from services.banking.readers.grid import Row
from services.money import Money

# Words for a status, as `plain_name` makes them.
_SETTLED = frozenset(
    (
        "completed", "complete", "posted", "settled", "cleared", "booked", "billed", "processed", "sent", "completado",
        "completada", "abgeschlossen", "gebucht", "termine", "effectue", "completato", "completata", "voltooid",
        "geaccepteerd", "accepte", "accepted", "udfort", "bokfort", "bogfort", "utford", "zaksiegowana",
    )
)  # fmt: skip
_WAITING = frozenset(
    (
        "pending", "on hold", "held", "denied", "cancelled", "canceled", "failed", "reverted", "removed", "unclaimed",
        "uncleared", "expired", "voided", "placed", "under review", "in progress", "processing", "declined", "rejected",
        "refused", "pendiente", "retenido", "rechazado", "cancelado", "offen", "ausstehend", "einbehalten",
        "abgelehnt", "storniert", "vorgemerkt", "en attente", "refuse", "annule", "in sospeso", "in behandeling",
        "geweigerd", "venter", "afventer", "reserveret", "reservert", "reserverat", "slettet",
    )
)  # fmt: skip
# What went back later: the row was money, if the file shows what the balance made of it.
_GONE_BACK = frozenset(("refunded", "partially refunded", "reversed", "returned", "zuruckgezahlt", "rembourse"))
# Kinds of rows that only tell: what a card was asked (Bankwest, PayPal) and what a payment was for (PayPal).
_TOLD = ("authorisation only", "general authorization", "void of authorization", "shopping cart item")

_HOLDS = ("account hold", "payment hold", "reversal of general account hold", "payment release")


def waiting(rows: Sequence[Row], columns: Columns) -> list[bool]:
    """Of each row whether it is not money (yet); raises `Unreadable` for a status that says neither."""
    place = columns.at.get("impact")
    has_impact = place is not None and any(row.cells[place] for row in rows)
    return [_is_waiting(row, columns, has_impact=has_impact) for row in rows]


def _is_waiting(row: Row, columns: Columns, *, has_impact: bool) -> bool:
    said = {role: row.cells[place].casefold() for role, place in columns.at.items()}
    if "processed" in said and not said["processed"]:
        return True
    if has_impact and said["impact"] in {"", "memo"}:  # PayPal names the impact of every row that has one
        return True
    if "vorgemerkt" in said.get("remark", ""):
        return True
    if any(row.cells[place].casefold().startswith(_TOLD) for place in columns.texts):
        return True
    status = plain_name(said.get("status", ""))
    proved = _GONE_BACK if has_impact or said.get("balance") else frozenset()
    if status and status not in _SETTLED | _WAITING | proved:
        raise Unreadable(f"“{said['status'][:20]}” is a status that says neither booked nor pending.", row.number)
    return status in _WAITING


def is_hold(row: Row, columns: Columns) -> bool:
    """Whether the row is of a kind that its balance may leave out although it is completed: PayPal's holds."""
    return any(row.cells[place].casefold().startswith(_HOLDS) for place in columns.kinds)


def booked_alone(
    rows: Sequence[tuple[Line, Money | None]], holds: Sequence[bool]
) -> list[tuple[Line, Money | None]] | None:
    """The rows, the balance after each without what waits before it; None where they do not lead from row to row.

    A balance may count a waiting row's amount or not, each row for itself (PayPal counts a deposit under way, not a
    hold); every booked row must be counted. A hold that is not is no money.
    """
    found: list[tuple[Line, Money | None]] = []
    running: int | None = None
    carried = 0
    for (line, balance), holds_back in zip(rows, holds, strict=True):
        kept, moved = line, None if running is None else running + line.amount.micros
        after = None if balance is None else balance.micros
        if holds_back and after is not None and running == after:
            kept = replace(line, pending=True)
        if not kept.pending:
            running = moved if after is None or moved is not None else after
            if after is not None and running != after:
                return None
        elif after is not None and moved == after:
            carried, running = carried + line.amount.micros, after
        found.append((kept, None if balance is None else Money(balance.micros - carried, balance.currency)))
    return found if running is not None else None
