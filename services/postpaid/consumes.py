"""Which kinds of movement a commitment consumes."""

from __future__ import annotations

from services.ledger.model import Kind

# All use, number rental and fees, before tax (product.md); what of them was given back was not consumed.
CONSUMES = tuple(kind.value for kind in Kind if kind.is_use or kind in {Kind.USAGE_REFUND, Kind.RENTAL_REFUND})
