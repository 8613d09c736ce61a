"""Reads of short payments: the bench, what is usual, and what was decided."""

from __future__ import annotations

from services.payments.short.queries.bench import ShortsPage, short_counts, short_payment, shorts
from services.payments.short.queries.decisions import decided_of_invoice, decision, decision_by_nonce, standing_settled
from services.payments.short.queries.expected import expected_fee
from services.payments.short.queries.fees import usual_fees

__all__ = [
    "ShortsPage",
    "decided_of_invoice",
    "decision",
    "decision_by_nonce",
    "expected_fee",
    "short_counts",
    "short_payment",
    "shorts",
    "standing_settled",
    "usual_fees",
]
