"""Text made comparable, the same on every database."""

from __future__ import annotations

import unicodedata


def comparable(text: str) -> str:
    """Case, accents and repeated spaces taken away: "Éléonore  Straße" becomes "eleonore strasse"."""
    if text.isascii():
        return " ".join(text.lower().split())
    parts = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in parts if not unicodedata.combining(sign)).casefold().split())
