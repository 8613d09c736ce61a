"""Bank receipts: drop a bank's statement, see what it says, and give each receipt to the invoice it pays."""

from __future__ import annotations

from pages._ui import (
    bank_ahead,
    bank_files,
    bank_mapping,
    bank_rules,
    bank_sorting,
    bank_statements,
    filters,
    matches,
    receipts,
)
from pages._ui.frame import open_screen
from services.banking.model import IMPORT

VIEWS = ("To match", "Other lines", "Matched", "Sorted", "Statements", "Rules", "Mappings", "Ahead")

opened = open_screen("Bank receipts", IMPORT, answer="What arrived at the bank, and which invoice does it pay?")
if not bank_files.drop():
    view = filters.views("What to look at", VIEWS, key="receipts_view")
    if view == "To match":
        receipts.inbox(opened.by)
    elif view == "Other lines":
        bank_sorting.waiting()
    elif view == "Matched":
        matches.matched()
    elif view == "Sorted":
        bank_sorting.done()
    elif view == "Rules":
        bank_rules.screen()
    elif view == "Ahead":
        bank_ahead.screen()
    elif view == "Mappings":
        bank_mapping.kept()
    else:
        bank_statements.statements()
