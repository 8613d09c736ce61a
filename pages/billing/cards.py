"""Cards: which customer pays with which card, what was charged or declined, and the card processor's files."""

from __future__ import annotations

from pages._ui import card_import, card_linking, card_money, card_parts, downloads, filters, tables, text
from pages._ui.frame import Screen, empty, open_screen, read
from services.cards import queries
from services.cards.model import IMPORT_CARDS, SEE_CARDS

ON_FILE, CHARGES, IMPORT = "On file", "Charges", "Import"


def listed(opened: Screen) -> None:
    """Every card that fits the filters, by customer."""
    with filters.row():
        sought = filters.words("Search", key="cards_q", placeholder="Customer or last four")
        kinds = card_parts.KINDS
        kind = filters.one_of("State", list(kinds), key="cards_state", shown=lambda name: kinds.get(name, name))
    page = tables.page_number("cards_page")
    found = read(queries.page, on=text.today(), text=sought, kind=kind, page=page, size=tables.PAGE_SIZE)
    if not found.total:
        nothing = "No card fits." if sought or kind else "No card is on file yet."
        empty(nothing, "Clear the search." if sought or kind else "Accounting imports the processor's file here.")
        return
    with opened.acts:
        downloads.menu(f"cards {text.today()}", lambda: card_parts.export(opened.by, text=sought, kind=kind))
    card_parts.listed(found.rows)
    tables.pager("cards_page", total=found.total, page=page, noun="card")


opened = open_screen(
    "Cards", SEE_CARDS, answer="Who pays with which card, what was charged, and why not? No card number is ever kept."
)
views = [ON_FILE, CHARGES, IMPORT] if opened.by.may(IMPORT_CARDS) else [ON_FILE, CHARGES]
view = filters.views("What to look at", views, key="cards_view")
if view == IMPORT:
    with opened.acts:
        card_linking.act()
    card_import.draw(opened.by)
elif view == CHARGES:
    card_money.draw(opened)
else:
    listed(opened)
