"""Which receipt an invoice is offered to first, and whether one answer stands well before the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.reconciliation.model import AUTOMATIC_LEAD, SHOWN, Candidate

_MEANT = 50  # from this score an invoice may well be meant


def leads(found: Sequence[Candidate]) -> bool:
    """Whether the first stands well before the second."""
    return bool(found) and (len(found) == 1 or found[0].score - found[1].score >= AUTOMATIC_LEAD)


def contested(found: Mapping[int, Sequence[Candidate]], repeated: set[int]) -> set[int]:
    """Invoices that more than one receipt may well mean, repeated lines not counted."""
    seen: set[int] = set()
    twice: set[int] = set()
    for receipt_id, some in found.items():
        meant = {each for candidate in some[:SHOWN] if candidate.score >= _MEANT for each in candidate.invoice_ids}
        if receipt_id not in repeated:
            twice |= seen & meant
            seen |= meant
    return twice


def spread(found: Mapping[int, Sequence[Candidate]]) -> dict[int, tuple[Candidate, ...]]:
    """Offer each invoice first to one receipt only, best score first; where others stood first it comes later."""
    pool = sorted(
        ((each, receipt_id, rank) for receipt_id, some in found.items() for rank, each in enumerate(some[: 2 * SHOWN])),
        key=lambda entry: (-entry[0].score, entry[2], entry[1]),
    )
    taken: set[int] = set()
    first: dict[int, Candidate] = {}
    for candidate, receipt_id, _ in pool:
        if receipt_id not in first and not taken.intersection(candidate.invoice_ids):
            first[receipt_id] = candidate
            taken.update(candidate.invoice_ids)
    shown = {}
    for receipt_id, some in found.items():
        lead = [first[receipt_id]] if receipt_id in first else []
        shown[receipt_id] = tuple([*lead, *(each for each in some if each not in lead)][:SHOWN])
    return shown
