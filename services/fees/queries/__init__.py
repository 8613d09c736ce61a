"""Reading custom fees: the list, one fee's history, and what is hidden from customers."""

from __future__ import annotations

from services.fees.queries.hidden import Register, hidden_entries, hidden_moves, hidden_register, hidden_total
from services.fees.queries.listing import FeesPage, Wanted, charges, due_sums, history, page, sums, waiting
from services.fees.reading import fee, fees

__all__ = [
    "FeesPage",
    "Register",
    "Wanted",
    "charges",
    "due_sums",
    "fee",
    "fees",
    "hidden_entries",
    "hidden_moves",
    "hidden_register",
    "hidden_total",
    "history",
    "page",
    "sums",
    "waiting",
]
