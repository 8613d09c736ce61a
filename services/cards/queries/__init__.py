"""Reads of cards on file; charges stand beside, in a file of their own."""

from __future__ import annotations

from services.cards.queries.on_file import CardsPage, cards_of, page

__all__ = ["CardsPage", "cards_of", "page"]
