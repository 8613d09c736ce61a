"""Bank receipts: drop a bank's statement, see what it says, and give each receipt to the invoice it pays."""

from __future__ import annotations

from collections.abc import Callable

from pages._ui import (
    bank_ageing,
    bank_ahead,
    bank_calendar,
    bank_files,
    bank_mapping,
    bank_payers,
    bank_rules,
    bank_sorting,
    bank_statements,
    filters,
    match_shares,
    matches,
    receipt_hold,
    receipt_refund,
    receipts,
    short_bench,
)
from pages._ui.frame import Screen, open_screen
from services.banking.model import IMPORT

GROUPS: dict[str, dict[str, Callable[[Screen], None]]] = {
    "Inbox": {
        "To match": receipts.inbox,
        "Paid short": short_bench.screen,
        "Other lines": bank_sorting.waiting,
        "On hold": receipt_hold.screen,
        "Refunds": receipt_refund.screen,
        "Ahead": bank_ahead.screen,
    },
    "Done": {"Matched": matches.matched, "Sorted": bank_sorting.done},
    "Statements": {
        "Statements": bank_statements.statements,
        "Calendar": bank_calendar.screen,
        "Mappings": bank_mapping.kept,
    },
    "Rules": {"Rules": bank_rules.screen, "Payers": bank_payers.screen},
    "Reports": {"Ageing": bank_ageing.screen, "Automatic": match_shares.screen},
}

opened = open_screen("Bank receipts", IMPORT, answer="What arrived at the bank, and which invoice does it pay?")
if not bank_files.drop():
    shown = {name: list(views) for name, views in GROUPS.items()}
    view = filters.grouped("What to look at", shown, key=bank_calendar.VIEW)
    next(views[view] for views in GROUPS.values() if view in views)(opened)
