"""Reading custom fees: the list, one fee's history, and what is hidden from customers."""

from __future__ import annotations

from services.fees.queries.hidden import Register, hidden_entries, hidden_register, hidden_total
from services.fees.queries.reading import fee, fees

__all__ = ["Register", "fee", "fees", "hidden_entries", "hidden_register", "hidden_total"]
