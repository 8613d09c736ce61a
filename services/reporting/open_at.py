"""What every invoice still asked for at the end of any day: what is open now, and what came off it after that day."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, and_, case, or_, select, union_all

from services.cards.tables import card_settlement
from services.invoices.tables import ASKS_FOR_MONEY, credit_note, invoice, invoice_transition
from services.ledger.balances import total
from services.ledger.tables import journal_entry
from services.payments.short.model import Decision
from services.payments.short.tables import short_decision
from services.payments.tables import allocation

_INVOICE = invoice.c


@lru_cache(maxsize=32)  # built rather than run is what it costs, and a screen asks several times for the same day
def open_at(as_of: date) -> Any:
    """What each invoice issued up to a day still asked for at its end: columns invoice_id, micros (never 0)."""
    covered = _INVOICE.allocated_micros + _INVOICE.fee_micros + _INVOICE.credited_micros
    now = select(_INVOICE.id.label("invoice_id"), (_INVOICE.gross_micros - covered).label("micros")).where(
        ASKS_FOR_MONEY
    )
    paid, note, moved = allocation.c, credit_note.c, invoice_transition.c
    received = (paid.paid_micros + paid.fee_micros).label("micros")
    later = select(paid.invoice_id, received).where(paid.allocated_on > as_of, paid.undone_at.is_(None))
    card = card_settlement.c
    by_card = select(card.invoice_id, card.paid_micros.label("micros")).where(card.settled_on > as_of)
    # its day is no condition: SQLite would look every allocation up by it once for each reversal
    counted = case((paid.allocated_on <= as_of, -(paid.paid_micros + paid.fee_micros)), else_=0)
    taken_back = (
        select(paid.invoice_id, counted.label("micros"))
        .join(journal_entry, journal_entry.c.id == paid.reversal_entry_id)
        .where(paid.reversal_entry_id > 0, journal_entry.c.effective_on > as_of)
    )
    credited = select(note.invoice_id, (note.gross_micros - note.returned_micros).label("micros"))
    ended = select(moved.invoice_id, moved.gross_micros.label("micros")).where(moved.moved_on > as_of)
    notes = credited.where(note.issued_on > as_of)
    all_ = union_all(now, later, by_card, taken_back, notes, ended, *_decided(as_of)).subquery()
    summed = select(all_.c.invoice_id, total(all_.c.micros).label("micros")).group_by(all_.c.invoice_id).subquery()
    issued = and_(_INVOICE.id == summed.c.invoice_id, _INVOICE.issued_on <= as_of)
    return select(summed).join(invoice, issued).where(summed.c.micros != 0).subquery()


def _decided(as_of: date) -> list[Select[Any]]:
    """What decisions on short payments stopped asking for after a day, and what those taken back after it ask again."""
    c, entry, reversal = short_decision.c, journal_entry.alias("decided"), journal_entry.alias("undone")
    lowers = or_(
        c.decision == Decision.SETTLED.value, and_(c.decision == Decision.ABSORBED.value, c.was_fee.is_(False))
    )
    # days are no conditions here either, and the joins keep their order: SQLite would walk through every entry of the
    # books up to a day, and look for a decision of each
    after = case((entry.c.effective_on > as_of, c.micros), else_=0)
    made = select(c.invoice_id, after.label("micros")).outerjoin(entry, entry.c.id == c.entry_id).where(lowers)
    since = and_(entry.c.effective_on <= as_of, reversal.c.effective_on > as_of)
    undone = select(c.invoice_id, case((since, -c.micros), else_=0).label("micros")).where(lowers)
    undone = undone.outerjoin(entry, entry.c.id == c.entry_id).outerjoin(reversal, reversal.c.id == c.reversal_entry_id)
    return [made.where(c.reversal_entry_id.is_(None)), undone.where(c.reversal_entry_id > 0)]
