"""Bank receipts: drop a bank's statement, see what it says, and give each receipt to the invoice it pays."""

from __future__ import annotations

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
from pages._ui.frame import open_screen
from services.banking.model import IMPORT

VIEWS = {
    "To match": receipts.inbox,
    "Paid short": short_bench.screen,
    "Other lines": bank_sorting.waiting,
    "Ageing": bank_ageing.screen,
    "Matched": matches.matched,
    "On hold": receipt_hold.screen,
    "Refunds": receipt_refund.screen,
    "Sorted": bank_sorting.done,
    "Automatic": match_shares.screen,
    "Calendar": bank_calendar.screen,
    "Statements": bank_statements.statements,
    "Rules": bank_rules.screen,
    "Payers": bank_payers.screen,
    "Mappings": bank_mapping.kept,
    "Ahead": bank_ahead.screen,
}

opened = open_screen("Bank receipts", IMPORT, answer="What arrived at the bank, and which invoice does it pay?")
if not bank_files.drop():
    VIEWS[filters.views("What to look at", list(VIEWS), key=bank_calendar.VIEW)](opened)
