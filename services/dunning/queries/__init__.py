"""Reads of dunning, offered in one place."""

from __future__ import annotations

from services.dunning.queries.standing import (
    pause_of,
    promise_of,
    promises_of,
    reminded_of,
    stops_of,
    terms_by_currency,
)
from services.dunning.queries.steps import Step, due_steps, first_due, steps
from services.dunning.queries.story import story
from services.dunning.queries.worklist import Need, Worklist, is_listed, worklist

__all__ = [
    "Need",
    "Step",
    "Worklist",
    "due_steps",
    "first_due",
    "is_listed",
    "pause_of",
    "promise_of",
    "promises_of",
    "reminded_of",
    "steps",
    "stops_of",
    "story",
    "terms_by_currency",
    "worklist",
]
